import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventFrame, recordLine, recordsPayload } from './event-frames'
import type { EpochRecord } from './record'

const metrics = fc.dictionary(fc.string(), fc.double()).map((values): Record<string, number> => ({ ...values }))
const epochs: fc.Arbitrary<EpochRecord> = fc.record({
  epoch: fc.integer({ min: 1 }),
  trainLoss: fc.double(),
  validationLoss: fc.option(fc.double()),
  trainMetrics: metrics,
  metrics,
  learningRate: fc.double(),
  best: fc.boolean(),
  step: fc.integer({ min: 1 }),
  elapsedMs: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
  layers: fc.constant(null)
})

describe('recordLine', () => {
  it('is what JSON.stringify makes of an epoch, whatever its numbers and the names of its metrics', () => {
    fc.assert(
      fc.property(epochs, (epoch) => {
        const { metrics: judged, trainMetrics, validationLoss, ...rest } = epoch
        const written = {
          ...rest,
          validationLoss: Number.isNaN(validationLoss) ? 'NaN' : validationLoss,
          metrics: Object.entries(judged),
          trainMetrics: Object.entries(trainMetrics)
        }
        expect(JSON.parse(recordLine({ type: 'epoch', epoch }))).toEqual(
          JSON.parse(JSON.stringify({ type: 'epoch', epoch: written }))
        )
      })
    )
  })

  it('is read again as one record a line', () => {
    const epoch: EpochRecord = {
      ...{ epoch: 3, trainLoss: 0.1, validationLoss: NaN, trainMetrics: {}, metrics: { 'a "b"\n': 1 } },
      ...{ learningRate: 1e-7, best: true, step: 30, elapsedMs: null, layers: null }
    }
    const lines = [epoch, { ...epoch, epoch: 4 }].map((each) => recordLine({ type: 'epoch', epoch: each }))
    const frame = eventFrame(Buffer.from(recordsPayload(lines)), 'events.log')
    expect(frame).toEqual({
      type: 'records',
      records: [
        { type: 'epoch', epoch },
        { type: 'epoch', epoch: { ...epoch, epoch: 4 } }
      ]
    })
  })
})
