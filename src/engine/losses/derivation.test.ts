/** δ of every loss by its closed form: against the graph's gradient, and what people read of it against what it comes to. */
import katex from 'katex'
import { describe, expect, it } from 'vitest'
import { valueOfTex } from '../../../tests/tex'
import { withNumbers, withSymbols } from '../../shared/formula'
import { gradients } from '../backprop/gradients'
import { ReferenceProgram } from '../executors/reference/program'
import { namesIn } from '../explain/worked-line'
import { GraphBuilder } from '../graph/builder'
import { RandomStream } from '../random/stream'
import type { Task } from '../spec'
import { answersTried, drawFor, drawTargets, lossDefaults, lossVariants, targetWidth } from '../testing'
import { lossFor, lossSpecs, outputTerms, type LossName, type LossSettings, type LossSpec, type OutputRow } from '.'
import { applyLink } from './loss'

/** Of the largest δ of the row, which cancellation leaves the others' rounding at. */
const TOLERANCE = 1e-13
const ROWS = 12

const variants = lossSpecs.flatMap((loss: LossSpec<LossName>) =>
  loss.tasks.flatMap((task) =>
    answersTried[task].flatMap((answers) =>
      lossVariants(loss, task).map((settings) => ({
        ...{ loss, task, answers, settings },
        title: `${loss.name} for ${task}, ${answers} answers, ${JSON.stringify(settings)}`
      }))
    )
  )
)

/** One row alone: E, δ by the graph, and the row as the closed form takes it. */
function inGraph(loss: LossSpec, task: Task, settings: LossSettings, z: readonly number[], target: readonly number[]) {
  const graph = new GraphBuilder()
  const logits = graph.input('logits', [1, z.length])
  const targets = graph.input('targets', [1, target.length])
  const value = loss.build(graph, task, logits, targets, settings, null)
  const output = applyLink(graph, loss.link(task), logits)
  const [gradient = -1] = gradients(graph, value, [logits])
  const program = new ReferenceProgram(graph.graph, [value, output, gradient])
  program.run(
    new Map([
      ['logits', Float64Array.from(z)],
      ['targets', Float64Array.from(target)]
    ])
  )
  const row: OutputRow = { z, p: [...program.value(output)], target }
  return { row, error: program.value(value)[0] ?? NaN, delta: [...program.value(gradient)] }
}

describe.each(variants)('$title', ({ loss, task, answers, settings }) => {
  const units = loss.outputUnits(task, answers)
  const width = targetWidth(task, answers)
  const logits = drawFor(new RandomStream(5, 'logits'), [ROWS, units])
  const targets = drawTargets(new RandomStream(6, 'targets'), task, answers, ROWS)
  const rows = Array.from({ length: ROWS }, (_, row) =>
    inGraph(
      loss,
      task,
      settings,
      [...logits.slice(row * units, (row + 1) * units)],
      [...targets.slice(row * width, (row + 1) * width)]
    )
  )
  const tex = loss.tex(task, units, settings)

  it('has the δ of the graph', () => {
    for (const { row, delta } of rows) {
      const closed = loss.deltaOf(task, row, settings)
      expect(closed).toHaveLength(units)
      expectNear(closed, delta)
    }
    // Rows at which all is 0 would prove nothing.
    expect(rows.some(({ delta }) => delta.some((each) => Math.abs(each) > 0.01))).toBe(true)
  })

  it('reads in TeX as what it comes to', () => {
    // Letters with an index are other units'.
    const isRead = (formula: string) => !/_[a-z{]/.test(formula)
    for (const { row, error, delta } of rows) {
      delta.forEach((expected, k) => {
        const terms = outputTerms(task, row, k, settings)
        const of = (name: string) => terms.find((term) => term.name === name)?.value ?? NaN
        if (isRead(tex.delta)) expect(Math.abs(valueOfTex(tex.delta, of) - expected)).toBeLessThanOrEqual(TOLERANCE)
        if (tex.wanted !== null) expect(valueOfTex(tex.wanted, of)).toBeCloseTo(of('q'), 14)
        if (isRead(tex.value))
          expect(Math.abs(valueOfTex(tex.value, of) - error)).toBeLessThanOrEqual(1e-12 * (1 + error))
      })
    }
    if (units === 1) for (const formula of [tex.value, tex.delta]) expect(isRead(formula)).toBe(true)
  })

  it('has TeX that KaTeX can set, with symbols and with numbers', () => {
    const all = outputTerms(task, rows[0]?.row ?? { z: [], p: [], target: [] }, 0, settings)
    for (const formula of [tex.value, tex.delta, ...(tex.wanted === null ? [] : [tex.wanted])]) {
      const names = namesIn(formula)
      const line = { symbol: 'E', formula, terms: all.filter(({ name }) => names.includes(name)), value: 0 }
      for (const side of [withSymbols(line), withNumbers(line, 4)]) expectTex(side)
    }
    expect(tex.why.length).toBeGreaterThanOrEqual(2)
    for (const line of tex.why) {
      expect(namesIn(line)).toEqual([])
      expectTex(line)
    }
  })
})

describe('a − y, up to a factor', () => {
  it('is δ of the three losses with their own links', () => {
    const delta = (name: LossName, task: Task, outputs: number) =>
      lossFor(name, task).tex(task, outputs, lossDefaults(name)).delta
    expect(delta('squared', 'regression', 1)).toBe('2 \\cdot (@p - @t)')
    expect(delta('squared', 'regression', 3)).toBe('\\frac{2}{@K} \\cdot (@p - @t)')
    expect(delta('log', 'binary', 1)).toBe('@p - @t')
    expect(delta('cross-entropy', 'multi-class', 3)).toBe('@p - @t')
  })
})

describe('at kinks', () => {
  it.each([
    ['absolute', 'regression', [2], [2], [0]],
    ['huber', 'regression', [3], [2], [1]],
    ['huber', 'regression', [1], [2], [-1]],
    ['hinge', 'binary', [1], [1], [0]],
    ['hinge', 'binary', [-1], [0], [0]],
    ['hinge', 'multi-class', [2, 1, 0], [0], [0, 0, 0]],
    ['hinge', 'multi-class', [2, 1.5, 0], [0], [-1 / 3, 1 / 3, 0]]
  ] as const)('%s for %s at %j, %j wanted: %j, as the graph', (name, task, z, target, expected) => {
    const loss = lossFor(name, task)
    const settings = lossDefaults(name)
    const { row, delta } = inGraph(loss, task, settings, z, target)
    const closed = loss.deltaOf(task, row, settings)
    closed.forEach((each, k) => expect(each).toBeCloseTo(expected[k] ?? NaN, 15))
    expectNear(closed, delta)
  })
})

function expectNear(closed: readonly number[], delta: readonly number[]): void {
  const largest = Math.max(...delta.map(Math.abs))
  closed.forEach((each, k) => {
    expect(Math.abs(each - (delta[k] ?? NaN)), `unit ${k}: ${each}, graph ${delta[k]}`).toBeLessThanOrEqual(
      TOLERANCE * largest
    )
  })
}

function expectTex(tex: string): void {
  expect(tex).not.toContain('@')
  expect(() => katex.renderToString(tex, { throwOnError: true, strict: 'error', displayMode: true })).not.toThrow()
}
