import { describe, expect, it } from 'vitest'
import type { EpochPoint } from '../../../shared/views'
import { chosenAt, chosenEpoch } from './chosen'
import type { Hover } from './hover'

const epochs = [1, 2, 3, 4].map((epoch): EpochPoint => ({
  epoch,
  trainLoss: 1,
  validationLoss: null,
  trainMetrics: {},
  metrics: {},
  learningRate: 0.1,
  best: false,
  step: 10 * epoch,
  elapsedMs: null,
  layers: null
}))
const hover: Hover = { left: 1, top: 1, inRightHalf: false, epoch: 3, place: 30, lines: [], step: null }

describe('a chosen point', () => {
  it('is the step under the pointer, else the epoch', () => {
    expect(chosenAt({ ...hover, step: { step: 27, value: 1, place: 27 } })).toEqual({
      place: 27,
      target: { kind: 'step', step: 27 }
    })
    expect(chosenAt(hover)).toEqual({ place: 30, target: { kind: 'moment', epoch: 3 } })
    expect(chosenAt({ ...hover, epoch: null })).toBeNull()
  })

  it('begins by keyboard where the run is looked at, and goes from epoch to epoch', () => {
    const at = (from: ReturnType<typeof chosenEpoch>, by: number, looked: number | null) =>
      chosenEpoch(epochs, 'step', from, by, looked)
    expect(at(null, 0, null)).toEqual({ place: 40, target: { kind: 'moment', epoch: 4 } })
    expect(at(null, 0, 2)).toEqual({ place: 20, target: { kind: 'moment', epoch: 2 } })
    expect(at({ place: 27, target: { kind: 'step', step: 27 } }, 1, null)?.place).toBe(30)
    expect(at(at(null, 0, null), 1, null)?.place).toBe(40)
    expect(at(at(null, 0, 1), -1, null)?.place).toBe(10)
    expect(chosenEpoch([], 'epoch', null, 0, null)).toBeNull()
  })
})
