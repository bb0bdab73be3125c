import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EventLog, readEventLog, type LogPlace } from './event-log'
import { EVENTS_MAGIC, recordLine, recordsPayload } from './event-frames'
import { FramedLog } from './framed-log'
import type { EpochRecord } from './record'
import { madeSetup } from './testing/tables'

const BEGIN = { step: 0, epochs: 0 }
const PER_EPOCH = 10

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-events-'))
  path = join(folder, 'events.log')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const lossOf = (step: number) => Math.fround(Math.sin(step) + 2)

function epochOf(epoch: number): EpochRecord {
  const histogram = { min: -1, max: 1, counts: [1, 2, 3] }
  return {
    epoch,
    step: epoch * PER_EPOCH,
    trainLoss: 1 / epoch,
    validationLoss: epoch === 2 ? NaN : 2 / epoch,
    trainMetrics: { accuracy: 0.5 },
    metrics: { accuracy: 0.25, r2: NaN },
    learningRate: 0.1,
    best: epoch % 2 === 1,
    elapsedMs: epoch * 100,
    layers: [
      {
        layer: 'dense1',
        weights: { histogram, norm: 1, gradientNorm: 2, updateRatio: null },
        delta: 1.5,
        activations: { histogram, dead: 0, saturated: null }
      }
    ]
  }
}

interface Told {
  readonly loss?: (step: number) => number
  readonly rate?: (step: number) => number
}

/** Tells of the steps and of the epochs that end in them. */
function tell(log: EventLog, from: number, to: number, { loss = lossOf, rate = () => 0.1 }: Told = {}): void {
  for (let step = from; step <= to; step++) {
    const epoch = Math.ceil(step / PER_EPOCH)
    const position = step / PER_EPOCH
    log.step({ type: 'step', step, epoch, loss: loss(step), learningRate: rate(step), position }, step * 10)
    if (step % PER_EPOCH === 0) log.epoch(epochOf(epoch))
  }
}

/** As `tell`, many steps at once: so many, or as many as there are to the end of the epoch. */
function tellMany(log: EventLog, from: number, to: number, most: number): void {
  for (let first = from; first <= to;) {
    const end = Math.min(to, first + most - 1, Math.ceil(first / PER_EPOCH) * PER_EPOCH)
    const column = (of: (step: number) => number) =>
      Float64Array.from({ length: end - first + 1 }, (_, i) => of(first + i))
    log.addSteps({
      first,
      positions: column((step) => step / PER_EPOCH),
      elapsedMs: column((step) => step * 10),
      losses: column(lossOf),
      rates: column((step) => 1 / step)
    })
    if (end % PER_EPOCH === 0) log.epoch(epochOf(end / PER_EPOCH))
    first = end + 1
  }
}

async function read(points = 10_000) {
  const log = await readEventLog(path, BEGIN)
  try {
    return {
      epochs: log.epochs,
      changes: log.changes,
      lastStep: log.lastStep,
      ...(await log.steps(1, Infinity, points))
    }
  } finally {
    await log.close()
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const resumeAt = (place: LogPlace) => ({ ...place, elapsedMs: place.step * 10 })

describe('event log', () => {
  it('gives back every step and epoch, in float32 where that is exact', async () => {
    const log = await EventLog.open(path, BEGIN)
    tell(log, 1, 95)
    await log.close()
    const { step, loss, learningRate, position, epochs, elapsedMs } = await read()
    expect(step).toEqual(range(1, 95))
    expect(loss).toEqual(step.map(lossOf))
    expect(learningRate).toEqual(step.map(() => 0.1))
    expect(position).toEqual(step.map((each) => each / PER_EPOCH))
    expect(elapsedMs[94]).toBe(950)
    expect(epochs).toEqual(range(1, 9).map(epochOf))
    // One write and one rate for all: about four bytes a step beside the epochs.
    expect((await readFile(path)).indexOf(Buffer.from(Float32Array.of(lossOf(1), lossOf(2)).buffer))).toBeGreaterThan(0)
  })

  it('keeps float64 losses and changing rates exactly', async () => {
    const exact = { loss: (step: number) => 1 / (step + 2), rate: (step: number) => 0.1 * 0.99 ** step }
    const log = await EventLog.open(path, BEGIN)
    tell(log, 1, 30, exact)
    await log.close()
    const { step, loss, learningRate } = await read()
    expect(loss).toEqual(step.map(exact.loss))
    expect(learningRate).toEqual(step.map(exact.rate))
  })

  it('is the same, byte for byte, by many steps at once', async () => {
    const one = await EventLog.open(path, BEGIN)
    tell(one, 1, 22, { rate: (step) => 1 / step })
    await one.close()
    const bytes = await readFile(path)
    for (const most of [3, 100]) {
      await rm(path)
      const many = await EventLog.open(path, BEGIN)
      tellMany(many, 1, 22, most)
      await many.close()
      expect(await readFile(path)).toEqual(bytes)
    }
  })

  it('writes by itself after a while of training', async () => {
    const log = await EventLog.open(path, BEGIN)
    tell(log, 1, 60)
    await expect.poll(async () => (await read()).lastStep).toBeGreaterThanOrEqual(25)
    await log.close()
  })

  it('after a resumption is the log of a run that was never interrupted', async () => {
    const whole = await EventLog.open(path, BEGIN)
    tell(whole, 1, 200)
    await whole.close()
    const expected = await read()
    await rm(path)
    let at = 0
    const places = [57, 130, 88, 88, 0, 40, 150, 200]
    for (const [i, place] of places.entries()) {
      const epochs = Math.floor(place / PER_EPOCH)
      const log =
        i === 0
          ? await EventLog.open(path, BEGIN)
          : await EventLog.open(path, BEGIN, resumeAt({ step: at, epochs: (at / PER_EPOCH) | 0, changes: 0 }))
      expect(log.epochs).toHaveLength(Math.floor(at / PER_EPOCH))
      // Beyond the place that it is taken up from again, with losses that must not come back.
      tell(log, at + 1, Math.min(200, Math.max(at, place)))
      tell(log, Math.max(at, place) + 1, Math.min(200, Math.max(at, place) + 33), { loss: () => 666 })
      await log.close()
      at = place
      expect(epochs).toBeLessThanOrEqual(20)
    }
    const last = await EventLog.open(path, BEGIN, resumeAt({ step: 200, epochs: 20, changes: 0 }))
    expect((await last.steps(1, 200, 1000)).loss).toEqual(expected.loss)
    await last.close()
    expect(await read()).toEqual(expected)
  })

  it('keeps changes up to the one that is counted', async () => {
    const setup = madeSetup('binary', 'log')
    const change = (step: number) => {
      return { step, position: step / 10, elapsedMs: step, settings: [{ label: 'Epochs', before: '1', after: '2' }] }
    }
    const log = await EventLog.open(path, BEGIN)
    tell(log, 1, 20)
    log.change(change(20), setup)
    tell(log, 21, 30)
    log.change(change(30), setup)
    await log.close()
    expect((await read()).changes).toEqual([20, 30].map((step) => ({ change: change(step), setup })))
    const resumed = await EventLog.open(path, BEGIN, resumeAt({ step: 30, epochs: 3, changes: 1 }))
    expect(resumed.changes).toHaveLength(1)
    await resumed.close()
    expect((await read()).changes).toHaveLength(1)
  })

  it('cut at any byte gives the steps before', async () => {
    const log = await EventLog.open(path, BEGIN)
    for (const first of range(0, 4)) {
      tell(log, 20 * first + 1, 20 * first + 20)
      await log.flush()
    }
    await log.close()
    const bytes = await readFile(path)
    let most = 0
    for (let cut = 8; cut < bytes.length; cut += 13) {
      await writeFile(path, bytes.subarray(0, cut))
      const { lastStep, loss, epochs } = await read()
      expect(loss).toEqual(range(1, lastStep).map(lossOf))
      expect(epochs).toEqual(range(1, epochs.length).map(epochOf))
      expect(lastStep).toBeGreaterThanOrEqual(most)
      most = lastStep
    }
    expect(most).toBe(100)
  })

  it('reads looks at layers of earlier studios, which did not measure the error that arrives', async () => {
    const earlier = recordLine({ type: 'epoch', epoch: epochOf(1) }).replace('"delta":1.5,', '')
    expect(earlier).not.toContain('delta')
    const framed = await FramedLog.open(path, EVENTS_MAGIC)
    await framed.append([[recordsPayload([earlier])]])
    await framed.close()
    const expected = epochOf(1)
    const layers = expected.layers?.map((layer) => ({ ...layer, delta: null }))
    expect((await read()).epochs).toEqual([{ ...expected, layers }])
  })

  it('refuses what no studio writes, under a right checksum', async () => {
    const framed = await FramedLog.open(path, 'BPSEVT1\n')
    await framed.append([[Buffer.from([2]), Buffer.from('{"type":"epoch"}')]])
    await framed.close()
    await expect(readEventLog(path, BEGIN)).rejects.toMatchObject({ code: 'log-damaged' })
    await expect(EventLog.open(path, BEGIN)).rejects.toMatchObject({ code: 'log-damaged' })
  })

  it('reads from the disk what memory has only coarsely', async () => {
    const steps = 400_000
    const log = await EventLog.open(path, BEGIN)
    tell(log, 1, steps)
    await log.flush()
    for (const [from, to] of [
      [1, 300],
      [123_456, 123_999],
      [steps - 200, steps],
      [1, steps]
    ] as const) {
      const { step, loss } = await log.steps(from, to, 600)
      expect([step[0], step.at(-1)]).toEqual([from, to])
      expect(loss).toEqual(step.map(lossOf))
      if (to - from < 600) expect(step).toEqual(range(from, to))
      else expect(step.length).toBeLessThan(605)
    }
    await log.close()
    expect((await log.steps(5000, 5010, 100)).step).toEqual(range(5000, 5010))
  })

  it('answers with what it has for steps that are not there', async () => {
    const log = await EventLog.open(path, BEGIN)
    expect((await log.steps(1, 100, 100)).step).toEqual([])
    tell(log, 1, 5)
    expect((await log.steps(3, 100, 100)).step).toEqual([3, 4, 5])
    expect((await log.steps(50, 100, 100)).step).toEqual([])
    expect((await log.steps(9, 3, 100)).step).toEqual([])
    await log.close()
  })
})
