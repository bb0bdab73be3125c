/** The doctor is quiet about the sample datasets as the studio suggests to train them, at every epoch. */
import path from 'node:path'
import { expect, it } from 'vitest'
import { readTable, sampleById, sampleSetup } from '../data'
import { examine } from '../engine/doctor'
import { patientsOf } from '../engine/doctor/testing'
import type { Setup } from '../shared/setup'
import { openExperiment } from './experiment'

const folder = path.resolve(import.meta.dirname, '../../resources/samples')
async function experimentOf(id: string, changes: (suggested: Setup) => Partial<Setup>) {
  const sample = await sampleById(folder, id)
  const table = await readTable(sample.path)
  const suggested = sampleSetup(table, sample)
  const experiment = openExperiment(table, { ...suggested, ...changes(suggested) })
  // Only what it would train with is wanted.
  experiment.training.close()
  return experiment
}

const seeds = Array.from({ length: Number(process.env['DOCTOR_SEEDS'] ?? 5) }, (_, i) => i + 1)

/** All that is said over the runs of some seeds. */
async function said(id: string, changes: (suggested: Setup) => Partial<Setup> = () => ({})): Promise<string[]> {
  const found: string[] = []
  for (const seed of seeds) {
    const { trainOptions } = await experimentOf(id, (suggested) => ({ ...changes(suggested), seed }))
    for await (const patient of patientsOf(trainOptions)) {
      for (const { rule, sentence } of examine(patient)) {
        found.push(`seed ${seed}, epoch ${patient.epochs.length}: ${rule}: ${sentence}`)
      }
    }
  }
  return found
}

it.each(['iris', 'penguins', 'auto-mpg', 'two-spirals'])('%s', async (id) => {
  expect(await said(id)).toEqual([])
})

it.each([0.01, 0.03])('no flat stretch that is left behind is called underfitting, at a rate of %d', async (rate) => {
  const optimizer = { type: 'sgd', config: { learningRate: rate, momentum: 0.9 } }
  expect(await said('two-spirals', () => ({ optimizer }))).toEqual([])
})
