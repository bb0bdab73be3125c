import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { readTable, suggestSetup, type Table } from '../data'
import { provideKernels } from '../engine'
import { openExperiment, type Experiment } from '../project'
import type { Setup } from '../shared/setup'
import { runTrial } from './shadowTrial'

provideKernels(kernelBytes)

let table: Table
beforeAll(async () => {
  table = await readTable(join(import.meta.dirname, '../../resources/samples/iris.csv'))
})

async function trained(epochs: number, changes: Partial<Setup> = {}): Promise<Experiment> {
  const experiment = openExperiment(table, { ...suggestSetup(table, 'species'), epochs: 60, ...changes })
  const events = experiment.training.events()
  while (experiment.epochs.length < epochs) await events.next()
  return experiment
}

const byLoss = (change: Partial<Setup>) => ({ remedy: { change }, measure: 'training-loss' as const })
const adam = (learningRate: number): Partial<Setup> => ({ optimizer: { type: 'adam', config: { learningRate } } })

/** A clock that ends the trial after so many looks. */
function clock(looks: number): () => number {
  let time = 0
  return () => (time += 2000 / looks)
}

describe('runTrial', () => {
  it('shows what a higher rate does for a run that crawls, and leaves the run where it is', async () => {
    const experiment = await trained(3, adam(1e-6))
    const before = [...experiment.training.parameters]
    const {
      without,
      with: remedied,
      sentence
    } = await runTrial({ table, experiment, ...byLoss(adam(0.01)) }, clock(600))
    expect(sentence).toMatch(/^After \S+ epochs the training loss is \S+ with it and \S+ without: \d+ % lower\.$/)
    expect(remedied.loss.at(-1)).toBeLessThan(without.loss.at(-1) ?? NaN)
    expect(remedied.x.length).toBe(remedied.loss.length)
    expect(without.x[0]).toBeGreaterThan(0)
    expect([...experiment.training.parameters]).toEqual(before)
    expect(experiment.epochs).toHaveLength(3)
  })

  it('says so where nothing differs, and where the remedy breaks the run', async () => {
    const experiment = await trained(2)
    const same = await runTrial({ table, experiment, ...byLoss({}) }, clock(300))
    expect(same.sentence).toMatch(/no clear difference yet\.$/)
    expect(same.with).toEqual(same.without)
    const wild = { optimizer: { type: 'sgd', config: { learningRate: 1e30, weightDecay: 0.5 } } }
    const broken = await runTrial({ table, experiment, ...byLoss(wild) }, clock(300))
    expect(broken.sentence).toMatch(/better not/)
  })

  it('begins anew where the remedy is of another network, and tries one on a run that has ended', async () => {
    const experiment = await trained(60)
    const wider = { layers: [{ name: 'wide', type: 'dense', inputs: [], config: { units: 64, activation: 'relu' } }] }
    const { without, sentence } = await runTrial({ table, experiment, ...byLoss(wider) }, clock(400))
    // Both from the first weights: the loss is what it is before anything is learned.
    expect(without.loss[0]).toBeGreaterThan(0.5)
    expect(sentence).toMatch(/^After /)
    experiment.training.close()
    const longer = await runTrial({ table, experiment, ...byLoss(adam(0.02)) }, clock(300))
    expect(longer.without.x.length).toBeGreaterThan(0)
  })

  it('begins anew where what was learned is spoiled', async () => {
    const experiment = await trained(3, adam(3))
    const remedy = { change: adam(0.01), anew: true }
    const { with: remedied } = await runTrial({ table, experiment, remedy, measure: 'training-loss' }, clock(600))
    expect(remedied.loss[0]).toBeLessThan(2)
    expect(remedied.loss.at(-1)).toBeLessThan(0.5)
  })

  it.each([
    ['recall', { classWeights: 'balanced' }, /Recall is \S+ % with it/],
    ['first-metric', { prepare: false }, /Accuracy is \S+ % with it/],
    ['validation-loss', { regularization: { l2: 0.01 } }, /the validation loss is \S+ with it/]
  ] as const)('judges by %s what cannot be judged by the training loss', async (measure, change, sentence) => {
    const experiment = await trained(2, adam(0.01))
    const result = await runTrial({ table, experiment, remedy: { change }, measure }, clock(600))
    expect(result.sentence).toMatch(sentence)
  })

  it('ends at once where nobody waits for it any more, and leaves the run as it is', async () => {
    const experiment = await trained(2)
    const before = [...experiment.training.parameters]
    const cancel = new AbortController()
    let looks = 0
    const now = () => {
      looks += 1
      if (looks === 50) cancel.abort()
      return 0
    }
    const tried = runTrial({ table, experiment, ...byLoss(adam(0.02)), signal: cancel.signal }, now)
    await expect(tried).rejects.toMatchObject({ code: 'cancelled' })
    expect(looks).toBe(50)
    expect([...experiment.training.parameters]).toEqual(before)
  })
})
