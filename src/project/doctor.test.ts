/** The doctor is quiet about the sample datasets as the studio suggests to train them, at every epoch. */
import path from 'node:path'
import { expect, it } from 'vitest'
import { readTable, sampleById, sampleSetup } from '../data'
import type { TrainOptions } from '../engine'
import { examine, saferRate, type Patient } from '../engine/doctor'
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

it.each([3, 10])('advises a rate that is learned with where %d leads beyond all bounds', async (learningRate) => {
  const optimizer = { type: 'sgd', config: { learningRate } }
  for (const seed of seeds) {
    const { trainOptions } = await experimentOf('auto-mpg', () => ({ optimizer, seed, epochs: 20 }))
    const patient = await lastOf(trainOptions)
    expect(patient.diverged).toBe(true)
    const [finding] = examine(patient)
    expect(finding?.sentence).toMatch(/ beyond all bounds in epoch \d+\.$/)
    // What the doctor advises, and what is advised without a look at the steps.
    for (const advised of [saferRate(optimizer, patient.steps), saferRate(optimizer)]) {
      const cured = { ...trainOptions, optimizer: { type: 'sgd', config: { learningRate: advised ?? NaN } } }
      const { diverged, epochs, constantLoss } = await lastOf(cured)
      expect(diverged).toBe(false)
      expect(epochs.at(-1)?.trainLoss).toBeLessThan(0.3 * (constantLoss ?? NaN))
    }
    expect(finding?.cure).toMatchObject({ kind: 'learning-rate', value: saferRate(optimizer, patient.steps) })
  }
})

/** How it ends. */
async function lastOf(options: TrainOptions): Promise<Patient> {
  let last: Patient | null = null
  for await (const patient of patientsOf(options)) last = patient
  if (last === null) throw new Error('no epoch ended')
  return last
}
