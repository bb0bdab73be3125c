/** Benches, asked as a window asks; no dataset is open. */
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { benchState, openBench } from '../project'
import type { BenchTrial } from '../shared/bench'
import type { DepthExperimentView } from '../shared/gradient-views'
import type { BenchNumber } from '../shared/lessons/lesson'
import { benchOf, paperBench } from '../shared/testing-benches'
import { HeldBenches } from './heldBenches'
import { ENDLESS, studioOfEachTest } from './testing-studio'

provideKernels(kernelBytes)

const studio = studioOfEachTest()
const { ask, openIris, runWhen } = studio

const paper = benchOf(paperBench)
const sgd = (learningRate: number) => ({ optimizer: { type: 'sgd', config: { learningRate } } })
const variant = (label: string, setup: Readonly<Record<string, unknown>> = {}) => ({ label, setup, weights: null })

function generated(generator: string, units: readonly number[], setup: object, points = 60) {
  return benchOf({
    data: { kind: 'generated', generator, config: { points } },
    setup: {
      ...sgd(0.5),
      layers: units.map((count, i) => {
        return { name: `dense${i + 1}`, type: 'dense', config: { units: count, activation: 'tanh' } }
      }),
      ...setup
    }
  })
}
const moons = (units: readonly number[], points?: number) =>
  generated('moons', units, { target: 'class', task: 'binary', loss: 'log' }, points)

describe('a trial', () => {
  it('tells every loss, the weights before and after and what the networks answer, in float64 where that is quick', async () => {
    const variants = [variant('as it is'), variant('slower', sgd(0.05))]
    const { variants: views, points } = await ask('bench.trial', { bench: paper, steps: 12, variants })
    expect(views.map(({ label, error, accuracy }) => [label, error, accuracy])).toEqual([
      ['as it is', null, null],
      ['slower', null, null]
    ])
    const opened = openBench(paper)
    const { data } = opened.experiment.trainOptions.training.targets
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
    const answer = (x1: number, x2: number) =>
      0.3 * sigmoid(0.5 * x1 - 0.25 * x2 + 0.1) - 0.6 * sigmoid(x1 + 0.75 * x2 - 0.2) + 0.05
    const first = ((answer(0.5, -1) - 1) ** 2 + answer(1.5, 0.25) ** 2) / 2
    expect([...data]).toEqual([1, 0])
    for (const { steps, losses } of views) {
      expect(steps).toEqual(Array.from({ length: 13 }, (_, step) => step))
      expect(losses).toHaveLength(13)
      expect(losses[0]).toBeCloseTo(first, 14)
    }
    const [quick, slow] = views
    expect(quick?.losses.at(-1)).toBeLessThan(slow?.losses.at(-1) ?? 0)
    const { tensors } = await benchState(opened, 12)
    expect(quick?.weights?.map(({ name, shape, start }) => ({ name, shape, start }))).toEqual([
      { name: 'hidden.weight', shape: [2, 2], start: [0.5, -0.25, 1, 0.75] },
      { name: 'hidden.bias', shape: [2], start: [0.1, -0.2] },
      { name: 'output.weight', shape: [1, 2], start: [0.3, -0.6] },
      { name: 'output.bias', shape: [1], start: [0.05] }
    ])
    for (const { name, end } of quick?.weights ?? []) expect(end).toEqual([...(tensors.get(name) ?? [])])
    expect(quick?.surface).toMatchObject({ kind: 'value', step: 12, axes: [{ column: 'x1' }, { column: 'x2' }] })
    expect([...(points?.targets ?? [])]).toEqual([1, 0])
    expect([...(points?.places ?? [])]).toEqual([0.5, -1, 1.5, 0.25])
  })

  it('tells the share of right rows of classes, and thins what is long', async () => {
    const trial = { bench: moons([8]), steps: 700, variants: [variant('moons')] }
    const [view] = (await ask('bench.trial', trial)).variants
    expect(view?.losses).toHaveLength(501)
    expect([view?.steps[0], view?.steps.at(-1)]).toEqual([0, 700])
    expect(view?.accuracy).toBeGreaterThan(0.85)
    // 2 · 8 + 8 + 8 + 1 numbers.
    expect(view?.weights?.flatMap(({ end }) => end)).toHaveLength(33)
    expect(view?.surface).toMatchObject({ kind: 'classes', outputs: ['a', 'b'] })
    expect(view?.surface?.values).toHaveLength((view?.surface?.size ?? 0) ** 2)
  })

  it('names no weights of a larger network, draws a line for one input and nothing for three', async () => {
    const sine = generated('sine', [20], { target: 'y', task: 'regression', loss: 'squared' })
    const drawn = await ask('bench.trial', { bench: sine, steps: 2, variants: [variant('sine')] })
    expect(drawn.variants[0]).toMatchObject({ weights: null, surface: { axes: [{ column: 'x' }] } })
    const three = benchOf({
      ...paperBench,
      data: {
        kind: 'rows',
        columns: ['a', 'b', 'c', 'y'],
        rows: [
          [1, 2, 3, 0],
          [3, 2, 1, 1]
        ]
      },
      weights: []
    })
    const none = await ask('bench.trial', { bench: three, steps: 2, variants: [variant('three')] })
    expect([none.points, none.variants[0]?.surface]).toEqual([null, null])
  })

  it('is the same, rounded to float32, where much is trained by the fast executor', async () => {
    const bench = moons([8, 8], 500)
    const [view] = (await ask('bench.trial', { bench, steps: 300, variants: [variant('much')] })).variants
    expect(view?.weights).toBeNull()
    expect(openBench(bench, () => 'wasm').experiment.training.executor.name).toBe('wasm')
    const few = (await ask('bench.trial', { bench, steps: 3, variants: [variant('little')] })).variants[0]
    expect(few?.losses[3]).not.toBe(view?.losses[3])
    few?.losses.forEach((loss, step) => expect(view?.losses[step]).toBeCloseTo(loss, 5))
  })

  it('ends the training that diverges, not the others, with what it was before', async () => {
    const variants = [variant('too fast', sgd(1e9)), variant('well')]
    const { variants: views } = await ask('bench.trial', { bench: paper, steps: 100, variants })
    expect(views[0]?.error).toMatchObject({ code: 'diverged' })
    expect(views[0]?.losses.length).toBeLessThan(101)
    expect(views[0]?.steps).toHaveLength(views[0]?.losses.length ?? 0)
    expect(views[0]?.weights).not.toBeNull()
    expect(views[1]).toMatchObject({ error: null })
    expect(views[1]?.losses).toHaveLength(101)
  })

  it('ends with the training where that ends', async () => {
    const { variants } = await ask('bench.trial', {
      bench: paper,
      steps: 100,
      variants: [
        variant('three epochs', { epochs: 3 }),
        variant('stopped', { earlyStopping: { patience: 1, minDelta: 10 } })
      ]
    })
    expect(variants.map(({ steps }) => steps)).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2]
    ])
  })

  it('refuses what is wrong, naming the variant', async () => {
    const tried = (changes: Partial<BenchTrial>) =>
      ask('bench.trial', { bench: paper, steps: 5, variants: [variant('first')], ...changes })
    await expect(tried({ variants: [variant('fine'), variant('odd', { epoch: 3 })] })).rejects.toMatchObject({
      code: 'invalid-setup',
      message: expect.stringMatching(/^Variant "odd": epoch: this key is not known here/) as string
    })
    const layers = [{ name: 'a', type: 'dense', config: { units: 3 } }]
    await expect(tried({ variants: [variant('wide', { layers })] })).rejects.toMatchObject({
      code: 'bench-weights',
      message: expect.stringMatching(
        /^Variant "wide": The network of the bench has no weights "hidden\.weight"/
      ) as string
    })
    const long = moons([100, 100], 1000)
    await expect(tried({ bench: long, steps: 5000 })).rejects.toMatchObject({
      code: 'bench-too-long',
      message: expect.stringMatching(/at most \d+ such steps/) as string
    })
    await expect(tried({ steps: 0 })).rejects.toMatchObject({ code: 'invalid-arguments' })
  })

  it('gives way to a new one', async () => {
    const long = ask('bench.trial', { bench: moons([16, 16], 500), steps: 3000, variants: [variant('long')] })
    const outcome = expect(long).rejects.toMatchObject({ code: 'cancelled' })
    const short = await ask('bench.trial', { bench: paper, steps: 3, variants: [variant('short')] })
    expect(short.variants[0]?.losses).toHaveLength(4)
    await outcome
  })

  it('lets the run in view train on', async () => {
    await openIris({ epochs: ENDLESS })
    await ask('train.start')
    const before = (await runWhen(({ progress }) => progress.step > 10)).progress.step
    const { variants } = await ask('bench.trial', { bench: moons([8]), steps: 400, variants: [variant('beside')] })
    expect(variants[0]?.losses).toHaveLength(401)
    const { progress } = await runWhen(() => true)
    expect(progress.status).toBe('running')
    expect(progress.step).toBeGreaterThan(before + 50)
  })
})

describe('a number of a bench', () => {
  const of = (number: BenchNumber, row = 0, after = 0) => ask('bench.number', paper, row, after, number)

  it('is the one worked out by hand', async () => {
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
    const [z1, z2] = [0.5 * 0.5 + 0.25 + 0.1, 0.5 - 0.75 - 0.2]
    const answer = 0.3 * sigmoid(z1) - 0.6 * sigmoid(z2) + 0.05
    const delta = 2 * (answer - 1)
    expect(await of({ of: 'z', layer: 'hidden', unit: 1 })).toBeCloseTo(z2, 14)
    expect(await of({ of: 'a', layer: 'hidden', unit: 0 })).toBeCloseTo(sigmoid(z1), 14)
    expect(await of({ of: 'delta', layer: 'output', unit: 0 })).toBeCloseTo(delta, 14)
    expect(await of({ of: 'loss' })).toBeCloseTo((answer - 1) ** 2, 14)
    const place = { parameter: 'output.weight', index: 1 }
    expect(await of({ of: 'before', ...place })).toBe(-0.6)
    expect(await of({ of: 'gradient', ...place })).toBeCloseTo(delta * sigmoid(z2), 14)
    expect(await of({ of: 'after', ...place })).toBeCloseTo(-0.6 - 0.5 * delta * sigmoid(z2), 14)
  })

  it('is of the row and of the step that it is asked of', async () => {
    const bias = { of: 'before', parameter: 'output.bias', index: 0 } as const
    const { tensors } = await benchState(openBench(paper), 7)
    expect(await of(bias, 0, 7)).toBe(tensors.get('output.bias')?.[0])
    expect(await of({ of: 'loss' }, 1, 7)).not.toBe(await of({ of: 'loss' }, 0, 7))
  })

  it('is refused where there is none', async () => {
    const refused: readonly (readonly [BenchNumber, RegExp])[] = [
      [{ of: 'z', layer: 'dense1', unit: 0 }, /no layer "dense1"; there are "hidden", "output"/],
      [{ of: 'a', layer: 'hidden', unit: 2 }, /"hidden" puts out 2 numbers, counted from 0, so there is none at 2/],
      [{ of: 'after', parameter: 'hidden.weights', index: 0 }, /"hidden\.weights"; there are "hidden\.weight"/],
      [{ of: 'gradient', parameter: 'output.bias', index: 1 }, /"output\.bias" has 1 number,/]
    ]
    for (const [number, message] of refused) {
      await expect(of(number)).rejects.toMatchObject({
        code: 'unknown-part',
        message: expect.stringMatching(message) as string
      })
    }
    await expect(of({ of: 'loss' }, 2)).rejects.toMatchObject({ code: 'unknown-row' })
    await expect(of({ of: 'loss' }, 0, 5001)).rejects.toMatchObject({ code: 'invalid-arguments' })
  })
})

describe('benches that are held', () => {
  it('go on from where they were, and are made again when others came between', async () => {
    const held = new HeldBenches(() => false)
    const ten = await held.at(paper, 10)
    const again = await held.at(structuredClone(paper), 10)
    expect(again.opened).toBe(ten.opened)
    expect(again.state).toBe(ten.state)
    expect((await held.at(paper, 12)).state).toEqual(await benchState(openBench(paper), 12))
    expect((await held.at(paper, 3)).state).toEqual(await benchState(openBench(paper), 3))
    expect((await held.at(paper, 10)).state).toBe(ten.state)
    for (let seed = 2; seed < 9; seed += 1) await held.at({ ...paper, setup: { ...paper.setup, seed } }, 1)
    const anew = await held.at(paper, 10)
    expect(anew.opened).not.toBe(ten.opened)
    expect(anew.state).toEqual(ten.state)
    held.close()
    await expect(held.at(paper, 1)).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('the experiment with depth', () => {
  it('is tried on a bench without any open dataset', async () => {
    const choice = {
      ...{ depth: 8, width: 4, steps: 20 },
      kinds: [
        { activation: 'sigmoid', initializer: 'glorot-uniform' },
        { activation: 'relu', initializer: 'he-normal' }
      ]
    }
    await expect(ask('explain.tryDepth', choice, null)).rejects.toMatchObject({ code: 'no-dataset' })
    expect(await ask('explain.tryDepth', choice, moons([2]))).toMatchObject({ state: 'running', on: 'bench', choice })
    let view: DepthExperimentView | null
    do {
      await new Promise((resolve) => setImmediate(resolve))
      view = studio.view().depthExperiment
    } while (view?.state === 'running')
    expect(view).toMatchObject({ state: 'done', error: null, rows: 60 })
    expect(view?.contestants.map(({ looks }) => looks.at(-1)?.step)).toEqual([20, 20])
    const wrong = { ...moons([2]), data: { kind: 'generated', generator: 'moon', config: {} } } as const
    await expect(ask('explain.tryDepth', choice, wrong)).rejects.toMatchObject({ code: 'unknown-generator' })
  })
})
