import { beforeEach, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import type { BarrierView, LandscapeChoice, LandscapeView } from '../shared/landscape-views'
import { barrierSentence } from './comparingMinima'
import { studioOfEachTest } from './testing-studio'

provideKernels(kernelBytes)

const { ask, asked, runWhen, openIris, view: session, draft } = studioOfEachTest()

beforeEach(() => openIris({ epochs: 30 }))

async function trained(): Promise<void> {
  await ask('train.start')
  await runWhen(({ progress, savedAs }) => progress.status === 'completed' && savedAs !== null)
}

const choice: LandscapeChoice = { epoch: null, plane: 'random', size: 21, seed: 3, reach: 1 }

const breath = () => new Promise((resolve) => setImmediate(resolve))

async function landscapeWhen(wanted: (view: LandscapeView) => boolean): Promise<LandscapeView> {
  for (;;) {
    const { landscape } = await ask('landscape.view')
    if (landscape !== null && wanted(landscape)) return landscape
    await breath()
  }
}

async function barrierWhen(wanted: (view: BarrierView) => boolean): Promise<BarrierView> {
  for (;;) {
    const { barrier } = await ask('landscape.view')
    if (barrier !== null && wanted(barrier)) return barrier
    await breath()
  }
}

const isOver = ({ state }: LandscapeView) => state === 'done' || state === 'failed'

function toldLandscapes(): LandscapeView[] {
  return asked().messages.flatMap((message) =>
    message.type === 'landscape' && message.landscape !== null ? [message.landscape] : []
  )
}

describe('the landscape', () => {
  it('is told loss by loss, has the loss of the run in the middle, and the path of the run', async () => {
    await expect(ask('landscape.start', choice)).rejects.toMatchObject({ code: 'no-run' })
    await trained()
    const started = await ask('landscape.start', choice)
    expect(started).toMatchObject({ state: 'preparing', done: 0, total: 441, ground: null })
    const view = await landscapeWhen(isOver)
    expect(view).toMatchObject({ state: 'done', error: null, done: 441, stride: 1, epoch: 30 })
    const { run } = session()
    const { ground } = view
    if (run === null || ground === null) throw new Error('nothing there')
    expect(ground).toMatchObject({ explained: null, rows: run.prepared.trainRows, ofRows: run.prepared.trainRows })
    expect(ground.executor).toBe('wasm')
    const middle = view.losses[view.places.indexOf(220)] ?? NaN
    const lowest = Math.min(...view.losses)
    expect(middle).toBeLessThan(0.7 * Math.max(...view.losses))
    expect(lowest).toBeGreaterThan(0)
    // After the last step the loss of all rows is near that of the last batches.
    expect(middle).toBeGreaterThan(0.5 * (run.epochs.at(-1)?.trainLoss ?? NaN))
    expect(middle).toBeLessThan(1.5 * (run.epochs.at(-1)?.trainLoss ?? NaN))

    const { path } = ground
    expect(path.map(({ epoch }) => epoch)).toEqual([...path.map(({ epoch }) => epoch)].sort((a, b) => a - b))
    expect(path[0]?.epoch).toBe(0)
    expect(path.at(-1)).toEqual({ epoch: 30, alpha: 0, beta: 0, distance: 0 })
    expect(path[0]?.distance).toBeGreaterThan(0)
    expect(path[0]?.distance).toBeLessThanOrEqual(ground.travelled)

    // What was told, put together, is the whole.
    const losses = new Map<number, number>()
    let known = 0
    for (const { id, from, places, losses: more, done } of toldLandscapes()) {
      expect(id).toBe(view.id)
      expect(from).toBe(known)
      expect(done).toBe(from + places.length)
      known = done
      places.forEach((place, i) => losses.set(place, more[i] ?? NaN))
    }
    expect(losses.size).toBe(441)
    view.places.forEach((place, i) => expect(losses.get(place)).toBe(view.losses[i]))
  })

  it('of the principal components holds more of the path than a random plane, and is the same twice', async () => {
    await trained()
    const views: LandscapeView[] = []
    for (const plane of ['random', 'principal', 'principal'] as const) {
      const { id } = await ask('landscape.start', { ...choice, plane })
      views.push(await landscapeWhen((view) => view.id === id && isOver(view)))
    }
    const [random, principal, again] = views
    const [u = 0, v = 0] = principal?.ground?.explained ?? []
    expect(u).toBeGreaterThan(v)
    expect(u + v).toBeGreaterThan(0.9)
    const offOf = (view: LandscapeView | undefined) => view?.ground?.path[0]?.distance ?? NaN
    expect(offOf(principal)).toBeLessThan(0.5 * offOf(random))
    expect(again?.losses).toEqual(principal?.losses)
    const { alphas, betas, path } = principal?.ground ?? { alphas: [], betas: [], path: [] }
    for (const { alpha, beta } of path) {
      expect(alpha).toBeGreaterThan(alphas[0] ?? NaN)
      expect(alpha).toBeLessThan(alphas.at(-1) ?? NaN)
      expect(beta).toBeGreaterThan(betas[0] ?? NaN)
      expect(beta).toBeLessThan(betas.at(-1) ?? NaN)
    }
  })

  it('of a moment that is gone has its weights in the middle', async () => {
    await trained()
    const { id } = await ask('landscape.start', { ...choice, epoch: 0 })
    const view = await landscapeWhen((each) => each.id === id && isOver(each))
    expect(view).toMatchObject({ state: 'done', epoch: 0, step: 0 })
    expect(view.ground?.path[0]).toMatchObject({ epoch: 0, distance: 0 })
    const middle = view.losses[view.places.indexOf(220)] ?? NaN
    expect(middle).toBeGreaterThan(0.8)
    const gone = await ask('landscape.start', { ...choice, epoch: 999 })
    expect(await landscapeWhen((each) => each.id === gone.id && isOver(each))).toMatchObject({
      state: 'failed',
      error: { code: 'unknown-moment' }
    })
  })

  it('takes turns with training, and ends when it is told to or the run goes away', async () => {
    await draft({ epochs: 1_000_000 })
    await ask('train.start')
    await runWhen(({ progress }) => progress.epoch > 5)
    await ask('landscape.start', { ...choice, size: 81 })
    const begun = await landscapeWhen(({ done }) => done > 0)
    const step = session().run?.progress.step ?? NaN
    await landscapeWhen(({ done }) => done > begun.done + 100)
    expect(session().run?.progress.step).toBeGreaterThan(step)
    await ask('landscape.cancel')
    const { landscape: cancelled } = await ask('landscape.view')
    expect(cancelled).toMatchObject({ state: 'cancelled', error: null })
    expect(cancelled?.done).toBeLessThan(81 ** 2)
    for (let i = 0; i < 20; i++) await breath()
    expect((await ask('landscape.view')).landscape?.done).toBe(cancelled?.done)

    await ask('landscape.start', { ...choice, size: 81 })
    await landscapeWhen(({ done }) => done > 0)
    await ask('train.reset')
    expect((await ask('landscape.view')).landscape).toBeNull()
    const told = toldLandscapes().length
    for (let i = 0; i < 20; i++) await breath()
    expect(toldLandscapes()).toHaveLength(told)
  })
})

describe('the minima of several seeds', () => {
  it('are trained beside the run, and the loss between each two of them is told', async () => {
    await expect(ask('landscape.barrier', { kind: 'seeds', others: 2, epochs: 5 })).rejects.toMatchObject({
      code: 'no-run'
    })
    await trained()
    await ask('landscape.barrier', { kind: 'seeds', others: 2, epochs: 20 })
    const view = await barrierWhen(({ state }) => state === 'done' || state === 'failed')
    expect(view).toMatchObject({ state: 'done', error: null, pairs: 3, notes: [] })
    const seed = session().run?.setup.seed ?? NaN
    expect(view.minima.map(({ label }) => label)).toEqual([0, 1, 2].map((by) => `seed ${seed + by}`))
    expect(view.minima.slice(1)).toMatchObject([
      { state: 'ready', epoch: 20, epochs: 20 },
      { state: 'ready', epoch: 20, epochs: 20 }
    ])
    expect(view.lines.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2]
    ])
    for (const { from, to, losses, height, sentence } of view.lines) {
      expect(losses[0]).toBeCloseTo(view.minima[from]?.loss ?? NaN, 6)
      expect(losses.at(-1)).toBeCloseTo(view.minima[to]?.loss ?? NaN, 6)
      expect(height).toBeCloseTo(Math.max(...losses) - Math.max(losses[0] ?? NaN, losses.at(-1) ?? NaN), 12)
      expect(sentence).toContain(`seed ${seed + from} and seed ${seed + to}`)
    }
  })

  it('waits for the run in view, and can be cancelled', async () => {
    await draft({ epochs: 1_000_000 })
    await ask('train.start')
    await runWhen(({ progress }) => progress.epoch > 2)
    await ask('landscape.barrier', { kind: 'seeds', others: 2, epochs: 1_000_000 })
    await barrierWhen(({ state }) => state === 'waiting')
    await ask('train.pause')
    await barrierWhen(({ minima }) => (minima[1]?.epoch ?? 0) > 3)
    await ask('landscape.cancelBarrier')
    expect((await ask('landscape.view')).barrier).toMatchObject({ state: 'cancelled', lines: [] })
  })

  it('may be those of kept runs of the same network, and of no others', async () => {
    await trained()
    const first = session().run?.savedAs ?? ''
    await draft({ seed: 77 })
    await trained()
    await ask('landscape.barrier', { kind: 'runs', names: [first] })
    const view = await barrierWhen(({ state }) => state === 'done' || state === 'failed')
    expect(view).toMatchObject({ state: 'done', pairs: 1, lines: [{ from: 0, to: 1 }] })
    // Another seed parts the rows otherwise.
    expect(view.notes).toHaveLength(1)
    const own = session().run?.savedAs ?? ''
    const { id } = await ask('landscape.barrier', { kind: 'runs', names: [own] })
    expect(await barrierWhen((each) => each.id === id && each.state !== 'training')).toMatchObject({
      state: 'failed',
      error: { code: 'other-design' }
    })
  })

  it('are told in one sentence', () => {
    const between = 'seed 1 and seed 2'
    expect(barrierSentence(between, 0.4178, 0.1)).toBe(
      'Between the minima of seed 1 and seed 2 the loss rises by 0.418: not one valley.'
    )
    expect(barrierSentence(between, 0.001, 0.1)).toContain(
      'by no more than 0.001: on the straight line they lie in one'
    )
    expect(barrierSentence(between, 0, 0.1)).toContain('above neither of them')
    expect(barrierSentence(between, NaN, 0.1)).toContain('finite')
  })
})
