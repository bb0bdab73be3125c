import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { errorDecades, type GradientCheckView } from '../shared/gradient-checks'
import type { Setup } from '../shared/setup'
import { ENDLESS, iris, studioOfEachTest } from './testing-studio'

provideKernels(kernelBytes)

const studio = studioOfEachTest()
const { ask, runWhen } = studio

async function checkWhen(wanted: (view: GradientCheckView) => boolean): Promise<GradientCheckView> {
  for (;;) {
    const { gradientCheck } = studio.view()
    if (gradientCheck !== null && wanted(gradientCheck)) return gradientCheck
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A network whose check takes a while. */
const large: Partial<Setup> = {
  epochs: ENDLESS,
  layers: [{ name: 'dense1', type: 'dense', inputs: [], config: { units: 400 } }]
}

const ended = ({ state }: GradientCheckView) => state !== 'running'

describe('a gradient check that is asked for', () => {
  it('checks drawn numbers of the run as it stands, and is kept with it', async () => {
    await studio.openIris({ epochs: ENDLESS })
    await expect(ask('explain.checkGradients', { epoch: null, samples: 50 })).rejects.toMatchObject({ code: 'no-run' })
    for (let step = 0; step < 9; step += 1) await ask('train.step', 'step')
    const parameters = studio.view().run?.parameters ?? NaN
    const begun = await ask('explain.checkGradients', { epoch: null, samples: 50 })
    expect(begun).toMatchObject({ state: 'running', done: 0, wanted: 50, found: null })
    const { found, state } = await checkWhen(ended)
    expect(state).toBe('done')
    expect(found?.check).toMatchObject({ parameters, checked: 50, step: 10, epoch: 2, tooSmall: false })
    expect(found?.check.maxRelativeError).toBeLessThan(1e-5)
    expect(found?.parameters.reduce((sum, each) => sum + each.numbers, 0)).toBe(parameters)
    expect(found?.parameters.reduce((sum, each) => sum + each.checked, 0)).toBe(50)
    const worst = found?.parameters.map((each) => each.worst?.relativeError ?? 0) ?? []
    expect(Math.max(...worst)).toBe(found?.check.maxRelativeError)
    const counted = found?.histogram.reduce((sum, count) => sum + count, 0)
    expect(counted).toBe(50 - (found?.check.kinks ?? NaN))
    expect(found?.histogram).toHaveLength(errorDecades.length + 1)
    // What is checked is the batch that the next step takes: the microscope shows the same numbers.
    const { worst: shown } = found?.check ?? {}
    const view = await ask('explain.open', { of: { kind: 'view', epoch: null }, on: { kind: 'batch', shown: 0 } })
    const { gradient } = await ask('explain.parameter', view.id, shown?.parameter ?? '')
    expect(gradient[shown?.index ?? -1]).toBe(shown?.analytic)
    const { facts } = await runWhen((run) => run.facts.gradientChecks.asked.length === 1)
    expect(facts.gradientChecks).toEqual({
      asked: [found?.check],
      summary: { checks: 1, failed: 0, largest: { error: found?.check.maxRelativeError, epoch: 2 } }
    })
    // Another one draws others, and all of them where there are no more.
    await ask('explain.checkGradients', { epoch: 0, samples: 10_000 })
    const all = await checkWhen((each) => ended(each) && each.choice.epoch === 0)
    expect(all.found?.check).toMatchObject({ checked: parameters, epoch: 0, step: 1 })
    expect(all.found?.check.seed).not.toBe(found?.check.seed)
    const name = facts.kept.name ?? ''
    await studio.closeAndOpen()
    expect((await ask('runs.list'))[0]?.gradientChecks).toMatchObject({ checks: 2, failed: 0 })
    await ask('train.continue', name, null, false)
    const again = await runWhen((run) => run.facts.gradientChecks.asked.length === 2)
    expect(again.facts.gradientChecks.asked).toEqual([found?.check, all.found?.check])
  })

  it('goes on beside a run that trains, tells how far it is and can be cancelled', async () => {
    await studio.openIris(large)
    await ask('train.start')
    const { progress } = await runWhen((run) => run.progress.step > 50)
    await ask('explain.checkGradients', { epoch: null, samples: 1000 })
    await expect(ask('explain.checkGradients', { epoch: null, samples: 50 })).rejects.toMatchObject({
      code: 'experiment-in-progress'
    })
    await checkWhen(({ done }) => done > 10)
    await runWhen((run) => run.progress.step > progress.step + 50)
    await ask('explain.cancelCheck')
    const cancelled = await checkWhen(ended)
    expect(cancelled).toMatchObject({ state: 'cancelled', found: null })
    expect(studio.view().run?.facts.gradientChecks).toEqual({ asked: [], summary: null })
    const told = studio
      .asked()
      .messages.flatMap((message) =>
        message.type === 'gradient-check' && message.gradientCheck !== null ? [message.gradientCheck.done] : []
      )
    expect(told.some((done) => done > 0 && done < 1000)).toBe(true)
  })

  it('ends with the run that it is of', async () => {
    await studio.openIris(large)
    await ask('train.step', 'step')
    await ask('explain.checkGradients', { epoch: null, samples: 10_000 })
    await ask('train.reset')
    expect((await checkWhen(ended)).state).toBe('cancelled')
    await ask('dataset.open', [iris], null, {})
    expect(studio.view().gradientCheck).toBeNull()
  })

  it('shows what was found where it cannot be kept, and says why', async () => {
    await studio.openIris({ epochs: ENDLESS })
    await ask('train.step', 'step')
    const { name } = (await runWhen((run) => run.facts.kept.name !== null)).facts.kept
    await rm(studio.at('runs', name ?? ''), { recursive: true })
    await ask('explain.checkGradients', { epoch: null, samples: 50 })
    const view = await checkWhen(ended)
    expect(view).toMatchObject({ state: 'failed', found: { check: { checked: 50 } } })
    expect(view.error?.message).not.toContain(join('runs', name ?? ''))
  })

  it('refuses a moment that there is not', async () => {
    await studio.openIris({ epochs: ENDLESS })
    await ask('train.step', 'step')
    await ask('explain.checkGradients', { epoch: 9, samples: 50 })
    expect(await checkWhen(ended)).toMatchObject({ state: 'failed', error: { code: 'unknown-moment' } })
  })
})

describe('checks after each epoch', () => {
  const changes = { epochs: 6, gradientSamples: 30 }

  it('are told with the epochs and the facts, and change no weight, whoever looks on', async () => {
    const without = await studio.uninterrupted({ epochs: 6 })
    await studio.openIris(changes)
    await ask('train.start')
    await runWhen((run) => run.epochs.length > 1)
    await ask('explain.checkGradients', { epoch: null, samples: 50 })
    expect(await studio.keptWeights()).toBe(without)
    const { runId, epochs, facts } = await runWhen(() => true)
    expect(epochs.map(({ gradientCheck }) => gradientCheck?.checked)).toEqual([30, 30, 30, 30, 30, 30])
    expect(facts.gradientChecks.summary).toMatchObject({ failed: 0 })
    expect(facts.gradientChecks.summary?.checks).toBeGreaterThanOrEqual(6)
    const told = studio
      .asked()
      .messages.flatMap((message) => (message.type === 'frame' && message.runId === runId ? message.epochs : []))
    for (const { epoch, gradientCheck } of told) expect(gradientCheck).toEqual(epochs[epoch - 1]?.gradientCheck)
  })

  it('wait for nobody: paused, changed, gone on with, forked and trained again, the weights are the same', async () => {
    const without = await studio.uninterrupted({ epochs: 6 })
    await studio.openIris(changes)
    await ask('train.step', 'epoch')
    await ask('train.step', 'step')
    await studio.draft({ gradientSamples: 0 })
    const changed = await ask('train.change')
    expect(changed.facts.changes.map(({ settings }) => settings.map(({ label }) => label))).toEqual([
      ['Checked gradients']
    ])
    await ask('train.step', 'epoch')
    await studio.draft({ gradientSamples: 30 })
    await ask('train.change')
    await ask('train.resume')
    expect(await studio.keptWeights()).toBe(without)
    const { epochs, facts } = await runWhen(() => true)
    expect(epochs.map(({ gradientCheck }) => gradientCheck?.checked ?? 0)).toEqual([30, 0, 30, 30, 30, 30])
    await ask('train.again', facts.kept.name ?? '')
    const again = await runWhen((run) => run.facts.repeats?.identical !== null && run.savedAs !== null)
    expect(again.facts.repeats?.identical).toBe(true)
    expect(again.epochs.map(({ gradientCheck }) => gradientCheck?.maxRelativeError)).toEqual(
      epochs.map(({ gradientCheck }) => gradientCheck?.maxRelativeError)
    )
    await ask('train.fork', 3)
    expect(await studio.keptWeights()).toBe(without)
    expect(studio.view().run?.facts.gradientChecks.summary?.checks).toBe(5)
  })
})
