/** Metrics against scikit-learn. See scripts/golden/metrics.py. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { expectClose, readGolden } from '../../../tests/golden'
import { tasks } from '../spec'
import { tensor } from '../tensor/tensor'
import { ClassCounts } from './class-counts'
import { scoresOf } from './class-report'
import { MetricGatherer } from '../train/metric-gatherer'
import { classReport, classReportOf, metricsFor, metricSpecs, predictedClasses, type ClassScores } from '.'

const valuesSchema = v.record(v.string(), v.number())
const golden = readGolden(
  'metrics.json',
  v.object({
    cases: v.array(
      v.object({
        name: v.string(),
        task: v.picklist(tasks),
        outputs: v.array(v.array(v.number())),
        targets: v.array(v.number()),
        values: valuesSchema,
        report: v.optional(
          v.array(v.object({ precision: v.number(), recall: v.number(), f1: v.number(), support: v.number() }))
        )
      })
    ),
    several: v.array(
      v.object({
        name: v.string(),
        task: v.picklist(tasks),
        outputs: v.array(v.array(v.number())),
        targets: v.array(v.array(v.number())),
        values: valuesSchema,
        byOutput: v.array(valuesSchema)
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

describe.each(golden.several)('$name', ({ task, outputs, targets, values, byOutput }) => {
  const width = byOutput.length
  const specs = metricsFor(task)
  const gathered = (size: number) => {
    const all = new MetricGatherer(task, tensor([0, width], []), undefined, specs)
    for (let start = 0; start < targets.length; start += size) {
      const [some, wanted] = [outputs, targets].map((rows) => rows.slice(start, start + size))
      const ofRows = (rows: readonly (readonly number[])[] = []) => tensor([rows.length, width], rows.flat())
      all.add(ofRows(some), ofRows(wanted))
    }
    return all
  }

  it.each([targets.length, 7])('in batches of %d: of every output, and the mean over outputs', (size) => {
    const all = gathered(size)
    const overall = all.values()
    const each = all.byOutput()
    expect(Object.keys(overall)).toEqual(specs.map(({ name }) => name))
    expect(each).toHaveLength(width)
    for (const { name, together = false } of specs) {
      expectClose(name, [overall[name] ?? NaN], [values[name] ?? NaN], 1e-13)
      each.forEach((metrics, output) => {
        expect(Object.hasOwn(metrics, name)).toBe(!together)
        if (!together) expectClose(name, [metrics[name] ?? NaN], [byOutput[output]?.[name] ?? NaN], 1e-13)
      })
    }
  })
})

it('covers every metric', () => {
  const known = new Set([...golden.cases, ...golden.several].flatMap(({ values }) => Object.keys(values)))
  expect(metricSpecs.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
})
