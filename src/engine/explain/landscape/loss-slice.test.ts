import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../../tests/kernels'
import { executorNames } from '../../executors/training-executor'
import { provideKernels } from '../../executors/wasm/kernels'
import type { LossName } from '../../losses'
import { compileModel, initializeParameters, type Parameters } from '../../model/model'
import { modelSpecOf } from '../../model/spec-of'
import { RandomStream } from '../../random/stream'
import type { LayerNode, Task } from '../../spec'
import { answersFor, denseNode, drawTargets, drawWeights, lossDefaults, sourceOf, targetWidth } from '../../testing'
import { Evaluator } from '../../train/evaluator'
import type { Samples } from '../../train/samples'
import { isRowSource } from '../../train/row-source'
import type { ForwardProblem } from '../../train/step-graph'
import { LossSlice } from './loss-slice'
import type { Plane } from './plane'
import type { Extent } from './projection'
import { randomPlane } from './random-plane'
import { moved, plainLoss } from './testing'

const node = (name: string, type: string, config: LayerNode['config'] = {}): LayerNode => {
  return { name, type, inputs: [], config }
}
const pictures = [
  node('image', 'reshape', { size1: 1, size2: 6, size3: 6 }),
  node('conv', 'conv2d', { outChannels: 5, kernelSize: 3, padding: 'same', activation: 'relu' }),
  node('norm', 'batch-norm'),
  node('pool', 'max-pool2d', { kernelSize: 2 }),
  node('flat', 'flatten'),
  denseNode('dense', 9)
]
const words = [
  node('embedding', 'embedding', { numEmbeddings: 50, embeddingDim: 4 }),
  node('flat', 'flatten'),
  denseNode('dense', 6)
]

interface Case {
  readonly problem: ForwardProblem
  readonly origin: Parameters
  readonly features: number
  readonly below: number | null
}

function caseOf(
  layers: readonly LayerNode[],
  features: number,
  task: Task,
  loss: LossName,
  below: number | null = null
) {
  const model = compileModel(modelSpecOf(layers, features, task, loss, answersFor[task]))
  const problem = { model, task, loss, lossSettings: lossDefaults(loss) }
  return { problem, origin: initializeParameters(model, 1), features, below }
}

function samplesOf({ problem: { task }, features, below }: Case, rows: number): Samples {
  const random = new RandomStream(rows, 'rows')
  const draw = () => (below === null ? Math.fround(random.normal()) : random.below(below))
  const answers = answersFor[task]
  return {
    features: { shape: [rows, features], data: new Float64Array(rows * features).map(draw) },
    targets: { shape: [rows, targetWidth(task, answers)], data: drawTargets(random, task, answers, rows) }
  }
}

const wide = caseOf([denseNode('dense', 7)], 80, 'multi-class', 'cross-entropy')
const cases: readonly (readonly [string, Case])[] = [
  ['a first layer that is wide', wide],
  [
    'a wide layer behind a normalisation',
    caseOf([node('norm', 'layer-norm'), denseNode('dense', 7)], 80, 'binary', 'log')
  ],
  ['a narrow one', caseOf([denseNode('dense', 7, 'gelu')], 5, 'regression', 'huber')],
  ['pictures', caseOf(pictures, 36, 'multi-label', 'log')],
  ['an embedding', caseOf(words, 3, 'binary', 'hinge', 50)]
]
const around: Extent = { alpha: [-1, 1], beta: [-1.5, 1.5] }

function finished(slice: LossSlice): LossSlice {
  while (slice.next());
  return slice
}

describe('LossSlice', () => {
  beforeAll(() => provideKernels(kernelBytes))

  describe.each(cases)('of %s', (_, each) => {
    const { problem, origin } = each
    const plane = randomPlane(problem.model, origin, 3)

    // More rows than one slice of the kernels takes, and far more than one of the reference's.
    it.each([
      ['wasm', 1100, 2e-6],
      ['reference', 300, 1e-12]
    ] as const)('is what plain float64 gives, by the %s executor', (executor, rows, tolerance) => {
      const samples = samplesOf(each, rows)
      const slice = finished(new LossSlice(problem, samples, plane, { extent: around, size: 3, executor }))
      expect(slice.executor).toBe(executor)
      expect(slice.done).toBe(9)
      slice.betas.forEach((beta, row) => {
        slice.alphas.forEach((alpha, column) => {
          const plain = plainLoss(problem, moved(origin, plane.directions, [alpha, beta]), samples)
          const got = slice.losses[row * 3 + column] ?? NaN
          expect(Math.abs(got - plain)).toBeLessThan(tolerance * (1 + Math.abs(plain)))
        })
      })
    })

    it('has the loss of the network itself in the middle', () => {
      const samples = samplesOf(each, 200)
      const { losses } = finished(new LossSlice(problem, samples, plane, { extent: around, size: 3 }))
      const { loss } = new Evaluator(problem).forward(origin, samples)
      expect(Math.abs((losses[4] ?? NaN) / loss - 1)).toBeLessThan(1e-6)
    })
  })

  const { problem, origin } = wide
  const plane = randomPlane(problem.model, origin, 3)

  it('weighs rows, and takes rows that are made when asked for, to the same numbers', () => {
    for (const executor of executorNames) {
      const plain = samplesOf(wide, 1100)
      const weighted = { ...plain, weights: drawWeights(new RandomStream(5, 'weights'), 1100) }
      const options = { extent: around, size: 3, executor }
      const { losses } = finished(new LossSlice(problem, weighted, plane, options))
      const expected = new Evaluator({ ...problem, rowWeights: true }, executor).forward(origin, weighted).loss
      expect(Math.abs((losses[4] ?? NaN) / expected - 1)).toBeLessThan(1e-6)
      if (isRowSource(plain.features)) throw new Error('These rows are held')
      const made = { ...weighted, features: sourceOf(plain.features) }
      expect(finished(new LossSlice(problem, made, plane, options)).losses).toEqual(losses)
    }
  })

  it('takes rows of pictures that are made when asked for', () => {
    const each = caseOf(pictures, 36, 'multi-label', 'log')
    const samples = samplesOf(each, 2500)
    if (isRowSource(samples.features)) throw new Error('These rows are held')
    const on = randomPlane(each.problem.model, each.origin, 3)
    const options = { extent: around, size: 3 }
    const held = finished(new LossSlice(each.problem, samples, on, options))
    const made = { ...samples, features: sourceOf(samples.features) }
    expect(finished(new LossSlice(each.problem, made, on, options)).losses).toEqual(held.losses)
  })

  it('is the bowl that a linear network with squared error has', () => {
    const linear = caseOf([], 2, 'regression', 'squared')
    const [x, t, w, b] = [[1, 2, -3, 0.5, 4, -1], [0.5, -1, 2], [0.25, -0.5], 0.125] as const
    const samples: Samples = {
      features: { shape: [3, 2], data: Float64Array.from(x) },
      targets: { shape: [3, 1], data: Float64Array.from(t) }
    }
    const at: Parameters = new Map([
      ['output.weight', { shape: [1, 2], data: Float64Array.from(w) }],
      ['output.bias', { shape: [1], data: Float64Array.of(b) }]
    ])
    const axes: Plane = {
      origin: at,
      directions: [
        new Map([['output.weight', Float64Array.of(1, 0)]]),
        new Map([['output.weight', Float64Array.of(0, 1)]])
      ]
    }
    const slice = finished(new LossSlice(linear.problem, samples, axes, { extent: around, size: 7 }))
    // By hand: L(α, β) = L₀ + α g₁ + β g₂ + (h₁₁ α² + 2 h₁₂ αβ + h₂₂ β²) with r = x · w + b − t, g = 2 mean(r x), h = mean(x xᵀ).
    const rows = t.map((target, i) => {
      const [x1 = NaN, x2 = NaN] = x.slice(2 * i, 2 * i + 2)
      return { x1, x2, r: x1 * w[0] + x2 * w[1] + b - target }
    })
    const mean = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0) / 3
    slice.betas.forEach((beta, row) => {
      slice.alphas.forEach((alpha, column) => {
        const linearTerm = 2 * (alpha * mean(({ r, x1 }) => r * x1) + beta * mean(({ r, x2 }) => r * x2))
        const square =
          alpha ** 2 * mean(({ x1 }) => x1 * x1) +
          2 * alpha * beta * mean(({ x1, x2 }) => x1 * x2) +
          beta ** 2 * mean(({ x2 }) => x2 * x2)
        const expected = mean(({ r }) => r * r) + linearTerm + square
        expect(Math.abs((slice.losses[row * 7 + column] ?? NaN) - expected)).toBeLessThan(2e-6 * (1 + expected))
      })
    })
  })

  it('is computed point by point from coarse to fine, and what is not there yet is no number', () => {
    const slice = new LossSlice(problem, samplesOf(wide, 20), plane, { extent: around, size: 41 })
    const [first] = slice.levels
    expect(first).toEqual({ stride: 8, until: 36 })
    while (slice.done < 36) expect(slice.next()).toBe(true)
    const isThere = (place: number) => Math.floor(place / 41) % 8 === 0 && (place % 41) % 8 === 0
    slice.losses.forEach((loss, place) => expect(Number.isFinite(loss)).toBe(isThere(place)))
    let calls = 0
    while (slice.next()) calls++
    expect(calls).toBe(41 * 41 - 36 - 1)
    expect(slice.losses.every(Number.isFinite)).toBe(true)
    expect(slice.next()).toBe(false)
  })

  it('lets others in between the slices of a point', () => {
    const slice = new LossSlice(problem, samplesOf(wide, 2500), plane, { extent: around, size: 3 })
    slice.next()
    expect(slice.done).toBe(0)
    slice.next()
    slice.next()
    expect(slice.done).toBe(1)
  })

  it('keeps what is no number, and goes on', () => {
    const linear = caseOf([], 2, 'regression', 'squared')
    const samples = samplesOf(linear, 10)
    const far: Plane = {
      origin: linear.origin,
      directions: [new Map([['output.weight', Float64Array.of(1e30, 0)]]), new Map()]
    }
    const slice = finished(new LossSlice(linear.problem, samples, far, { extent: around, size: 3 }))
    const isFinite = [...slice.losses].map((loss) => Number.isFinite(loss))
    expect(isFinite).toEqual([false, true, false, false, true, false, false, true, false])
  })

  it('refuses a grid without a middle, too large a one, and weights of another network', () => {
    const samples = samplesOf(wide, 5)
    for (const size of [0, 1, 4, 203, 4.5]) {
      const make = () => new LossSlice(problem, samples, plane, { extent: around, size })
      expect(make).toThrow(expect.objectContaining({ code: 'invalid-grid' }))
    }
    const other = { ...plane, origin: new Map() }
    expect(() => new LossSlice(problem, samples, other, { extent: around, size: 3 })).toThrow(
      expect.objectContaining({ code: 'parameters-mismatch' })
    )
    expect(() => new LossSlice(problem, samplesOf(wide, 0), plane, { extent: around, size: 3 })).toThrow(
      expect.objectContaining({ code: 'no-rows' })
    )
  })
})
