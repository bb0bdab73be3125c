/** What is written of every metric comes to what the metric says. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueOfTex } from '../../../tests/tex'
import type { ExplainedLine } from '../explain/explained-line'
import { MetricGatherer } from '../train/metric-gatherer'
import { metricSpecs, type MetricSpec } from '.'
import { workedMeanOf } from './worked'

const classes = ['yes', 'no', 'maybe', 'later', 'never']

/** Rows that a metric of these tasks is asked about: outputs and targets. */
function rowsFor({ tasks: [task = 'regression'] }: MetricSpec): fc.Arbitrary<(readonly [number[], number])[]> {
  const width = task === 'multi-class' ? 5 : 1
  const amount = fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((value) => Math.round(value * 8) / 8)
  const output = task === 'regression' ? amount : fc.integer({ min: 0, max: 8 }).map((value) => value / 8)
  const target = task === 'regression' ? amount : fc.integer({ min: 0, max: task === 'multi-class' ? 4 : 1 })
  return fc.array(fc.tuple(fc.array(output, { minLength: width, maxLength: width }), target), { maxLength: 40 })
}

function workedOf(metric: MetricSpec, rows: readonly (readonly [number[], number])[]) {
  const gathered = metric.create()
  const [[first] = [[0]]] = rows
  gathered.add(
    { shape: [rows.length, first.length], data: Float64Array.from(rows.flatMap(([outputs]) => outputs)) },
    { shape: [rows.length, 1], data: Float64Array.from(rows.map(([, target]) => target)) }
  )
  return { value: gathered.value(), lines: metric.worked(gathered.parts ?? gathered.state, classes) }
}

function read({ formula, terms }: ExplainedLine): number {
  const values = new Map(terms.map(({ name, value }) => [name, value]))
  return valueOfTex(formula, (name) => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`${formula} names @${name}`)
    return value
  })
}

function expectSame(got: number, wanted: number): void {
  if (Number.isNaN(wanted)) expect(got).toBeNaN()
  else expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(wanted)))
}

describe.each<MetricSpec>(metricSpecs)('$name', (metric) => {
  it('is written as what it comes to', () => {
    fc.assert(
      fc.property(rowsFor(metric), (rows) => {
        const { value, lines } = workedOf(metric, rows)
        expectSame(lines.at(-1)?.value ?? 0, value)
        for (const line of lines) {
          expectSame(read(line), line.value)
          // No term is named that the formula does not use.
          for (const { name } of line.terms) expect(line.formula).toContain(`@${name}`)
        }
      })
    )
  })
})

describe('by hand', () => {
  const named = (name: string): MetricSpec => {
    const found = metricSpecs.find((metric) => metric.name === name)
    if (found === undefined) throw new Error(name)
    return found
  }
  // Three rows of class yes, one of them taken for no; one of class no, found.
  const rows: readonly (readonly [number[], number])[] = [
    [[0.1], 0],
    [[0.2], 0],
    [[0.9], 0],
    [[0.8], 1]
  ]
  const said = (name: string) => workedOf(named(name), rows).lines.map(({ words, value }) => [words, value])

  it('precision, recall and F1 name the classes and their counts', () => {
    expect(said('precision')).toEqual([
      ['yes: of 2 rows taken for it, 2 are of it', 1],
      ['no: of 2 rows taken for it, 1 are of it', 0.5],
      [expect.stringContaining('mean over the classes'), 0.75]
    ])
    expect(said('recall').map(([, value]) => value)).toEqual([2 / 3, 1, expect.closeTo(5 / 6, 12)])
    expect(said('f1').map(([, value]) => value)).toEqual([0.8, 2 / 3, expect.closeTo((0.8 + 2 / 3) / 2, 12)])
  })

  it('ROC AUC counts pairs', () => {
    const [line] = workedOf(named('roc-auc'), rows).lines
    expect(line?.terms.map(({ value }) => value)).toEqual([2, 1, 3])
    expect(line?.words).toContain('the row of no gets')
  })

  it('R² of equal true values is told by its own rule', () => {
    const flat = (answers: readonly number[]) =>
      workedOf(
        named('r2'),
        answers.map((answer) => [[answer], 5])
      ).lines.at(-1)
    expect(flat([5, 5])?.value).toBe(1)
    expect(flat([5, 6])?.value).toBe(0)
    expect(flat([5, 6])?.words).toContain('nothing to explain')
  })
})

describe('a mean of values', () => {
  it('writes many of them as some and the rest', () => {
    const values = Array.from({ length: 20 }, (_, k) => ({ symbol: `v_{${k + 1}}`, value: k }))
    const line = workedMeanOf({ words: '', law: null, symbol: 'M' }, values)
    expect(line.terms).toHaveLength(8)
    expect(line.value).toBe(9.5)
    expect(read(line)).toBeCloseTo(9.5, 12)
  })
})

describe('what a gatherer tells', () => {
  it('of classes: the parts of every metric, of several outputs: those of each', () => {
    const classesOnly = new MetricGatherer('multi-class', { shape: [2, 1], data: Float64Array.of(0, 1) }, undefined)
    classesOnly.add(
      { shape: [2, 2], data: Float64Array.of(0.9, 0.1, 0.8, 0.2) },
      { shape: [2, 1], data: Float64Array.of(0, 1) }
    )
    expect(classesOnly.parts()).toEqual({ accuracy: [1, 2] })
    expect(classesOnly.partsByOutput()).toEqual([{ accuracy: [1, 2] }])
    const targets = { shape: [2, 2], data: Float64Array.of(0, 1, 1, 1) }
    const labels = new MetricGatherer('multi-label', targets, undefined)
    labels.add({ shape: [2, 2], data: Float64Array.of(0.2, 0.9, 0.1, 0.7) }, targets)
    expect(labels.parts()).toEqual({ 'exact-match': [1, 2] })
    expect(labels.partsByOutput()).toEqual([{ accuracy: [1, 2] }, { accuracy: [2, 2] }])
  })
})
