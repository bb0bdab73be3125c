import { afterEach, describe, expect, it, vi } from 'vitest'
import { compileModel } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { tanh } from '../ops/tanh'
import type { LayerNode } from '../spec'
import { denseNode } from '../testing'
import { frozenStep } from '../train/frozen-step'
import { smallTraining, trainings } from '../train/testing/trainings'
import { createTraining, type TrainOptions } from '../train/training'
import { checkOutcome, checkSentence, GRADIENT_TOLERANCE, type GradientCheckResult } from './check-verdict'
import type { MicroscopeSubject } from './microscope'
import { sampledCheck, type SampledCheck } from './sampled-check'

const hidden = [denseNode('dense1', 5, 'tanh'), denseNode('dense2', 4, 'sigmoid')]

afterEach(() => {
  vi.restoreAllMocks()
})

/** The step after a few of a network of these layers for three classes. */
function stepOf(layers: readonly LayerNode[] = hidden, changes: Partial<TrainOptions> = {}) {
  return midway(
    smallTraining({
      model: compileModel(modelSpecOf(layers, 3, 'multi-class', 'cross-entropy', 3)),
      ...{ batchSize: 5, executor: 'reference' },
      ...changes
    })
  )
}

async function midway(options: TrainOptions): Promise<MicroscopeSubject> {
  const training = createTraining(options)
  let steps = 0
  for await (const { type } of training.events()) if (type === 'step' && ++steps === 4) break
  return { ...frozenStep({ ...options, from: training.state() }), asTraining: true }
}

/** A row of zeros into units of ReLU without a bias: z = 0. */
async function atKink(): Promise<MicroscopeSubject> {
  const subject = await stepOf([denseNode('dense1', 5, 'relu')], { batchSize: 1 })
  const input = { shape: subject.input.shape, data: new Float64Array(3) }
  return { ...subject, input, held: new Map(subject.held).set('dense1.bias', new Float64Array(5)) }
}

function checked(subject: MicroscopeSubject, most = Infinity, enough?: () => boolean): SampledCheck {
  const work = sampledCheck(subject, most, 3, enough)
  for (;;) {
    const next = work.next()
    if (next.done === true) return next.value
  }
}

describe('sampledCheck', () => {
  it('finds gradients right, all of them and some', async () => {
    const subject = await stepOf()
    for (const most of [1000, 9]) {
      const check = checked(subject, most)
      expect(check.parameters).toBe(4 * 5 + 6 * 4 + 5 * 3)
      expect(check.checked).toBe(Math.min(most, check.parameters))
      expect(check.largest).toBeGreaterThan(1e-3)
      expect(check.maxRelativeError).toBeLessThan(1e-6)
      expect(check.kinks).toBe(0)
      expect(checkOutcome(check)).toBe('agrees')
      const places = check.numbers.map(({ parameter, index }) => `${parameter}[${index}]`)
      expect(new Set(places).size).toBe(check.checked)
      expect(Math.max(...check.numbers.map(({ relativeError }) => relativeError))).toBe(check.maxRelativeError)
    }
  })

  it.each(trainings)('finds no gradient of training wrong: %s', async (_, options) => {
    const check = checked(await midway({ ...options, executor: 'reference' }))
    expect(check.maxRelativeError).toBeLessThan(GRADIENT_TOLERANCE / 10)
    expect(check.kinks).toBeLessThan(check.checked)
  })

  it('finds a gradient that is wrong, and where', async () => {
    const right = tanh.vjp.bind(tanh)
    vi.spyOn(tanh, 'vjp').mockImplementation((context) =>
      right(context).map((gradient) =>
        gradient === null ? null : context.graph.apply('affine', [gradient], { scale: 1.01, offset: 0 })
      )
    )
    const check = checked(await stepOf())
    expect(check.worst?.parameter).toMatch(/^dense1\./)
    expect(check.maxRelativeError).toBeCloseTo(0.01 / 1.01, 6)
    expect(checkOutcome(check)).toBe('differs')
    expect(checkSentence(check)).toContain(`of ${check.worst?.parameter ?? ''}[`)
    // What comes behind it is right.
    const wrong = check.numbers.filter(({ relativeError }) => relativeError > GRADIENT_TOLERANCE)
    expect(wrong.length).toBeGreaterThan(15)
    expect(wrong.every(({ parameter, kink }) => parameter.startsWith('dense1.') && !kink)).toBe(true)
  })

  it('tells the kinks, where there is no derivative to compare with', async () => {
    const check = checked(await atKink())
    const kinked = check.numbers.filter(({ kink }) => kink)
    expect(check.kinks).toBe(5)
    for (const { parameter, analytic, numeric } of kinked) {
      expect(parameter).toBe('dense1.bias')
      // From both sides of 0 together ReLU rises by half, and its own slope there is 0.
      expect(analytic).toBe(0)
      expect(Math.abs(numeric)).toBeGreaterThan(1e-3)
    }
    expect(check.maxRelativeError).toBeLessThan(1e-6)
    expect(checkSentence(check)).toContain('5 numbers stand at a kink')
  })

  it('ends when it is enough, with numbers of every parameter', async () => {
    let asked = 0
    const check = checked(await stepOf(), Infinity, () => ++asked === 12)
    expect(check.checked).toBe(12)
    const names = new Set(check.numbers.map(({ parameter }) => parameter))
    expect(names).toEqual(
      new Set(['dense1.weight', 'dense1.bias', 'dense2.weight', 'dense2.bias', 'output.weight', 'output.bias'])
    )
  })

  it('takes what is no number for the worst', async () => {
    const subject = await stepOf()
    const held = new Map(subject.held).set('output.bias', Float64Array.of(0, NaN, 0))
    const check = checked({ ...subject, held })
    expect(check).toMatchObject({ maxRelativeError: NaN, kinks: 0 })
    expect(checkOutcome(check)).toBe('differs')
  })

  it('does not take the rounding of differences for an error', async () => {
    const subject = await stepOf(hidden, { batchSize: 1 })
    const target = subject.targets.data[0] ?? NaN
    const certain = Float64Array.of(0, 0, 0)
    certain[target] = 90
    const check = checked({ ...subject, held: new Map(subject.held).set('output.bias', certain) })
    expect(check.largest).toBeGreaterThan(0)
    expect(check.tooSmall).toBe(true)
    expect(checkOutcome(check)).toBe('nothing-proven')
    expect(check.maxRelativeError).toBeLessThan(1e-6)
    expect(checked(subject).tooSmall).toBe(false)
  })
})

describe('checkOutcome', () => {
  const result: GradientCheckResult = {
    ...{ parameters: 9, checked: 4, kinks: 0, maxRelativeError: 1e-4, tooSmall: false, worst: null }
  }

  it.each([
    [{}, 'agrees'],
    [{ maxRelativeError: 1.1e-4 }, 'differs'],
    [{ maxRelativeError: NaN }, 'differs'],
    [{ kinks: 4, maxRelativeError: 0 }, 'nothing-proven'],
    [{ tooSmall: true }, 'nothing-proven'],
    [{ tooSmall: true, maxRelativeError: 1 }, 'differs']
  ] as const)('of %o: %s', (changes, outcome) => {
    expect(checkOutcome({ ...result, ...changes })).toBe(outcome)
    expect(checkSentence({ ...result, ...changes })).toMatch(/^(?:Backpropagation|Nothing is proven)/)
  })
})
