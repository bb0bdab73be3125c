/** Metrics against scikit-learn. See scripts/golden/metrics.py. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { expectClose, readGolden } from '../../../tests/golden'
import { tasks } from '../spec'
import { tensor } from '../tensor/tensor'
import { ClassCounts } from './class-counts'
import { scoresOf } from './class-report'
import { classReport, classReportOf, metricsFor, metricSpecs, predictedClasses, type ClassScores } from '.'

const golden = readGolden(
  'metrics.json',
  v.object({
    cases: v.array(
      v.object({
        name: v.string(),
        task: v.picklist(tasks),
        outputs: v.array(v.array(v.number())),
        targets: v.array(v.number()),
        values: v.record(v.string(), v.number()),
        report: v.optional(
          v.array(v.object({ precision: v.number(), recall: v.number(), f1: v.number(), support: v.number() }))
        )
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

describe.each(golden.cases.filter(({ report }) => report !== undefined))(
  '$name',
  ({ outputs, targets, report = [] }) => {
    const width = outputs[0]?.length ?? 0
    const flat = ({ precision, recall, f1, support }: ClassScores) => [precision, recall, f1, support]
    const given = (from: number, to: number) =>
      [
        tensor([outputs.slice(from, to).length, width], outputs.slice(from, to).flat()),
        tensor([targets.slice(from, to).length, 1], targets.slice(from, to))
      ] as const

    it('scores every class as scikit-learn does, in batches and from counts too', () => {
      const all = given(0, targets.length)
      const scores = classReport(...all, report.length)
      expectClose('scores', scores.flatMap(flat), report.flatMap(flat), 1e-14)
      const counts = new ClassCounts()
      for (let start = 0; start < targets.length; start += 7) counts.add(...given(start, start + 7))
      expect(report.map((_, k) => scoresOf(counts.of(k)))).toEqual(scores)
      const confusion = report.map(() => report.map(() => 0))
      predictedClasses(all[0]).forEach((predicted, row) => {
        const ofActual = confusion[targets[row] ?? -1]
        if (ofActual !== undefined) ofActual[predicted] = (ofActual[predicted] ?? 0) + 1
      })
      expect(classReportOf(confusion)).toEqual(scores)
    })
  }
)

it('covers every metric', () => {
  const known = new Set(golden.cases.flatMap(({ values }) => Object.keys(values)))
  expect(metricSpecs.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
})
