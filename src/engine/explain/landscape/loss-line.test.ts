import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../../tests/kernels'
import { provideKernels } from '../../executors/wasm/kernels'
import { compileModel, initializeParameters, keptTensors, type Parameters } from '../../model/model'
import { modelSpecOf } from '../../model/spec-of'
import { RandomStream } from '../../random/stream'
import { denseNode, drawTargets, lossDefaults } from '../../testing'
import type { Samples } from '../../train/samples'
import { LossLine } from './loss-line'
import { plainLoss } from './testing'

const normalised = compileModel(
  modelSpecOf(
    [denseNode('dense', 6), { name: 'norm', type: 'batch-norm', inputs: [], config: {} }],
    4,
    'multi-class',
    'cross-entropy',
    3
  )
)
const problem = {
  model: normalised,
  task: 'multi-class',
  loss: 'cross-entropy',
  lossSettings: lossDefaults('cross-entropy')
} as const

/** Random weights with running statistics of their own. */
function minimum(seed: number): Parameters {
  const random = new RandomStream(seed, 'statistics')
  return new Map(
    [...initializeParameters(normalised, seed)].map(([name, { shape, data }]) => {
      const isStatistic = name.includes('running')
      return [name, { shape, data: isStatistic ? data.map(() => 0.5 + random.uniform()) : data }]
    })
  )
}

function finished(line: LossLine): LossLine {
  while (line.next());
  return line
}

const random = new RandomStream(1, 'rows')
const samples: Samples = {
  features: { shape: [40, 4], data: new Float64Array(160).map(() => random.normal()) },
  targets: { shape: [40, 1], data: drawTargets(random, 'multi-class', 3, 40) }
}

describe('LossLine', () => {
  beforeAll(() => provideKernels(kernelBytes))

  it('has the losses of mixtures, with mixtures of the running statistics', () => {
    const [from, to] = [minimum(1), minimum(2)]
    const line = finished(new LossLine(problem, samples, from, to, 9))
    expect([...line.positions]).toEqual([0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1])
    line.positions.forEach((t, i) => {
      const mixed: Parameters = new Map(
        keptTensors(normalised).map(({ name, shape }) => {
          const [a, b] = [from.get(name)?.data, to.get(name)?.data]
          const data = new Float64Array(a?.length ?? 0).map((_, k) => (1 - t) * (a?.[k] ?? NaN) + t * (b?.[k] ?? NaN))
          return [name, { shape, data }]
        })
      )
      expect(Math.abs((line.losses[i] ?? NaN) - plainLoss(problem, mixed, samples))).toBeLessThan(2e-6)
    })
  })

  it('computes the ends first', () => {
    const line = new LossLine(problem, samples, minimum(1), minimum(2), 17)
    expect([...line.order.slice(0, line.levels[0]?.until)]).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16])
    expect(line.barrier).toBeNull()
  })

  /** y = a · tanh(w x) + …: two units that change places make an equal network. */
  const twoUnits = compileModel(modelSpecOf([denseNode('dense1', 2)], 1, 'regression', 'squared', 1))
  const two = { model: twoUnits, task: 'regression', loss: 'squared', lossSettings: lossDefaults('squared') } as const
  const unitsOf = (w: readonly number[], a: readonly number[]): Parameters =>
    new Map([
      ['dense1.weight', { shape: [2, 1], data: Float64Array.from(w) }],
      ['dense1.bias', { shape: [2], data: new Float64Array(2) }],
      ['output.weight', { shape: [1, 2], data: Float64Array.from(a) }],
      ['output.bias', { shape: [1], data: new Float64Array(1) }]
    ])
  const target = (x: number) => Math.tanh(2 * x) - Math.tanh(x / 2)
  const xs = [-2, -1, 1, 2]
  const exact: Samples = {
    features: { shape: [4, 1], data: Float64Array.from(xs) },
    targets: { shape: [4, 1], data: Float64Array.from(xs, target) }
  }

  it('finds the barrier between two networks whose units stand in another order', () => {
    const line = finished(new LossLine(two, exact, unitsOf([2, 0.5], [1, -1]), unitsOf([0.5, 2], [-1, 1]), 5))
    // In the middle both units are alike and their answers cancel: the loss is the mean of the squared targets.
    const middle = xs.reduce((sum, x) => sum + target(x) ** 2, 0) / 4
    const { height, overMean, at } = line.barrier ?? { height: NaN, overMean: NaN, at: NaN }
    expect(at).toBe(0.5)
    expect(Math.abs(height - middle)).toBeLessThan(1e-6)
    expect(Math.abs(overMean - middle)).toBeLessThan(1e-6)
  })

  it('has no barrier where the line only falls, but one over the mean of the ends', () => {
    const good = unitsOf([2, 0.5], [1, -1])
    const bad = unitsOf([2, 0.5], [3, -1])
    const line = finished(new LossLine(two, exact, bad, good, 9))
    const [worst = NaN] = line.losses
    expect(line.barrier?.height).toBe(0)
    expect(line.barrier?.at).toBe(0)
    expect(Math.abs((line.barrier?.overMean ?? NaN) - worst / 2)).toBeLessThan(1e-6)
  })

  it('refuses too few points, and weights of another network', () => {
    const good = unitsOf([2, 0.5], [1, -1])
    for (const points of [1, 2, 2.5, 1002]) {
      expect(() => new LossLine(two, exact, good, good, points)).toThrow(
        expect.objectContaining({ code: 'invalid-grid' })
      )
    }
    const cut = new Map([...good].slice(1))
    for (const [from, to] of [
      [cut, good],
      [good, cut]
    ] as const) {
      expect(() => new LossLine(two, exact, from, to, 3)).toThrow(
        expect.objectContaining({ code: 'parameters-mismatch' })
      )
    }
  })
})
