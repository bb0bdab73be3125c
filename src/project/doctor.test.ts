/** The doctor is quiet about the sample datasets as the studio suggests to train them, at every epoch. */
import path from 'node:path'
import { expect, it } from 'vitest'
import { readTable, sampleById, sampleSetup } from '../data'
import { examine } from '../engine/doctor'
import { patientsOf } from '../engine/doctor/testing'
import { openExperiment } from './experiment'

const folder = path.resolve(import.meta.dirname, '../../resources/samples')
const seeds = Array.from({ length: Number(process.env['DOCTOR_SEEDS'] ?? 5) }, (_, i) => i + 1)

it.each(['iris', 'penguins', 'auto-mpg', 'two-spirals'])('%s', async (id) => {
  const sample = await sampleById(folder, id)
  const table = await readTable(sample.path)
  const found: string[] = []
  for (const seed of seeds) {
    const experiment = openExperiment(table, { ...sampleSetup(table, sample), seed })
    experiment.training.close()
    for await (const patient of patientsOf(experiment.trainOptions)) {
      for (const { rule, sentence } of examine(patient)) {
        found.push(`seed ${seed}, epoch ${patient.epochs.length}: ${rule}: ${sentence}`)
      }
    }
  }
  expect(found).toEqual([])
})
