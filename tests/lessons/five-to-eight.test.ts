/** What lessons 5 to 8 say will happen happens, and the numbers in their texts are the engine's. */
import { describe, expect, it } from 'vitest'
import { surfaceNamed } from '../../src/engine/catalog'
import { denseNode } from '../../src/engine/testing'
import { benchMicroscope, benchState, openBench } from '../../src/project'
import { changedSetup } from '../../src/shared/bench'
import { minimumAt } from '../../src/engine/explain/race/minimum'
import {
  arriving,
  benchOf,
  blockOf,
  blocksOf,
  expectStated,
  lessonNumber,
  lossOf,
  pageOf,
  rightOf,
  runDepth,
  runRace,
  runTrial,
  stepAt,
  variantOf
} from './book'

describe('5, the backward pass', () => {
  const lesson = lessonNumber(5)
  const place = { bench: 'blame', row: 0, after: 0 }

  it('has the numbers of its texts', async () => {
    const step = await stepAt(lesson, place)
    const [hidden, output] = step.layers(0)
    expect([...step.answer(0)]).toEqual([3, 2])
    expect([...step.target(0)]).toEqual([4, 0])
    expect([...(hidden?.z ?? [])]).toEqual([2, -1, 1])
    expect([...(output?.delta ?? [])]).toEqual([-1, 2])
    // Wᵀδ, row by row of W = [[2, 1, −1], [0.5, 1, 1]].
    expect([...(hidden?.gradient ?? [])]).toEqual([2 * -1 + 0.5 * 2, 1 * -1 + 1 * 2, -1 * -1 + 1 * 2])
    expect([...(hidden?.slope ?? [])]).toEqual([1, 0, 1])
    expect([...(hidden?.delta ?? [])]).toEqual([-1, 0, 3])
    expect(rightOf(blockOf(pageOf(lesson, 'Back through the weights'), 'question'))).toBe('3')
    expectStated(pageOf(lesson, 'From δ to the weights'), '2.5', step.loss)
  })

  it('has seventeen weights and biases, of which the third unit’s for x₂ has the largest gradient', async () => {
    const step = await stepAt(lesson, place)
    const names = step.subject.problem.model.parameters.map(({ name }) => name)
    const gradients = names.flatMap((name) => [...step.parameter(name).gradient])
    expect(gradients).toHaveLength(17)
    expect(gradients.filter((gradient) => Math.abs(gradient) >= 6)).toEqual([6])
    expect(step.parameter('dense1.weight').gradient[5]).toBe(6)
    expect(step.parameter('dense1.bias').gradient[2]).toBe(3)
    // "Changing its sum a little changes nothing."
    expect([
      ...step.parameter('dense1.weight').gradient.slice(2, 4),
      step.parameter('dense1.bias').gradient[1]
    ]).toEqual([0, 0, 0])
  })

  it('has an error that rises by 0.06 with 0.01 more of that weight', () => {
    const errorWith = (w: number) => {
      const a = [2, 0, Math.max(0, -1 * 1 + w * 2)] as const
      const p = [2 * a[0] + 1 * a[1] - a[2], 0.5 * a[0] + a[1] + a[2]] as const
      return ((p[0] - 4) ** 2 + (p[1] - 0) ** 2) / 2
    }
    const page = pageOf(lesson, 'From δ to the weights')
    expectStated(page, '0.06', errorWith(1.01) - errorWith(1))
    expect(rightOf(blocksOf(page, 'question')[1])).toBe('Raise the weight by 0.01, and the error rises by about 0.06')
  })
})

describe('6, descent and the rate', () => {
  const lesson = lessonNumber(6)

  it('has the weight and the gradient that its first page gives', async () => {
    const { before, gradient } = (await stepAt(lesson, { bench: 'fare', row: 2, after: 0 })).parameter('output.weight')
    expect([before[0], gradient[0]]).toEqual([2, -8])
    const bias = (await stepAt(lesson, { bench: 'fare', row: 2, after: 0 })).parameter('output.bias')
    expect(bias.before[0]).toBe(1)
    expectStated(pageOf(lesson, 'All at once'), '1.04', bias.after[0] ?? NaN)
  })

  it('reaches the middle of the bowl in one step with 1, and never with 2.1', () => {
    const page = pageOf(lesson, 'How long a step?')
    const race = blockOf(page, 'race')
    expect(rightOf(race.predict)).toBe('1')
    const far = Math.hypot(...race.start)
    const afterOne = runRace({ ...race, steps: 1 }).lanes.map(({ at }) => Math.hypot(...at) / far)
    ;[0.9, 0, 0.9, 1.1].forEach((share, lane) => expect(afterOne[lane]).toBeCloseTo(share, 12))
    const [slow, , zigzag, away] = runRace(race).lanes
    expect(zigzag?.height).toBeCloseTo(slow?.height ?? NaN, 12)
    expect(Math.hypot(...(away?.at ?? []))).toBeGreaterThan(6 * far)
    // "It gets there in the end", and the last one runs away.
    const [inTheEnd, , , never] = runRace({ ...race, steps: 200 }).lanes
    expect(Math.hypot(...(inTheEnd?.at ?? []))).toBeLessThan(0.001)
    expect(never?.state).toBe('diverged')
  })

  it('is slow with 0.001, right with 0.1, and runs away with 0.2', async () => {
    const page = pageOf(lesson, 'With real errors')
    const trial = blockOf(page, 'trial')
    const view = await runTrial(lesson, trial)
    expectStated(page, '5', lossOf(variantOf(view, 'η = 0.001')))
    expect(lossOf(variantOf(view, 'η = 0.1'))).toBeLessThan(0.00001)
    const wild = variantOf(view, 'η = 0.2')
    expect(wild.error !== null || lossOf(wild) > 1e30).toBe(true)
    expect(wild.losses[10]).toBeGreaterThan(wild.losses[0] ?? NaN)
    expect(rightOf(trial.predict)).toBe('Make the loss grow without end')
    // Largest eigenvalue of the Hessian 2/5 · [[Σx², Σx], [Σx, 5]], the limit is 2 by that.
    const [xx, x] = [(2 / 5) * (1 + 4 + 9 + 16), (2 / 5) * (1 + 2 + 3 + 4)]
    const steepest = (xx + 2 + Math.sqrt((xx - 2) ** 2 + 4 * x ** 2)) / 2
    expectStated(page, '0.149', 2 / steepest)
    const just = (learningRate: number) => ({
      label: 'near the limit',
      setup: { optimizer: { type: 'sgd', config: { learningRate, momentum: 0 } } },
      weights: trial.variants[0]?.weights ?? null
    })
    const [below] = (await runTrial(lesson, { ...trial, variants: [just(0.145)] })).variants
    expect(below?.losses.at(-1)).toBeLessThan(below?.losses[0] ?? NaN)
  })

  it('takes shorter steps towards the bottom at the same rate', async () => {
    const page = pageOf(lesson, 'Steps that shrink by themselves')
    expect(rightOf(blockOf(page, 'question'))).toBe('The gradient becomes smaller')
    const trial = blockOf(pageOf(lesson, 'With real errors'), 'trial')
    const { losses } = variantOf(await runTrial(lesson, trial), 'η = 0.1')
    expect((losses[0] ?? NaN) - (losses[1] ?? NaN)).toBeGreaterThan(1000 * ((losses[50] ?? NaN) - (losses[51] ?? NaN)))
  })

  it('is thrown out of the ravine by 0.052, and crawls along it with 0.033', () => {
    const page = pageOf(lesson, 'One rate for all directions')
    const race = blockOf(page, 'race')
    const [slow, wild] = runRace(race).lanes
    expectStated(page, '1.32', slow?.at[0] ?? NaN)
    expectStated(page, '3.6', race.start[0])
    expect(Math.abs(wild?.at[1] ?? NaN)).toBeGreaterThan(surfaceNamed(race.surface).domain.y[1])
    expect(rightOf(race.predict)).toBe('It is thrown out of the ravine')
    expectStated(page, '1.08', 1 - 40 * 0.052)
    expectStated(page, '0.05', 2 / 40)
    expect(runRace({ ...race, steps: 1 }).lanes[1]?.at[1]).toBeCloseTo(-1.08, 12)
  })
})

describe('7, local minima and momentum', () => {
  const lesson = lessonNumber(7)
  const surface = surfaceNamed('two-valleys')
  const [deep, shallow] = [0, 1]
  const endsOf = (title: string) => {
    const race = blockOf(pageOf(lesson, title), 'race')
    return { race, ends: runRace(race).lanes.map(({ at }) => minimumAt(surface, at)) }
  }

  it('knows the two valleys', () => {
    expect(surface.minima.map(({ isGlobal }) => isGlobal)).toEqual([true, false])
    expect((surface.minima[shallow]?.at[0] ?? NaN) > 0 && (surface.minima[deep]?.at[0] ?? NaN) < 0).toBe(true)
    const page = pageOf(lesson, 'The first valley')
    expectStated(page, '0.29', surface.minima[shallow]?.value ?? NaN)
    expectStated(page, '0.31', surface.minima[deep]?.value ?? NaN)
  })

  it('keeps plain descent in the shallow valley', () => {
    const { race, ends } = endsOf('The first valley')
    expect(ends).toEqual([shallow])
    expect(runRace(race).lanes[0]?.state).toBe('resting')
    expect(rightOf(race.predict)).toBe('In the shallow valley')
    expect(rightOf(blockOf(pageOf(lesson, 'More than one valley'), 'question'))).toBe('Nowhere')
  })

  it('has a ball that becomes ten times as fast as the hiker', () => {
    expect(rightOf(blockOf(pageOf(lesson, 'A ball instead of a hiker'), 'question'))).toBe('$10 \\cdot g$')
    let v = 0
    const speeds = Array.from({ length: 200 }, () => (v = 0.9 * v + 1))
    expect(speeds[0]).toBe(1)
    expect(speeds[1]).toBe(1.9)
    expect(speeds.at(-1)).toBeCloseTo(10, 6)
  })

  it('leaves the shallow valley with 0.9 alone', () => {
    const { race, ends } = endsOf('Through the valley and over the rise')
    expect(ends).toEqual([shallow, shallow, deep])
    expect(rightOf(race.predict)).toBe('Only 0.9')
  })

  it('leaves the deep valley as well from the other side', () => {
    const { race, ends } = endsOf('The other way round')
    expect(ends).toEqual([deep, shallow])
    expect(rightOf(race.predict)).toBe('Only plain descent')
  })

  it('learns the light from one of two starts with momentum, and from none without', async () => {
    const page = pageOf(lesson, 'A real network')
    const trial = blockOf(page, 'trial')
    const { variants } = await runTrial(lesson, trial)
    expect(variants.map(({ label, accuracy }) => [label, accuracy])).toEqual([
      ['Seed 3, plain', 0.5],
      ['Seed 3, momentum', 1],
      ['Seed 5, plain', 0.5],
      ['Seed 5, momentum', 0.5]
    ])
    expect(rightOf(trial.predict)).toBe('One')
    for (const variant of variants) {
      if (variant.accuracy === 1) expect(lossOf(variant)).toBeLessThan(0.01)
      else expect(Math.abs(lossOf(variant) - 0.35)).toBeLessThan(0.01)
    }
    // Two rows undecided: a loss of ln 2 each, none of the others.
    expect((2 * Math.log(2)) / 4).toBeCloseTo(0.35, 2)
    for (const start of [variants.slice(0, 2), variants.slice(2)]) {
      expect(start[0]?.losses[0]).toBe(start[1]?.losses[0])
    }
  })

  it('learns it from more starts with more units', async () => {
    const bench = blockOf(pageOf(lesson, 'A real network'), 'trial')
    const layers = [{ name: 'dense1', type: 'dense', config: { units: 8, activation: 'sigmoid' } }]
    const variants = [3, 5].map((seed) => ({ label: String(seed), setup: { seed, layers }, weights: null }))
    const { variants: wide } = await runTrial(lesson, { ...bench, variants })
    expect(wide.map(({ accuracy }) => accuracy)).toEqual([1, 1])
  })
})

describe('8, vanishing gradients', () => {
  const lesson = lessonNumber(8)

  it('has a sigmoid with a slope of at most a quarter', () => {
    expect(rightOf(blockOf(pageOf(lesson, 'A product of many slopes'), 'question'))).toBe('0.25')
    const slopes = Array.from({ length: 1001 }, (_, i) => (i / 1000) * (1 - i / 1000))
    expect(Math.max(...slopes)).toBe(0.25)
  })

  it('has chains with the numbers of their pages', async () => {
    const vanishing = await stepAt(lesson, { bench: 'sigmoid-chain', row: 0, after: 0 })
    const deltas = (step: typeof vanishing) => step.layers(0).map(({ delta }) => delta?.[0])
    expect(vanishing.layers(0).flatMap(({ z }, i) => (i < 3 ? [...(z ?? [])] : []))).toEqual([0, 0, 0])
    expect(deltas(vanishing)).toEqual([0.25 ** 3, 0.25 ** 2, 0.25, 1])
    expectStated(pageOf(lesson, 'Three layers of sigmoid'), '0.0156', 0.25 ** 3)
    const exploding = await stepAt(lesson, { bench: 'relu-chain', row: 0, after: 0 })
    expect(deltas(exploding)).toEqual([27, 9, 3, 1])
    expectStated(pageOf(lesson, 'Too much is no better'), '19683', 3 ** 9)
  })

  it('loses the error on its way through ten sigmoid layers, and the network learns nothing', async () => {
    const page = pageOf(lesson, 'Ten layers')
    const depth = blockOf(page, 'depth')
    const [sigmoid, relu] = await runDepth(lesson, depth)
    if (sigmoid === undefined || relu === undefined) throw new Error('two networks are raced')
    expect(sigmoid.looks[0]?.layers.filter(({ trained }) => trained)).toHaveLength(10)
    expect(arriving(sigmoid)).toBeLessThan(1e-6)
    expect(0.25 ** 9).toBeLessThan(4e-6)
    expect(arriving(relu)).toBeGreaterThan(1 / 6)
    expect(arriving(relu)).toBeLessThan(1 / 4)
    expect(rightOf(depth.predict)).toBe('Less than a millionth')
    const learning = pageOf(lesson, 'What that does to learning')
    expectStated(learning, '0.693', Math.log(2))
    expectStated(learning, '0.693', sigmoid.looks.at(-1)?.loss ?? NaN)
    expect(relu.looks.at(-1)?.loss).toBeLessThan(0.01)
    // "Its last layers did get an error."
    const trained = sigmoid.looks[0]?.layers.filter((layer) => layer.trained) ?? []
    expect((trained.at(-2)?.delta ?? NaN) / (trained.at(-1)?.delta ?? NaN)).toBeGreaterThan(0.01)
  })

  it('has last layers that see nearly the same numbers for every row', async () => {
    const bench = benchOf(lesson, 'moons')
    const layers = Array.from({ length: 9 }, (_, i) => denseNode(`dense${String(i + 1)}`, 10, 'sigmoid'))
    const opened = openBench({ ...bench, setup: changedSetup(bench, { layers }) })
    const state = await benchState(opened, 0)
    const rows = Array.from({ length: 40 }, (_, row) => benchMicroscope(opened, state, row))
    for (let unit = 0; unit < 10; unit++) {
      const seen = rows.map((step) => step.layer('dense8', 0).a[unit] ?? NaN)
      expect(Math.max(...seen) - Math.min(...seen)).toBeLessThan(0.001)
    }
  })

  it('is not saved by other first weights, but by another slope', async () => {
    const depth = blockOf(pageOf(lesson, 'Activation or first weights?'), 'depth')
    const [sigmoidHe, reluGlorot, reluHe] = (await runDepth(lesson, depth)).map(arriving)
    expect(sigmoidHe).toBeLessThan(1e-5)
    expect(1 / (reluGlorot ?? NaN)).toBeGreaterThan(50)
    expect(1 / (reluGlorot ?? NaN)).toBeLessThan(70)
    expect(reluHe).toBeGreaterThan(10 * (reluGlorot ?? NaN))
    expect(rightOf(depth.predict)).toBe('No: it is the slope that does the harm')
  })
})
