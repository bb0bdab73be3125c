import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tasks } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { metricsFor, metricSpecs, predictedClasses, type MetricSpec } from '.'

/** The metric of rows (output, target), given in batches of this size. */
function metricOf(metric: MetricSpec, rows: readonly (readonly [number[], number])[], batchSize: number): number {
  const accumulator = metric.create()
  for (const batch of batchesOf(rows, batchSize)) accumulator.add(...batch)
  return accumulator.value()
}

/** Outputs and targets of rows, in batches of this size. */
function batchesOf(rows: readonly (readonly [number[], number])[], batchSize: number): [Tensor, Tensor][] {
  return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) => {
    const batch = rows.slice(i * batchSize, (i + 1) * batchSize)
    const width = batch[0]?.[0].length ?? 1
    return [
      { shape: [batch.length, width], data: Float64Array.from(batch.flatMap(([outputs]) => outputs)) },
      { shape: [batch.length, 1], data: Float64Array.from(batch.map(([, target]) => target)) }
    ]
  })
}

const amount = fc.double({ min: -1e3, max: 1e3, noNaN: true })
const regressionRows = fc.array(fc.tuple(fc.tuple(amount), amount), { minLength: 1, maxLength: 40 })
const batchSize = fc.integer({ min: 1, max: 50 })

function named(name: string): MetricSpec {
  const found = metricSpecs.find((metric) => metric.name === name)
  if (found === undefined) throw new Error(name)
  return found
}

/** Outputs and targets that a metric of these tasks is asked about, some of them no finite numbers. */
function rowsFor({ tasks: [task = 'regression'] }: MetricSpec): fc.Arbitrary<(readonly [number[], number])[]> {
  const width = task === 'multi-class' ? 5 : 1
  const output = task === 'regression' ? fc.double() : fc.double({ min: 0, max: 1 })
  const target = task === 'regression' ? fc.double() : fc.integer({ min: 0, max: task === 'multi-class' ? 4 : 1 })
  return fc.array(fc.tuple(fc.array(output, { minLength: width, maxLength: width }), target), { maxLength: 40 })
}

describe.each<MetricSpec>(metricSpecs)('$name', (metric) => {
  it('goes on from its state to the same bits, wherever it is left', () => {
    fc.assert(
      fc.property(rowsFor(metric), batchSize, fc.nat(), (rows, size, cut) => {
        const batches = batchesOf(rows, size)
        const whole = metric.create()
        const first = metric.create()
        const second = metric.create()
        batches.forEach((batch, i) => {
          whole.add(...batch)
          if (i < cut % (batches.length + 1)) first.add(...batch)
        })
        second.restore(structuredClone(first.state))
        batches.slice(cut % (batches.length + 1)).forEach((batch) => second.add(...batch))
        expect(second.value()).toBe(whole.value())
        expect(second.state).toEqual(whole.state)
      })
    )
  })
})

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

describe('metrics of classes over any batches equal the naive formulas', () => {
  const CLASSES = 5
  // Few different probabilities, so that there are many ties.
  const probability = fc.integer({ min: 0, max: 4 }).map((n) => n / 4)
  const row = fc.tuple(
    fc.array(probability, { minLength: CLASSES, maxLength: CLASSES }),
    fc.integer({ min: 0, max: CLASSES - 1 })
  )
  const rowsOfMany = fc.array(row, { minLength: 1, maxLength: 40 })
  const rowsOfTwo = fc.array(fc.tuple(fc.tuple(probability), fc.integer({ min: 0, max: 1 })), { maxLength: 40 })

  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
  /** Precision and recall of each class that occurs. */
  function scores(rows: readonly (readonly [number[], number])[]) {
    const answered = rows.map(([p, actual]) => ({ predicted: p.indexOf(Math.max(...p)), actual }))
    const classes = [0, 1, 2, 3, 4].filter((k) =>
      answered.some(({ predicted, actual }) => predicted === k || actual === k)
    )
    return classes.map((k) => {
      const right = answered.filter(({ predicted, actual }) => predicted === k && actual === k).length
      const precision = share(right, answered.filter(({ predicted }) => predicted === k).length)
      const recall = share(right, answered.filter(({ actual }) => actual === k).length)
      return { precision, recall, f1: share(2 * precision * recall, precision + recall) }
    })
  }

  it.each(['precision', 'recall', 'f1'] as const)('%s', (name) => {
    fc.assert(
      fc.property(rowsOfMany, batchSize, (rows, size) => {
        const each = scores(rows).map((score) => score[name])
        close(metricOf(named(name), rows, size), sum(each) / each.length)
      })
    )
  })

  it('roc-auc', () => {
    fc.assert(
      fc.property(rowsOfTwo, batchSize, (rows, size) => {
        const of = (wanted: number) => rows.flatMap(([[p], actual]) => (actual === wanted ? [p] : []))
        const pairs = of(1).flatMap((high) => of(0).map((low) => (high > low ? 1 : high === low ? 0.5 : 0)))
        const one = rows.map(([[p], actual]): [number[], number] => [[p], actual])
        // Halves and whole numbers: exact.
        expect(metricOf(named('roc-auc'), one, size)).toBe(pairs.length === 0 ? NaN : sum(pairs) / pairs.length)
        const two = rows.map(([[p], actual]): [number[], number] => [[1 - p, p], actual])
        expect(metricOf(named('roc-auc'), two, size)).toBe(metricOf(named('roc-auc'), one, size))
      })
    )
  })

  it('top-3-accuracy', () => {
    fc.assert(
      fc.property(rowsOfMany, batchSize, (rows, size) => {
        const right = rows.filter(([p, actual]) =>
          [0, 1, 2, 3, 4]
            .sort((a, b) => (p[b] ?? NaN) - (p[a] ?? NaN) || a - b)
            .slice(0, 3)
            .includes(actual)
        )
        expect(metricOf(named('top-3-accuracy'), rows, size)).toBe(right.length / rows.length)
      })
    )
  })

  it('log-loss, finite even for answers that are sure and wrong', () => {
    const least = 2 ** -52
    fc.assert(
      fc.property(rowsOfMany, batchSize, (rows, size) => {
        const surprises = rows.map(([p, actual]) => -Math.log(Math.max(least, p[actual] ?? NaN)))
        close(metricOf(named('log-loss'), rows, size), sum(surprises) / rows.length)
      })
    )
    expect(metricOf(named('log-loss'), [[[1], 0]], 1)).toBe(52 * Math.LN2)
    expect(metricOf(named('log-loss'), [[[0.25], 0]], 1)).toBeCloseTo(-Math.log(0.75), 15)
  })
})

describe('where a metric has no answer', () => {
  it('mape leaves out rows whose true value is 0', () => {
    expect(
      metricOf(
        named('mape'),
        [
          [[3], 0],
          [[3], 2],
          [[1], -2]
        ],
        2
      )
    ).toBe(1)
    expect(metricOf(named('mape'), [[[3], 0]], 1)).toBeNaN()
  })

  it('roc-auc needs rows of both classes', () => {
    expect(
      metricOf(
        named('roc-auc'),
        [
          [[0.4], 1],
          [[0.6], 1]
        ],
        2
      )
    ).toBeNaN()
  })
})

describe.each(metricSpecs)('$name', (metric) => {
  it('is NaN without rows and starts anew each time', () => {
    expect(metric.create().value()).toBeNaN()
  })
})

it('has metrics for every task, the charted one first and gathered while it trains', () => {
  for (const task of tasks) expect(metricsFor(task)[0]?.duringTraining).toBe(true)
  expect(metricsFor('regression').map(({ name }) => name)).toEqual(['mae', 'rmse', 'r2', 'mape'])
  expect(metricsFor('binary').map(({ name }) => name)).toEqual([
    'accuracy',
    'f1',
    'precision',
    'recall',
    'roc-auc',
    'log-loss'
  ])
  expect(metricsFor('multi-label').map(({ name }) => name)).toEqual([
    'accuracy',
    'exact-match',
    'f1',
    'precision',
    'recall',
    'roc-auc',
    'log-loss'
  ])
  expect(metricsFor('multi-class', 3).map(({ name }) => name)).not.toContain('top-3-accuracy')
  expect(metricsFor('multi-class', 4).map(({ name }) => name)).toContain('top-3-accuracy')
})
