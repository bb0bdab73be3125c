/** A column of many categories, each with a vector of its own: trained, kept, read again, asked and exported. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import type { Table } from '../../data'
import { executorNames, provideKernels, RandomStream, type ExecutorName } from '../../engine'
import { evaluateRun, loadRun, openExperiment, predictTable, saveRun, type Run } from '../../project'
import { categoryColumn, madeSetup, numberColumn, tableOf } from '../../project/testing/tables'
import { onnx } from './onnx'

const CATEGORIES = 40
const ROWS = 1200

/** Which of 40 cities decides the kind, but for an eighth of a noisy number. */
function cities(): Table {
  const random = new RandomStream(11, 'cities')
  const kinds = Array.from({ length: CATEGORIES }, () => random.below(2))
  const city = Array.from({ length: ROWS }, () => random.below(CATEGORIES))
  const noise = Array.from({ length: ROWS }, () => random.normal())
  return tableOf([
    numberColumn('noise', noise),
    categoryColumn(
      'city',
      city.map((each) => `city ${each}`)
    ),
    categoryColumn(
      'kind',
      city.map((each) => (kinds[each] === 1 ? 'inland' : 'coast'))
    )
  ])
}

const setup = madeSetup('binary', 'log', 'relu', {
  columns: [{ name: 'city', encoding: 'embedding', size: 4 }],
  layers: [{ name: 'dense1', type: 'dense', inputs: [], config: { units: 8, activation: 'relu' } }],
  optimizer: { type: 'adam', config: { learningRate: 0.01 } },
  epochs: 25
})

let folder = ''
beforeAll(async () => {
  provideKernels(kernelBytes)
  folder = await mkdtemp(path.join(tmpdir(), 'embedding-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function trained(table: Table, executor: ExecutorName): Promise<Run> {
  const experiment = openExperiment(table, setup, { executor })
  expect(experiment.training.executor.name).toBe(executor)
  for await (const _event of experiment.training.events()) {
    // Pulling an event is what trains.
  }
  const run = await experiment.finish('completed')
  experiment.training.close()
  return run
}

it.each(executorNames)('a column of 40 categories is learned by vectors of 4 numbers, by %s', async (executor) => {
  const table = cities()
  const run = await trained(table, executor)
  expect(run.parameters.get('embed_city.weight')?.shape).toEqual([CATEGORIES + 1, 4])
  expect(run.metrics.at(-1)?.metrics['accuracy']).toBeGreaterThan(0.98)

  const place = path.join(folder, executor)
  await saveRun(place, run)
  const again = await loadRun(place)
  // Cities that were never seen and none at all among them.
  const asked = tableOf([
    numberColumn('noise', [0.5, -0.5, null, 1]),
    categoryColumn('city', ['city 7', 'Atlantis', null, 'city 39'])
  ])
  expect(await predictTable(again, asked)).toEqual(await predictTable(run, asked))
  expect(evaluateRun(again, table).metrics.find(({ name }) => name === 'accuracy')?.value).toBeGreaterThan(0.98)

  const verification = await onnx.verify(await onnx.write(again), again, table)
  expect(verification.worstShare).toBeLessThan(1)
  expect(verification.wrongLabels).toBe(0)
})
