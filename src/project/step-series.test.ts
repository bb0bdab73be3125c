import { describe, expect, it } from 'vitest'
import { Envelope, StepPlaces, StepPyramid, type StepBlock } from './step-series'

const lossOf = (step: number) => Math.sin(step * 12.9898) + 5 / step

function block(first: number, count: number): StepBlock {
  return {
    first,
    losses: Float64Array.from({ length: count }, (_, i) => lossOf(first + i)),
    rates: 0.5,
    elapsedMs: [first - 1, first + count - 1],
    position: (first + count - 1) / 10
  }
}

function places(steps: number): StepPlaces {
  const made = new StepPlaces({ step: 0, epochs: 0 })
  made.took(block(1, steps))
  for (let end = 10; end <= steps; end += 10) made.endEpoch(end)
  return made
}

describe('steps in bounded memory', () => {
  it('keeps every step while there is room', () => {
    const pyramid = new StepPyramid(0, 128)
    pyramid.add(block(1, 100))
    const envelope = new Envelope(5, 60, 200)
    pyramid.tell(5, 60, envelope)
    const series = envelope.series(places(100))
    expect(series.step).toEqual(Array.from({ length: 56 }, (_, i) => 5 + i))
    expect(series.loss).toEqual(series.step.map(lossOf))
    expect(series.position).toEqual(series.step.map((step) => step / 10))
    expect(series.elapsedMs).toEqual(series.step)
    expect(new Set(series.learningRate)).toEqual(new Set([0.5]))
  })

  it('loses no extreme, however many steps come', () => {
    const [steps, capacity] = [10_000, 64]
    const pyramid = new StepPyramid(0, capacity)
    for (let first = 1; first <= steps; first += 37) pyramid.add(block(first, Math.min(37, steps - first + 1)))
    expect(pyramid.lastStep).toBe(steps)
    expect(pyramid.stepsPerBucket).toBe(256)
    const envelope = new Envelope(1, steps, 1000)
    pyramid.tell(1, steps, envelope)
    const { step, loss } = envelope.series(places(steps))
    expect(step.length).toBeLessThanOrEqual(capacity * 2 + 2)
    expect(loss).toEqual(step.map(lossOf))
    for (let first = 1; first <= steps; first += 256) {
      const all = Array.from({ length: Math.min(256, steps - first + 1) }, (_, i) => lossOf(first + i))
      expect(loss).toContain(Math.min(...all))
      expect(loss).toContain(Math.max(...all))
    }
    expect([...step].sort((one, other) => one - other)).toEqual(step)
  })

  it('leaves what the log lost empty, and begins where the run began', () => {
    const pyramid = new StepPyramid(1000, 8)
    pyramid.add(block(1001, 4))
    pyramid.add(block(1040, 3))
    const envelope = new Envelope(1001, 1042, 100)
    pyramid.tell(1001, 1042, envelope)
    const { step } = envelope.series(places(100))
    expect(step.length).toBeGreaterThan(2)
    expect(step.every((each) => each <= 1004 || each >= 1040)).toBe(true)
    expect(step.at(-1)).toBe(1042)
  })
})

describe('an envelope', () => {
  it('has the lowest and the highest of each stretch, the first step and the last', () => {
    const [from, to] = [101, 1100]
    const envelope = new Envelope(from, to, 20)
    for (let step = from; step <= to; step++) envelope.add(step, lossOf(step), step)
    const { step, loss, learningRate } = envelope.series(places(2000))
    expect(step[0]).toBe(from)
    expect(step.at(-1)).toBe(to)
    expect(step.length).toBeLessThanOrEqual(22)
    expect(learningRate).toEqual(step)
    for (let start = from; start <= to; start += 100) {
      const all = Array.from({ length: 100 }, (_, i) => lossOf(start + i))
      expect(loss).toContain(Math.min(...all))
      expect(loss).toContain(Math.max(...all))
    }
  })

  it('survives losses that are no number', () => {
    const envelope = new Envelope(1, 100, 10)
    for (let step = 1; step <= 100; step++) envelope.add(step, step % 3 === 0 ? step : NaN, 1)
    expect(envelope.series(places(100)).loss).toContain(99)
  })
})

describe('places of steps', () => {
  it('interpolates between the ends of epochs, and in the epoch in progress', () => {
    const made = new StepPlaces({ step: 0, epochs: 0 })
    expect([made.position(0), made.elapsed(0)]).toEqual([0, 0])
    made.took({ ...block(1, 10), position: 1, elapsedMs: [0, 100] })
    made.endEpoch(10)
    // The batches became half as large.
    made.took({ ...block(11, 20), position: 2, elapsedMs: [100, 200] })
    made.endEpoch(30)
    made.took({ ...block(31, 5), position: 2.25, elapsedMs: [200, 250] })
    expect([5, 10, 20, 30, 33, 35].map((step) => made.position(step))).toEqual([0.5, 1, 1.5, 2, 2.15, 2.25])
    expect([5, 10, 20, 35].map((step) => made.elapsed(step))).toEqual([50, 100, 150, 250])
    made.cut(20, 1)
    expect([made.position(20), made.elapsed(20)]).toEqual([1.5, 150])
    made.took({ ...block(21, 10), position: 2, elapsedMs: [150, 170] })
    made.endEpoch(30)
    expect([made.position(25), made.position(30), made.elapsed(30)]).toEqual([1.75, 2, 170])
  })

  it('remembers times in bounded memory', () => {
    const made = new StepPlaces({ step: 0, epochs: 0 })
    for (let step = 1; step <= 40_000; step++) made.took({ ...block(step, 1), elapsedMs: [step - 1, step] })
    for (const step of [1, 777, 39_999, 40_000]) expect(made.elapsed(step)).toBeCloseTo(step, 6)
  })
})
