import { describe, expect, it } from 'vitest'
import { metricSpecs } from '../../../engine/catalog'
import { whyItMayMislead } from '../explain/metrics/notes'
import { momentOfStep, placeOf, type ExplainTarget, type Moments } from './explainTarget'

const run: Moments = {
  moments: [0, 1, 2, 4],
  epochs: [1, 2, 3, 4].map((epoch) => ({ epoch, step: 10 * epoch }))
}
const none: Moments = { moments: [], epochs: [] }

describe('where something is explained', () => {
  it('is the last kept moment at or before an epoch', () => {
    const epochs = [0, 1, 3, 4, 99].map((epoch) => placeOf({ kind: 'moment', epoch }, run).epoch)
    expect(epochs).toEqual([0, 1, 2, 4, 4])
    expect(placeOf({ kind: 'moment', epoch: 3 }, none)).toEqual({ tab: 'microscope' })
  })

  it('is the last kept moment from which a step is still to come', () => {
    // Step 11 is the first one after epoch 1; step 10 is the last one of it.
    expect([1, 10, 11, 20, 21, 39, 41].map((step) => momentOfStep(run, step))).toEqual([0, 0, 1, 1, 2, 2, 4])
    expect(momentOfStep(none, 5)).toBeNull()
    // A moment whose steps are not known any more is passed over.
    expect(momentOfStep({ ...run, epochs: run.epochs.filter(({ epoch }) => epoch !== 4) }, 41)).toBe(2)
  })

  it.each<[ExplainTarget, object]>([
    [
      { kind: 'weight', parameter: 'dense1.weight', index: 3 },
      {
        tab: 'microscope',
        phase: { kind: 'descent', layer: null },
        selection: { kind: 'weight', parameter: 'dense1.weight', index: 3 }
      }
    ],
    [
      { kind: 'unit', layer: 'dense1', unit: 2 },
      {
        tab: 'microscope',
        phase: { kind: 'forward', layer: 'dense1' },
        selection: { kind: 'unit', layer: 'dense1', unit: 2 }
      }
    ],
    [
      { kind: 'layer', layer: 'dense1' },
      { tab: 'microscope', phase: { kind: 'forward', layer: 'dense1' } }
    ],
    [
      { kind: 'layer', layer: 'dense1', epoch: 3 },
      { tab: 'microscope', epoch: 2, phase: { kind: 'forward', layer: 'dense1' } }
    ],
    [
      { kind: 'row', row: 0 },
      { tab: 'microscope', row: 0 }
    ],
    [{ kind: 'error' }, { tab: 'microscope', phase: { kind: 'error', layer: null } }],
    [
      { kind: 'metric', name: 'mae' },
      { tab: 'metrics', metric: { name: 'mae', output: null } }
    ],
    [
      { kind: 'metric', name: 'f1', output: 'round' },
      { tab: 'metrics', metric: { name: 'f1', output: 'round' } }
    ],
    [
      { kind: 'tab', tab: 'flow', epoch: 4 },
      { tab: 'flow', epoch: 4 }
    ]
  ])('of %j is %j', (target, place) => {
    expect(placeOf(target, run)).toEqual(place)
  })
})

describe('every metric', () => {
  it('has said of it why it may mislead', () => {
    const names = [...metricSpecs.map(({ name }) => name), 'loss']
    expect(names.filter((name) => whyItMayMislead(name) === undefined)).toEqual([])
    expect(whyItMayMislead('constructor')).toBeUndefined()
  })
})
