/** Every optimizer's equations against its graph, and what people read of them against what they come to. */
import fc from 'fast-check'
import katex from 'katex'
import { describe, expect, it } from 'vitest'
import { valueOfTex } from '../../../tests/tex'
import { withNumbers, withSymbols } from '../../shared/formula'
import { ReferenceProgram } from '../executors/reference/program'
import { defaultsOf, numberSetting, type Config, type Field } from '../fields'
import { GraphBuilder } from '../graph/builder'
import { optimizerNamed, optimizerSpecs, type OptimizerSpec } from '../optimizers'
import { nextName } from '../optimizers/update-line'
import { updateLines } from './update-lines'
import type { WorkedLine } from './worked-line'

interface Moment {
  readonly lines: readonly WorkedLine[]
  /** Of the graph, after the step: the weight and the slots by the symbols of their lines. */
  readonly expected: ReadonlyMap<string, number>
}

/** Steps of one weight in the graph, each worked out beside it. @param rates factors of the learning rate, one a step */
function steps(
  optimizer: OptimizerSpec,
  config: Config,
  start: number,
  gradients: readonly number[],
  rates: readonly number[] = []
): Moment[] {
  const graph = new GraphBuilder()
  const shape = [1]
  const parameter = graph.parameter('w', shape)
  const gradient = graph.input('g', shape)
  const slots = optimizer.init(shape, config)
  const state = slots.map(({ name }) => graph.input(`state.${name}`, shape))
  const scalars = optimizer.scalars(config, 1).map(({ name }) => graph.input(`scalar.${name}`, []))
  const next = optimizer.apply(graph, { parameter, gradient, state, scalars }, config)
  const program = new ReferenceProgram(graph.graph, [next.parameter, ...next.state])
  let w = start
  let held = new Map(slots.map(({ name, initial }) => [name, initial.data[0] ?? NaN]))
  return gradients.map((g, i) => {
    const now = { ...config, learningRate: (rates[i] ?? 1) * numberSetting(config, 'learningRate') }
    const lines = updateLines(optimizer, now, { w, g, state: held, t: i + 1 })
    program.run(
      new Map([
        ['w', Float64Array.of(w)],
        ['g', Float64Array.of(g)],
        ...[...held].map(([name, value]) => [`state.${name}`, Float64Array.of(value)] as const),
        ...optimizer.scalars(now, i + 1).map(({ name, value }) => [`scalar.${name}`, Float64Array.of(value)] as const)
      ])
    )
    w = program.value(next.parameter)[0] ?? NaN
    held = new Map(next.state.map((node, slot) => [slots[slot]?.name ?? '', program.value(node)[0] ?? NaN]))
    const symbolOf = (name: string) => optimizer.lines(now, i + 1).find((line) => line.name === nextName(name))?.symbol
    const expected = new Map([...held, ['w', w] as const].map(([name, value]) => [symbolOf(name) ?? name, value]))
    return { lines, expected }
  })
}

/** Settings of all kinds: each switched off or on, to ordinary and to extreme values. */
function configs(fields: readonly Field[]): fc.Arbitrary<Config> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.key, valuesOf(field)])))
}

function valuesOf(field: Field): fc.Arbitrary<number | boolean | string> {
  if (field.kind === 'boolean') return fc.boolean()
  if (field.kind === 'choice') return fc.constantFrom(...field.choices.map(({ value }) => value))
  const low = field.exclusiveMin === true ? 1e-12 : 0
  return fc.oneof(
    fc.constant(field.default),
    fc.constant(field.exclusiveMin === true ? field.default : 0),
    fc.double({ min: low, max: Math.min(field.max, 0.999), noNaN: true })
  )
}

const numbers = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.double({ noNaN: true, min: -1e-6, max: 1e-6 })
)
const paths = fc.array(numbers, { minLength: 1, maxLength: 6 })
const factors = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 6 })

const tried: readonly { readonly type: string; readonly config: Config }[] = [
  { type: 'sgd', config: { momentum: 0 } },
  { type: 'sgd', config: { nesterov: true, weightDecay: 0.1 } },
  { type: 'sgd', config: { dampening: 0.3 } },
  { type: 'sgd', config: { dampening: 0.3, nesterov: true } },
  { type: 'adam', config: { weightDecay: 0.01 } },
  { type: 'adamw', config: { weightDecay: 0 } },
  { type: 'rmsprop', config: { centered: true, momentum: 0.9, weightDecay: 0.1 } },
  { type: 'rmsprop', config: { centered: true } },
  { type: 'adagrad', config: { learningRateDecay: 0.1, initialAccumulator: 0.5, weightDecay: 0.1 } },
  { type: 'lion', config: { weightDecay: 0.1 } },
  ...optimizerSpecs.map(({ type }) => ({ type, config: {} }))
]

describe.each(tried)('$type $config', ({ type, config: given }) => {
  const optimizer = optimizerNamed(type)
  const config = { ...defaultsOf(optimizer.fields), ...given }
  const moments = steps(optimizer, config, 0.8, [0.5, -1.25, 2, 0, 1e-9], [1, 0.5, 0.5, 2, 1])

  it('comes to what the graph comes to, bit for bit, step after step', () => {
    for (const { lines, expected } of moments) expectSame(lines, expected)
  })

  it('reads as what it comes to', () => {
    for (const { lines } of moments) expectHonest(lines)
  })

  it('is TeX, with symbols and with numbers', () => {
    for (const { lines } of moments) {
      for (const line of lines) {
        for (const side of [withSymbols(line), withNumbers(line, 4)]) {
          expect(side).not.toContain('@')
          expect(() =>
            katex.renderToString(`${line.symbol} = ${side}`, { throwOnError: true, strict: 'error' })
          ).not.toThrow()
        }
      }
    }
  })
})

describe.each(optimizerSpecs)('$type with any settings', (optimizer) => {
  it('comes to what the graph comes to, bit for bit', () => {
    fc.assert(
      fc.property(configs(optimizer.fields), numbers, paths, factors, (config, start, gradients, rates) => {
        for (const { lines, expected } of steps(optimizer, config, start, gradients, rates)) expectSame(lines, expected)
      })
    )
  })

  it('reads as what it comes to', () => {
    fc.assert(
      fc.property(configs(optimizer.fields), numbers, paths, (config, start, gradients) => {
        for (const { lines } of steps(optimizer, config, start, gradients)) expectHonest(lines)
      })
    )
  })
})

it('has one letter for each thing: no two lines or terms of an update share one', () => {
  for (const { type, config } of tried) {
    const optimizer = optimizerNamed(type)
    const all = steps(optimizer, { ...defaultsOf(optimizer.fields), ...config }, 1, [1, 1])
    for (const { lines } of all) {
      const letters = new Map(lines.flatMap(({ terms }) => terms.map(({ name, symbol }) => [name, symbol])))
      expect(new Set(letters.values()).size).toBe(letters.size)
      expect(new Set(lines.map(({ symbol }) => symbol)).size).toBe(lines.length)
    }
  }
})

it('says what it was not given', () => {
  const config = defaultsOf(optimizerNamed('sgd').fields)
  expect(() => updateLines(optimizerNamed('sgd'), config, { w: 1, g: 1, state: new Map(), t: 1 })).toThrow(
    'The update of SGD asks for "velocity"'
  )
})

/** The new weight last, and each slot's new value. Equal numbers; 0 and −0 are. */
function expectSame(lines: readonly WorkedLine[], expected: ReadonlyMap<string, number>): void {
  expect(lines.at(-1)?.symbol).toBe("w'")
  for (const [symbol, value] of expected) {
    const found = lines.find((line) => line.symbol === symbol)?.value
    expect(found === value || (Number.isNaN(found) && Number.isNaN(value)), `${symbol}: ${found}, graph ${value}`).toBe(
      true
    )
  }
}

/** The formula of each line, read as TeX, comes to its value but for rounding. */
function expectHonest(lines: readonly WorkedLine[]): void {
  for (const { symbol, formula, terms, value } of lines) {
    const of = (name: string) => terms.find((term) => term.name === name)?.value ?? NaN
    const read = valueOfTex(formula, of)
    // What cancels out leaves the rounding of what it was made of.
    const size = Math.max(Math.abs(value), ...terms.map((term) => Math.abs(term.value) ** 2), 1)
    expect(Math.abs(read - value), `${symbol} = ${formula}: ${read}, line ${value}`).toBeLessThanOrEqual(1e-12 * size)
  }
}
