/** The next step of a kept run is the one that its training would have taken. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { frozenStep, provideKernels, type TrainEvent } from '../../engine'
import type { Setup } from '../../shared/setup'
import { beginRun } from '../begin-run'
import { openExperiment, type Experiment } from '../experiment'
import { loadRun } from '../load-run'
import { CHECKPOINTS } from '../run-files'
import { madeSetup, madeTable } from '../testing/tables'
import { heldRun } from './of-run'

// In float32, as runs keep their weights.
provideKernels(kernelBytes)

let parent = ''
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'studio-held-'))
})
afterEach(() => rm(parent, { recursive: true, force: true }))

const table = madeTable('multi-class')
const adam = { type: 'adam', config: { learningRate: 0.02 } }

/** Five steps an epoch. */
const setupWith = (changes: Partial<Setup>) => madeSetup('multi-class', 'cross-entropy', 'tanh', changes)

interface Case {
  readonly name: string
  readonly setup: Setup
  /** What is done at an event; true ends the run there. */
  readonly at?: (event: TrainEvent, experiment: Experiment) => boolean
  /** Whether it came to what the case is there for. */
  readonly is?: (experiment: Experiment, learningRate: number) => boolean
}

const stoppedAt =
  (step: number) =>
  (event: TrainEvent): boolean =>
    event.type === 'step' && event.step === step

const cases: readonly Case[] = [
  { name: 'that ended', setup: setupWith({ optimizer: adam }) },
  { name: 'that was stopped within an epoch', setup: setupWith({ optimizer: adam }), at: stoppedAt(8) },
  { name: 'that was stopped before an epoch was over', setup: setupWith({ optimizer: adam }), at: stoppedAt(10) },
  {
    name: 'under a schedule',
    setup: setupWith({ schedule: { type: 'cosine', config: { finalShare: 0.1 } } }),
    at: stoppedAt(12)
  },
  {
    name: 'on a plateau',
    setup: setupWith({
      optimizer: { type: 'sgd', config: { learningRate: 4 } },
      schedule: { type: 'plateau', config: { plateauPatience: 0 } },
      epochs: 9
    }),
    is: (_, learningRate) => learningRate < 4
  },
  {
    name: 'that took its best epoch back',
    setup: setupWith({
      optimizer: { type: 'adam', config: { learningRate: 1 } },
      earlyStopping: { patience: 1 },
      epochs: 20
    }),
    is: ({ training }) => training.restoredEpoch !== null
  },
  {
    name: 'that was changed while it went on',
    setup: setupWith({ epochs: 4 }),
    at: (event, experiment) => {
      if (stoppedAt(7)(event)) experiment.change({ ...experiment.setup, optimizer: adam, batchSize: 9 })
      return false
    },
    is: ({ setup }) => setup.batchSize === 9
  },
  {
    name: 'with penalties, class weights and smoothed answers',
    setup: setupWith({
      regularization: { l2: 0.1, clipNorm: 0.2 },
      classWeights: 'balanced',
      lossConfig: { labelSmoothing: 0.2 }
    })
  }
]

/** Trains and keeps a run. */
async function kept({ setup, at }: Case): Promise<{ readonly folder: string; readonly experiment: Experiment }> {
  const folder = join(parent, 'run')
  const experiment = openExperiment(table, setup)
  const recorder = await beginRun(folder, experiment, { paths: [], title: 'Made' })
  let stopped = false
  for await (const event of experiment.training.events()) {
    recorder.record(event, experiment.elapsedMs)
    stopped = at?.(event, experiment) ?? false
    if (stopped) break
  }
  await recorder.finish(await experiment.finish(stopped ? 'stopped' : 'completed'))
  return { folder, experiment }
}

describe('the next step of a run', () => {
  it.each(cases)('$name is what its training would take', async (each) => {
    const { folder, experiment } = await kept(each)
    const { held, remembers } = await heldRun(folder, await loadRun(folder))
    const next = frozenStep({ ...experiment.trainOptions, from: experiment.state() })
    expect(each.is?.(experiment, next.learningRate) ?? true).toBe(true)
    experiment.training.close()
    expect(remembers).toBe(true)
    const { step, ofOptimizer, learningRate, scalars } = next
    expect(held).toMatchObject({ step, ofOptimizer, learningRate, scalars })
    expect(new Map(held.held)).toEqual(new Map(next.held))
    const { config, lossSettings, regularization, loss, seed } = next.problem
    expect(held.problem).toMatchObject({ config, lossSettings, regularization, loss, seed })
    expect(held.problem.optimizer.type).toBe(next.problem.optimizer.type)
  })

  it('without its last checkpoint has the weights, and an optimizer that is new', async () => {
    const { folder, experiment } = await kept({ name: '', setup: setupWith({ optimizer: adam }) })
    await rm(join(folder, CHECKPOINTS), { recursive: true })
    const { held, remembers } = await heldRun(folder, await loadRun(folder))
    const next = frozenStep({ ...experiment.trainOptions, from: experiment.state() })
    experiment.training.close()
    expect(remembers).toBe(false)
    expect(held).toMatchObject({ step: next.step, ofOptimizer: 1 })
    expect(held.held.get('dense1.weight')).toEqual(next.held.get('dense1.weight'))
    for (const [name, numbers] of held.held) {
      if (name.startsWith('optimizer.')) expect(numbers, name).toEqual(new Float64Array(numbers.length))
    }
  })
})
