/** Metrics against scikit-learn. See scripts/golden/metrics.py. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { readGolden } from '../../../tests/golden'
import { tasks } from '../spec'
import { tensor } from '../tensor/tensor'
import { metricsFor, metricSpecs } from '.'

const golden = readGolden(
  'metrics.json',
  v.object({
    cases: v.array(
      v.object({
        name: v.string(),
        task: v.picklist(tasks),
        outputs: v.array(v.array(v.number())),
        targets: v.array(v.number()),
        values: v.record(v.string(), v.number())
      })
    )
  })
)

describe.each(golden.cases)('$name', ({ task, outputs, targets, values }) => {
  it.each(metricsFor(task, outputs[0]?.length).map((metric) => [metric.name, metric] as const))(
    '%s',
    (name, metric) => {
      for (const batchSize of [targets.length, 7]) {
        const accumulator = metric.create()
        for (let start = 0; start < targets.length; start += batchSize) {
          const batch = outputs.slice(start, start + batchSize)
          const wanted = targets.slice(start, start + batchSize)
          accumulator.add(
            tensor([batch.length, batch[0]?.length ?? 0], batch.flat()),
            tensor([wanted.length, 1], wanted)
          )
        }
        // Sums of some tens of terms in another order, and values near 1000 that differ by about 1.
        expect(Math.abs(accumulator.value() / (values[name] ?? NaN) - 1)).toBeLessThanOrEqual(1e-12)
      }
    }
  )
})

it('covers every metric', () => {
  const known = new Set(golden.cases.flatMap(({ values }) => Object.keys(values)))
  expect(metricSpecs.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
})
