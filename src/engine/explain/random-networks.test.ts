/** What is said of any small network, on any row of any batch, under every loss. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueOfTex } from '../../../tests/tex'
import { activations } from '../activations'
import { defaultsOf, numberSetting, parseConfig } from '../fields'
import { lossFor, lossSpecs, type LossName } from '../losses'
import { compileModel } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { optimizerNamed } from '../optimizers'
import { RandomStream } from '../random/stream'
import type { LayerNode, Task } from '../spec'
import { answersTried, denseNode, drawFor, drawTargets, drawWeights, lossVariants, targetWidth } from '../testing'
import { regularizationFields } from '../train/regularization'
import { fedTargets } from '../train/samples'
import { stateSource, stepScalars } from '../train/step-graph'
import type { ExplainedLine } from './explained-line'
import { Microscope } from './microscope'
import { strongestPaths } from './paths'
import { unitLines } from './unit-lines'
import { explainedWeight } from './weight-lines'
import type { Term } from './worked-line'

const FEATURES = 3

/** Of a δ or a weight by differences: their own error is near 1e-10 of what they are taken of. */
const DIFFERENCE_TOLERANCE = 1e-8

/** Of what is added up in another order than the engine does: some tens of roundings, relative to the largest term. */
const SUM_TOLERANCE = 1e-12

/** Constants (of SELU) are written with so many decimals. */
const WRITTEN_TOLERANCE = 1e-6
const WRITTEN_CONSTANT = /\d\.\d{6}/

/** Everything that a loss can be asked for. */
const asked = lossSpecs.flatMap(({ name, tasks }: { name: LossName; tasks: readonly Task[] }) =>
  tasks.flatMap((task) =>
    answersTried[task].flatMap((answers) =>
      lossVariants(lossFor(name, task), task).map((lossSettings) => ({ loss: name, task, answers, lossSettings }))
    )
  )
)

const layer = fc.record({
  units: fc.integer({ min: 1, max: 4 }),
  activation: fc.constantFrom(...activations.map(({ name }) => name))
})
const networks = fc.record({
  hidden: fc.array(layer, { maxLength: 3 }),
  /** Whether a layer of sums stands before the output, of the last hidden layer and of one more beside it. */
  joined: fc.boolean(),
  problem: fc.constantFrom(...asked),
  rows: fc.integer({ min: 1, max: 3 }),
  weighted: fc.boolean(),
  /** What the optimizer takes is then another thing than the gradient. */
  penalized: fc.boolean(),
  seed: fc.nat({ max: 1e6 })
})
type Network = typeof networks extends fc.Arbitrary<infer Value> ? Value : never

/** A step on rows drawn at random, with parameters and what Adam remembers drawn as well. */
function microscopeOn({ hidden, joined, problem, rows, weighted, penalized, seed }: Network): Microscope {
  const { loss, task, answers, lossSettings } = problem
  const random = new RandomStream(seed, 'microscope')
  const model = compileModel(modelSpecOf(layersOf(hidden, joined), FEATURES, task, loss, answers))
  const optimizer = optimizerNamed('adam')
  const config = defaultsOf(optimizer.fields)
  const held = new Map<string, Float64Array>()
  for (const { name, shape } of model.parameters) {
    held.set(name, drawFor(random, shape, { range: [-1, 1] }))
    for (const { name: slot } of optimizer.init(shape, config)) {
      held.set(stateSource(slot, name), drawFor(random, shape, { range: [0.01, 0.1] }))
    }
  }
  const input = { shape: [rows, FEATURES], data: drawFor(random, [rows, FEATURES]) }
  const targets = {
    shape: [rows, targetWidth(task, answers)],
    data: drawTargets(random, task, answers, rows)
  }
  const samples = { features: input, targets, weights: weighted ? drawWeights(random, rows) : null }
  return new Microscope({
    problem: {
      model,
      loss,
      task,
      lossSettings,
      optimizer,
      config,
      seed,
      rowWeights: weighted,
      regularization: parseConfig('Regularization', regularizationFields, penalized ? { l2: 0.1, clipNorm: 0.05 } : {})
    },
    ...{
      held,
      scalars: stepScalars(optimizer, config, 4),
      step: 4,
      ofOptimizer: 4,
      learningRate: numberSetting(config, 'learningRate')
    },
    ...{ input, targets: fedTargets(samples, weighted), asTraining: true }
  })
}

function layersOf(hidden: Network['hidden'], joined: boolean): LayerNode[] {
  const chain = hidden.map(({ units, activation }, i) => denseNode(`dense${i + 1}`, units, activation))
  const last = chain.at(-1)
  if (!joined || last === undefined) return chain
  const before = chain.at(-2)?.name ?? 'input'
  const beside = { ...last, name: 'beside', inputs: [before] }
  return [...chain.slice(0, -1), { ...last, inputs: [before] }, beside, sumOf(last.name, beside.name)]
}

function sumOf(...inputs: readonly string[]): LayerNode {
  return { name: 'sum', type: 'add', inputs: [...inputs], config: {} }
}

/** Tries a property of every layer with an activation, for every row. */
function everywhere(property: (microscope: Microscope, layer: string, row: number) => void): void {
  fc.assert(
    fc.property(networks, (network) => {
      const microscope = microscopeOn(network)
      for (let row = 0; row < microscope.rows; row++) {
        for (const { layer, delta } of microscope.layers(row)) {
          if (delta !== null) property(microscope, layer, row)
        }
      }
    }),
    { numRuns: 60 }
  )
}

function near(got: number, wanted: number, tolerance: number, largest: number, what: string): void {
  expect(Math.abs(got - wanted), `${what}: ${got}, expected ${wanted}`).toBeLessThanOrEqual(tolerance * largest)
}

describe('any small network', () => {
  it('has δ = ∂E/∂z as differences by the bias have it', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const microscope = microscopeOn(network)
        for (const { layer, delta } of microscope.layers(0)) {
          // z moves as its bias does, in all rows alike.
          delta?.forEach((_, unit) => {
            const rows = Array.from(
              { length: microscope.rows },
              (_, row) => microscope.layer(layer, row).delta?.[unit] ?? NaN
            )
            const { analytic, numeric } = microscope.check(`${layer}.bias`, unit)
            const sum = rows.reduce((total, each) => total + each, 0)
            const largest = Math.max(...rows.map(Math.abs))
            near(sum, analytic, SUM_TOLERANCE, largest, `∂E/∂b of ${layer}`)
            near(sum, numeric, DIFFERENCE_TOLERANCE, Math.max(largest, Math.abs(microscope.loss), 1), `δ of ${layer}`)
          })
        }
      }),
      { numRuns: 60 }
    )
  })

  it('has δ as the sum over all paths, and gives the strongest of them', () => {
    let found = 0
    everywhere((microscope, layer, row) => {
      const { delta } = microscope.layer(layer, row)
      delta?.forEach((own, unit) => {
        const all = strongestPaths(microscope, row, layer, unit, Infinity)
        if (all === null) return
        found++
        const products = all.strongest.map(({ product }) => product)
        const sum = products.reduce((total, product) => total + product, 0)
        near(sum, own, SUM_TOLERANCE, Math.max(...products.map(Math.abs)), `δ of ${layer}`)
        expect(all.count).toBe(products.length)
        expect(all.sum).toBe(own)
        const few = strongestPaths(microscope, row, layer, unit, 2)
        expect(few?.strongest).toEqual(all.strongest.slice(0, 2))
        for (const { units, factors, product } of all.strongest) {
          expect(units[0]).toEqual({ layer, unit })
          const largest = Math.abs(product)
          near(
            factors.reduce((total, { value }) => total * value, 1),
            product,
            SUM_TOLERANCE,
            largest,
            'a product'
          )
          for (const factor of factors) expectMeant(microscope, row, factor)
        }
      })
    })
    expect(found).toBeGreaterThan(100)
  })

  it('says every line as it is worked out, each symbol by its own number', () => {
    let read = 0
    everywhere((microscope, layer, row) => {
      microscope.layer(layer, row).delta?.forEach((_, unit) => {
        const { forward, backward } = unitLines(microscope, row, layer, unit)
        for (const line of [...forward, ...backward]) {
          expectMeant(microscope, row, { symbol: line.symbol, value: line.value })
          for (const term of line.terms) expectMeant(microscope, row, term)
          if (isRead(line)) read += expectHonest(line)
        }
      })
    })
    expect(read).toBeGreaterThan(1000)
  })

  it('says every weight as it is worked out', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const microscope = microscopeOn(network)
        for (const { name } of microscope.subject.problem.model.parameters) {
          const { before, gradient, after } = microscope.parameter(name)
          before.forEach((w, index) => {
            const weight = explainedWeight(microscope, 0, name, index)
            expectMeant(microscope, 0, { symbol: weight.symbol, value: w })
            expect(weight.gradient[0]?.value).toBe(gradient[index])
            expect(weight.update.at(-1)?.value).toBe(after[index])
            for (const line of [...weight.gradient, ...weight.update]) expectHonest(line)
            for (const { terms } of weight.gradient) {
              for (const term of terms) expectMeant(microscope, 0, term)
            }
          })
        }
      }),
      { numRuns: 60 }
    )
  })
})

/** Letters with an index are other units': such formulas are not worked out from their own terms alone. */
function isRead({ formula }: ExplainedLine): boolean {
  return !/_[a-z{]/.test(formula)
}

/** The formula of a line, read as TeX, comes to its value but for rounding. */
function expectHonest({ symbol, formula, terms, value }: ExplainedLine): number {
  const of = (name: string) => terms.find((term) => term.name === name)?.value ?? NaN
  const read = valueOfTex(formula, of)
  // What cancels out leaves the rounding of what it was made of.
  const size = Math.max(Math.abs(value), ...terms.map((term) => Math.abs(term.value) ** 2), 1)
  near(read, value, WRITTEN_CONSTANT.test(formula) ? WRITTEN_TOLERANCE : SUM_TOLERANCE, size, `${symbol} = ${formula}`)
  return 1
}

const SYMBOL = /^(?<letter>[abpwxz]|\\delta)(?:\^\{\((?<layer>\d+)\)\})?_\{(?<units>[\d,]+)\}(?:\\,\[(?<row>\d+)\])?$/
const SLOPE = /^f'\\!\\left\((?<sum>.+)\\right\)$/

/** What a symbol names, by its letter and its indices, is the number that it stands for. */
function expectMeant(microscope: Microscope, row: number, { symbol, value }: Omit<Term, 'name'>): void {
  const sum = SLOPE.exec(symbol)?.groups?.['sum']
  const { letter, layer, units = '', row: named } = SYMBOL.exec(sum ?? symbol)?.groups ?? {}
  if (letter === undefined) return
  const [unit = NaN, input = NaN] = units.split(',').map((each) => Number(each) - 1)
  const of = named === undefined ? row : Number(named) - 1
  if (layer === undefined) {
    // The input, and the outputs of the loss, which are of no other layer.
    const numbers = { x: microscope.input(of), z: microscope.logits(of), p: microscope.answer(of) }
    if (letter === 'x' || letter === 'z' || letter === 'p') expect(value, symbol).toBe(numbers[letter][unit])
    return
  }
  const name = microscope.subject.problem.model.spec.layers[Number(layer) - 1]?.name ?? ''
  const { z, a, slope, delta } = microscope.layer(name, of)
  if (sum !== undefined) expect(value, symbol).toBe(slope?.[unit])
  else if (letter === 'z') expect(value, symbol).toBe(z?.[unit])
  else if (letter === 'a') expect(value, symbol).toBe(a[unit])
  else if (letter === '\\delta') expect(value, symbol).toBe(delta?.[unit])
  else if (letter === 'b') expect(value, symbol).toBe(microscope.parameter(`${name}.bias`).before[unit])
  else {
    const { before, shape } = microscope.parameter(`${name}.weight`)
    const [, width = NaN] = shape
    expect(value, symbol).toBe(before[unit * width + input])
  }
}
