import { describe, expect, it } from 'vitest'
import { tasks } from '../../../engine/catalog'
import type { LayerStatistics } from '../../../shared/run-views'
import type { EpochPoint } from '../../../shared/views'
import { runWith, setupWith } from '../state/testing'
import type { CardContext, ChartDefinition, ChartSpec, WatchedLayer } from './chart'
import { contextOf, watchedLayers } from './context'
import { deadUnitsChart } from './dead-units'
import { gradientNormChart } from './gradient-norm'
import { layerErrorChart } from './layer-error'
import { learningRateChart } from './learning-rate'
import { spread } from './lines'
import { lossChart } from './loss'
import { metricChart } from './metric'
import { throughputChart } from './throughput'
import { updateRatioChart } from './update-ratio'

const histogram = { min: 0, max: 1, counts: [1] }
const statistics = (layer: string, size: number): LayerStatistics => ({
  layer,
  weights: { histogram, norm: 2, gradientNorm: size, updateRatio: null },
  delta: 2 * size,
  activations: { histogram, dead: size / 10, saturated: null }
})
const point: EpochPoint = {
  epoch: 1,
  trainLoss: 0.5,
  validationLoss: 0.6,
  trainMetrics: { accuracy: 0.9, constructor: 1 },
  metrics: {},
  learningRate: 0.01,
  best: true,
  step: 4,
  elapsedMs: 50,
  layers: [statistics('dense1', 1), statistics('output', 2)]
}
const layersOf = (count: number): WatchedLayer[] =>
  Array.from({ length: count }, (_, index) => ({ index, name: `layer${index}`, trained: true, mortal: false }))
const contextWith = (change: Partial<CardContext> = {}): CardContext => ({
  ...contextOf(setupWith({ task: 'binary', loss: 'log' }), null, []),
  ...change
})
const specOf = (chart: ChartDefinition, change: Partial<CardContext> = {}): ChartSpec => {
  const spec = chart(contextWith(change))
  if (spec === null) throw new Error('no chart')
  return spec
}
const valuesOf = (spec: ChartSpec, at: EpochPoint, before?: EpochPoint) =>
  spec.lines.map((line) => line.value({ point: at, before, rows: 100 }))

describe('charts of lines', () => {
  it.each(tasks)('has the metric that people judge %s by', (task) => {
    expect(specOf(metricChart, { task }).name).toBe(task === 'regression' ? 'MAE chart' : 'Accuracy chart')
  })

  it('reads training and validation values out of an epoch, and none where there is none', () => {
    expect(valuesOf(specOf(lossChart), point)).toEqual([0.5, 0.6])
    expect(valuesOf(specOf(metricChart), point)).toEqual([0.9, undefined])
    expect(valuesOf(specOf(lossChart), { ...point, validationLoss: null })).toEqual([0.5, undefined])
  })

  it('has no validation lines where no rows are kept for validation', () => {
    const labels = specOf(lossChart, { validated: false }).lines.map(({ label }) => label)
    expect(labels).toEqual(['training'])
  })

  it('tells lines apart by colour and by stroke', () => {
    for (const spec of [specOf(lossChart), specOf(gradientNormChart, { layers: layersOf(8) })]) {
      expect(new Set(spec.lines.map(({ colour }) => colour)).size).toBe(spec.lines.length)
      expect(new Set(spec.lines.map(({ dash }) => dash.join())).size).toBe(Math.min(4, spec.lines.length))
    }
  })

  it('draws the learning rate of every step, unsmoothed', () => {
    expect(specOf(learningRateChart)).toMatchObject({ exact: true, steps: 'learningRate' })
    expect(valuesOf(specOf(learningRateChart), point)).toEqual([0.01])
  })

  it('has a line for each layer at the milestones, and no value between them', () => {
    const layers = watchedLayers(runWith({ epochs: [{ ...point, layers: null }, point] }))
    expect(layers.map(({ name }) => name)).toEqual(['dense1', 'output'])
    const spec = specOf(gradientNormChart, { layers })
    expect(valuesOf(spec, point)).toEqual([1, 2])
    expect(valuesOf(spec, { ...point, layers: null })).toEqual([undefined, undefined])
    expect(valuesOf(specOf(updateRatioChart, { layers }), point)).toEqual([undefined, undefined])
    expect(valuesOf(specOf(layerErrorChart, { layers }), point)).toEqual([2, 4])
    const earlier = { ...point, layers: (point.layers ?? []).map((layer) => ({ ...layer, delta: null })) }
    expect(valuesOf(specOf(layerErrorChart, { layers }), earlier)).toEqual([undefined, undefined])
    expect(valuesOf(specOf(deadUnitsChart, { layers }), point)).toEqual([0.1, 0.2])
  })

  it('says nothing of dead units where none can die', () => {
    expect(deadUnitsChart(contextWith({ layers: layersOf(2) }))).toBeNull()
  })

  it('counts the rows of a second between the ends of two epochs', () => {
    const spec = specOf(throughputChart)
    expect(valuesOf(spec, point)).toEqual([2000])
    expect(valuesOf(spec, { ...point, elapsedMs: 250 }, point)).toEqual([500])
    expect(valuesOf(spec, point, point)).toEqual([undefined])
    expect(valuesOf(spec, { ...point, elapsedMs: null })).toEqual([undefined])
  })

  it('draws the baselines of the loss and of that metric', () => {
    const metrics = [
      { name: 'f1', label: 'F1', value: 0.1 },
      { name: 'accuracy', label: 'Accuracy', value: 0.7 }
    ]
    const { facts } = runWith({})
    const models = [{ kind: 'linear' as const, label: 'Logistic regression', loss: 0.62, metrics }]
    const told = { ...facts, baselines: { ...facts.baselines, models } }
    expect(specOf(lossChart).levels?.(told)).toEqual([{ label: 'Logistic regression', value: 0.62 }])
    expect(specOf(metricChart).levels?.(told)).toEqual([{ label: 'Logistic regression', value: 0.7 }])
  })
})

describe('spread', () => {
  it('keeps the ends and the order of many', () => {
    expect(spread([1, 2, 3], 8)).toEqual([1, 2, 3])
    expect(spread([...Array(30).keys()], 4)).toEqual([0, 10, 19, 29])
  })
})
