import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { provideKernels } from '../executors/wasm/kernels'
import { compileModel } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { RandomStream } from '../random/stream'
import { denseNode } from '../testing'
import { rateRange, rateRangeTest, suggestRate, type RatePoint } from './rate-range-test'
import { createTraining, type EpochEvent, type TrainOptions } from './training'

provideKernels(kernelBytes)

const epochs = 20

/** Points in the plane, class 1 where both coordinates have the same sign; no feature tells anything where they are all 0. */
function optionsFor(optimizer: string, seed: number, changes: Partial<TrainOptions> = {}, scale = 1): TrainOptions {
  const random = new RandomStream(seed, 'samples')
  const drawn = new Float64Array(800).map(() => 2 * random.uniform() - 1)
  const targets = Float64Array.from({ length: 400 }, (_, i) =>
    Number((drawn[2 * i] ?? 0) * (drawn[2 * i + 1] ?? 0) > 0)
  )
  const none = {
    features: { shape: [0, 2], data: new Float64Array() },
    targets: { shape: [0, 1], data: new Float64Array() }
  }
  return {
    model: compileModel(
      modelSpecOf([denseNode('a', 16, 'relu'), denseNode('b', 8, 'relu')], 2, 'binary', 'cross-entropy', 2)
    ),
    ...{ task: 'binary', answers: 2, loss: 'cross-entropy', optimizer: { type: optimizer, config: {} }, batchSize: 16 },
    ...{ epochs, seed, validation: none },
    training: {
      features: { shape: [400, 2], data: drawn.map((value) => scale * value) },
      targets: { shape: [400, 1], data: targets }
    },
    ...changes
  }
}

async function lossAt(options: TrainOptions, learningRate: number): Promise<number> {
  const { type, config } = options.optimizer
  const training = createTraining({ ...options, optimizer: { type, config: { ...config, learningRate } } })
  let last: EpochEvent | null = null
  for await (const event of training.events()) if (event.type === 'epoch') last = event
  training.close()
  return last?.trainLoss ?? NaN
}

describe('rateRangeTest', () => {
  it('raises the rate by one factor from batch to batch, and tells the loss smoothed', () => {
    const points = [...rateRangeTest(optionsFor('sgd', 1))]
    expect(points.length).toBeGreaterThan(100)
    expect(points[0]?.rate).toBe(rateRange.lowest)
    const factor = (rateRange.highest / rateRange.lowest) ** (1 / (rateRange.steps - 1))
    points.slice(1).forEach(({ rate }, i) => expect(rate / (points[i]?.rate ?? NaN)).toBeCloseTo(factor, 10))
    // Steps of a rate of 1e-7 change nothing that float32 shows of a loss: those are the batches' own losses.
    const first = points[0]?.loss ?? NaN
    expect(first).toBeGreaterThan(0.4)
    expect(first).toBeLessThan(1.2)
  })

  it('is bias-corrected: the same loss again and again stays as it is', () => {
    // Nothing to see, and a full batch: no rate moves anything but the bias, and classes are balanced.
    const options = optionsFor('sgd', 2, { batchSize: 400 }, 0)
    const losses = [...rateRangeTest(options, { lowest: 1e-9, highest: 1e-8, steps: 30 })].map(({ loss }) => loss)
    expect(losses).toHaveLength(30)
    for (const loss of losses) expect(loss).toBeCloseTo(Math.LN2, 3)
  })

  it('ends when the loss runs away, and before a number that is none', () => {
    const points = [
      ...rateRangeTest(optionsFor('sgd', 1, { optimizer: { type: 'sgd', config: { momentum: 0.9 } } }, 20))
    ]
    expect(points.length).toBeLessThan(rateRange.steps)
    const ranAway = points.map(({ loss }, i) => {
      const best = Math.min(...points.slice(0, i).map((before) => before.loss))
      return i >= rateRange.steps / 4 && loss > 4 * best
    })
    expect(ranAway.indexOf(true)).toBe(points.length - 1)
    const wild = [...rateRangeTest(optionsFor('sgd', 1), { lowest: 1e20, highest: 1e30, steps: 100 })]
    expect(wild.length).toBeLessThan(20)
    expect(wild.every(({ loss }) => Number.isFinite(loss))).toBe(true)
  })

  it('takes one step a pull, the same each time, and can be left', () => {
    const take = (count: number) => {
      const test = rateRangeTest(optionsFor('adam', 3))
      const points = Array.from({ length: count }, () => test.next().value)
      expect(test.return(undefined)).toEqual({ done: true, value: undefined })
      return points
    }
    expect(take(20)).toEqual(take(30).slice(0, 20))
  })

  it('begins with given weights, which stay as they are', async () => {
    const options = optionsFor('adam', 4)
    const training = createTraining({ ...options, epochs: 40 })
    for await (const _event of training.events()) {
      // Pulling an event is what trains.
    }
    const from = training.state()
    const kept = new Map([...from.tensors].map(([name, values]) => [name, [...values]] as const))
    const [trained] = rateRangeTest({ ...options, epochs: 60, from })
    const [fresh] = rateRangeTest(options)
    expect(trained?.loss).toBeLessThan(0.5 * (fresh?.loss ?? NaN))
    expect(new Map([...from.tensors].map(([name, values]) => [name, [...values]] as const))).toEqual(kept)
    training.close()
  })
})

describe('suggestRate', () => {
  it.each(['sgd', 'adam', 'rmsprop'].flatMap((optimizer) => [1, 2, 3].map((seed) => [optimizer, seed] as const)))(
    '%s, seed %i: trains far better than a hundredth of it, and nearly as well as any',
    async (optimizer, seed) => {
      const options = optionsFor(optimizer, seed)
      const { rate } = suggestRate([...rateRangeTest(options)])
      if (rate === null) throw new Error('expected a suggestion')
      const loss = await lossAt(options, rate)
      expect(loss).toBeLessThan(0.25)
      expect(loss).toBeLessThan(0.6 * (await lossAt(options, rate / 100)))
    }
  )

  it.each([1, 2, 3, 4, 5])('gives none where there is nothing to learn, seed %i', (seed) => {
    const { rate, sentence } = suggestRate([...rateRangeTest(optionsFor('sgd', seed, {}, 0))])
    expect(rate).toBeNull()
    expect(sentence).toMatch(/^With no rate did the loss fall clearly: it began at 0\.69/)
  })

  it('gives none where the test ended at once', () => {
    const { rate, sentence } = suggestRate([])
    expect(rate).toBeNull()
    expect(sentence).toContain('ended before')
  })

  /** s falls from 1 to `bottom` by a smooth step around `middle` (in ln η), and explodes after `end`. */
  const curve = (middle: number, bottom: number, end: number): RatePoint[] =>
    Array.from({ length: rateRange.steps }, (_, i) => {
      const rate = 1e-7 * 1e8 ** (i / (rateRange.steps - 1))
      const fallen = 1 / (1 + Math.exp(-3 * Math.log(rate / middle)))
      return { rate, loss: 1 - (1 - bottom) * fallen + Math.max(0, Math.log(rate / end)) }
    })

  it('takes the steepest descent, or a tenth of the lowest point', () => {
    const steep = suggestRate(curve(1e-3, 0.5, 1)).rate ?? NaN
    expect(steep / 1e-3).toBeGreaterThan(0.7)
    expect(steep / 1e-3).toBeLessThan(1.6)
    const { rate, sentence } = suggestRate(curve(1e-2, 0.1, 0.03))
    expect(sentence).toContain('A tenth of where the loss is lowest')
    expect(rate).toBeLessThan(0.006)
  })
})
