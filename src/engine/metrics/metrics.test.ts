import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tasks } from '../spec'
import { metricsFor, metricSpecs, predictedClasses, type MetricSpec } from '.'

/** The metric of rows (output, target), given in batches of this size. */
function metricOf(metric: MetricSpec, rows: readonly (readonly [number[], number])[], batchSize: number): number {
  const accumulator = metric.create()
  for (let start = 0; start < rows.length; start += batchSize) {
    const batch = rows.slice(start, start + batchSize)
    const width = batch[0]?.[0].length ?? 1
    accumulator.add(
      { shape: [batch.length, width], data: Float64Array.from(batch.flatMap(([outputs]) => outputs)) },
      { shape: [batch.length, 1], data: Float64Array.from(batch.map(([, target]) => target)) }
    )
  }
  return accumulator.value()
}

const amount = fc.double({ min: -1e3, max: 1e3, noNaN: true })
const regressionRows = fc.array(fc.tuple(fc.tuple(amount), amount), { minLength: 1, maxLength: 40 })
const batchSize = fc.integer({ min: 1, max: 50 })

function named(name: string): MetricSpec {
  const found = metricSpecs.find((metric) => metric.name === name)
  if (found === undefined) throw new Error(name)
  return found
}

/** Relative to the size of the numbers: sums of 40 terms in another order. */
function close(got: number, expected: number): void {
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

describe('regression metrics over any batches equal the naive formulas', () => {
  it('mae', () => {
    fc.assert(
      fc.property(regressionRows, batchSize, (rows, size) => {
        close(metricOf(named('mae'), rows, size), sum(rows.map(([[p], y]) => Math.abs(y - p))) / rows.length)
      })
    )
  })

  it('rmse', () => {
    fc.assert(
      fc.property(regressionRows, batchSize, (rows, size) => {
        close(metricOf(named('rmse'), rows, size), Math.sqrt(sum(rows.map(([[p], y]) => (y - p) ** 2)) / rows.length))
      })
    )
  })

  it('r2', () => {
    fc.assert(
      fc.property(regressionRows, batchSize, (rows, size) => {
        const mean = sum(rows.map(([, y]) => y)) / rows.length
        const spread = sum(rows.map(([, y]) => (y - mean) ** 2))
        // Where all targets are (nearly) equal the ratio is decided by rounding; see the cases below.
        fc.pre(spread > 1e-6)
        close(metricOf(named('r2'), rows, size), 1 - sum(rows.map(([[p], y]) => (y - p) ** 2)) / spread)
      })
    )
  })

  it('r2 keeps its digits for targets far from 0', () => {
    const rows = [1, 2, 3, 4].map((y) => [[1e9 + y + 0.5], 1e9 + y] as const)
    expect(
      metricOf(
        named('r2'),
        rows.map(([p, y]) => [[...p], y] as const),
        2
      )
    ).toBeCloseTo(1 - 1 / 5, 12)
  })

  it('r2 of equal targets is 1 when exact, else 0', () => {
    expect(metricOf(named('r2'), [[[2], 2]], 1)).toBe(1)
    expect(metricOf(named('r2'), [[[3], 2]], 1)).toBe(0)
  })
})

describe('accuracy', () => {
  it('is the share of right rows over any batches', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true })
    const row = fc.tuple(fc.array(probability, { minLength: 3, maxLength: 3 }), fc.integer({ min: 0, max: 2 }))
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), batchSize, (rows, size) => {
        const right = rows.filter(([p, target]) => p.indexOf(Math.max(...p)) === target).length
        expect(metricOf(named('accuracy'), rows, size)).toBe(right / rows.length)
      })
    )
  })

  it('takes one output for the probability of the second class; ties go to the first', () => {
    const data = Float64Array.of(0.4, 0.5, 0.6)
    expect([...predictedClasses({ shape: [3, 1], data })]).toEqual([0, 0, 1])
    expect([...predictedClasses({ shape: [1, 3], data: Float64Array.of(0.4, 0.4, 0.2) })]).toEqual([0])
  })
})

describe.each(metricSpecs)('$name', (metric) => {
  it('is NaN without rows and starts anew each time', () => {
    expect(metric.create().value()).toBeNaN()
  })
})

it('has metrics for every task, the charted one first', () => {
  const names = tasks.map((task) => metricsFor(task)[0]?.name)
  expect(names).toEqual(['mae', 'accuracy', 'accuracy'])
})
