/** Gradients and the experiments with them, asked as a window asks. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import type { DepthChoice, DepthExperimentView, LabChoice, LossLabView } from '../shared/gradient-views'
import { ENDLESS, samples, studioOfEachTest } from './testing-studio'

provideKernels(kernelBytes)

const studio = studioOfEachTest()
const { ask, openIris, runWhen } = studio

async function settled<View extends { readonly state: string }>(view: () => View | null): Promise<View> {
  for (;;) {
    const now = view()
    if (now !== null && now.state !== 'running' && now.state !== 'waiting') return now
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const depthView = (): DepthExperimentView | null => studio.view().depthExperiment
const labView = (): LossLabView | null => studio.view().lossLab

async function openSpirals(): Promise<void> {
  await ask('dataset.open', [join(samples, 'two-spirals.csv')], null, {})
}

const depth: DepthChoice = {
  depth: 12,
  width: 8,
  steps: 30,
  kinds: [
    { activation: 'sigmoid', initializer: 'glorot-uniform' },
    { activation: 'relu', initializer: 'he-normal' }
  ]
}
const lab: LabChoice = { shift: 8, rate: 0.5, steps: 60 }

describe('the way back through the run in view', () => {
  it('is measured now and of a moment that is gone, and agrees with the looks of the run', async () => {
    await openIris({ epochs: 6 })
    expect(await ask('explain.flow', null)).toBeNull()
    await ask('train.start')
    const run = await runWhen(({ progress }) => progress.status === 'completed')
    // Looks are taken while they cost little; the first epoch has one always.
    const [looked] = run.epochs
    for (const epoch of [1, null]) {
      const flow = await ask('explain.flow', epoch)
      expect(flow).toMatchObject({ runId: run.runId, epoch: epoch ?? 6, rows: 120 })
      expect(flow?.layers.at(-1)).toMatchObject({ layer: 'output', trained: true })
      expect(flow?.sentence).toMatch(/^From the output/)
      flow?.layers.forEach(({ gradientNorm, delta }, i) => {
        expect(delta).toBeGreaterThan(0)
        const norm = looked?.layers?.[i]?.weights?.gradientNorm ?? Number.NaN
        if (epoch === 1) expect((gradientNorm ?? Number.NaN) / norm).toBeCloseTo(1, 3)
        if (epoch === 1) expect(delta / (looked?.layers?.[i]?.delta ?? Number.NaN)).toBeCloseTo(1, 3)
      })
    }
    await expect(ask('explain.flow', 99)).rejects.toMatchObject({ code: 'unknown-moment' })
  })
})

describe('the experiment with depth', () => {
  it('sees the error vanish in sigmoid layers and arrive in ReLU layers, and learns with both', async () => {
    await openIris()
    expect(await ask('explain.tryDepth', depth, null)).toMatchObject({ state: 'running', sentence: null })
    const done = await settled(depthView)
    expect(done).toMatchObject({ state: 'done', error: null, rows: 120 })
    const [sigmoid, relu] = done.contestants
    expect(sigmoid?.label).toBe('Sigmoid, Glorot uniform')
    expect(sigmoid?.looks.map(({ step }) => step).slice(0, 3)).toEqual([0, 2, 3])
    expect(relu?.looks.at(-1)?.step).toBe(30)
    const arrived = (one: typeof sigmoid): number => {
      const trained = one?.looks[0]?.layers.filter((layer) => layer.trained) ?? []
      expect(trained).toHaveLength(12)
      return (trained[0]?.delta ?? NaN) / (trained.at(-1)?.delta ?? NaN)
    }
    expect(arrived(sigmoid)).toBeLessThan(1e-5)
    expect(arrived(relu)).toBeGreaterThan(1e-2)
    expect(done.sentence).toMatch(/the first layer gets 1\/[\d,.e]+ of it with Sigmoid, Glorot uniform and/)
    // Real steps: the weights have moved.
    for (const one of [sigmoid, relu]) expect(one?.looks.at(-1)?.loss).not.toBe(one?.looks[0]?.loss)
    const told = studio.asked().messages.filter(({ type }) => type === 'depth-experiment')
    expect(told.length).toBeGreaterThan(1)
  })

  it('is the same every time', async () => {
    await openIris()
    await ask('explain.tryDepth', depth, null)
    const { contestants } = await settled(depthView)
    await ask('explain.tryDepth', depth, null)
    expect((await settled(depthView)).contestants).toEqual(contestants)
  })

  it('is cancelled, waits for the run in view, and is gone with its dataset', async () => {
    await openIris({ epochs: ENDLESS })
    await ask('explain.tryDepth', { ...depth, steps: 2000 }, null)
    await expect(ask('explain.tryDepth', depth, null)).rejects.toMatchObject({ code: 'experiment-in-progress' })
    await ask('explain.cancelDepth')
    expect(depthView()).toMatchObject({ state: 'cancelled', sentence: null })
    await ask('train.start')
    await ask('explain.tryDepth', depth, null)
    while (depthView()?.state !== 'waiting') await new Promise((resolve) => setImmediate(resolve))
    await ask('train.stop')
    expect((await settled(depthView)).state).toBe('done')
    await openSpirals()
    expect(depthView()).toBeNull()
  })

  it('says what is wrong with one network and goes on with the others', async () => {
    await openIris()
    const kinds = [{ activation: 'relu', initializer: 'none-such' }]
    await ask('explain.tryDepth', { ...depth, kinds }, null)
    expect(await settled(depthView)).toMatchObject({ state: 'failed', error: { code: 'invalid-config' } })
    await studio.draft({ optimizer: { type: 'sgd', config: { learningRate: 1e30 } } })
    await ask('explain.tryDepth', { ...depth, depth: 3 }, null)
    const { state, contestants } = await settled(depthView)
    expect(state).toBe('done')
    expect(contestants.map(({ error }) => error?.code)).toContain('diverged')
    await expect(ask('explain.tryDepth', { ...depth, depth: 2 }, null)).rejects.toMatchObject({
      code: 'invalid-arguments'
    })
  })
})

describe('the loss lab', () => {
  it('trains two classes under three losses from the same answers, and squared error hardly moves', async () => {
    await openSpirals()
    expect(await ask('explain.tryLosses', lab)).toMatchObject({ state: 'running', rows: 0 })
    const { state, lines, sentence, towards, rows } = await settled(labView)
    expect(state).toBe('done')
    expect(rows).toBe(128)
    expect(towards).not.toBeNull()
    expect(lines.map(({ loss }) => loss)).toEqual(['squared', 'log', 'cross-entropy'])
    const [squared, log, cross] = lines
    const start = (line: typeof squared): number => line?.gradient[0] ?? NaN
    expect(new Set(lines.map(({ accuracy }) => accuracy[0])).size).toBe(1)
    expect(start(log) / start(squared)).toBeGreaterThan(100)
    // Of two outputs each has it, with its sign.
    expect(start(cross)).toBeCloseTo(start(log), 6)
    for (const line of lines) {
      expect(line.steps).toHaveLength(61)
      expect([line.accuracy.length, line.gradient.length]).toEqual([61, 61])
    }
    expect(squared?.accuracy.at(-1)).toBe(squared?.accuracy[0])
    expect(log?.gradient.at(-1)).toBeLessThan(start(log))
    expect(sentence).toMatch(/^At the start, for the same mistakes, log loss sends back [\d,]+ times the gradient/)
  })

  it('has two losses for more classes and for labels, and none for values', async () => {
    await openIris()
    await ask('explain.tryLosses', { ...lab, steps: 20 })
    expect((await settled(labView)).lines.map(({ loss }) => loss)).toEqual(['squared', 'cross-entropy'])
    await ask('dataset.open', [join(samples, 'auto-mpg.csv')], null, {})
    await ask('explain.tryLosses', lab)
    expect(await settled(labView)).toMatchObject({ state: 'failed', error: { code: 'loss-lab-regression' } })
  })

  it('is cancelled and keeps what it has found', async () => {
    await openSpirals()
    await ask('explain.tryLosses', { ...lab, steps: 5000 })
    while ((labView()?.lines[0]?.steps.length ?? 0) < 2) await new Promise((resolve) => setImmediate(resolve))
    await ask('explain.cancelLosses')
    const view = labView()
    expect(view?.state).toBe('cancelled')
    expect(view?.lines[0]?.steps.length).toBeGreaterThan(1)
  })
})
