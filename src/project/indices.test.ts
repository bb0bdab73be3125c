import { describe, expect, it } from 'vitest'
import { setupDefaults, type Setup } from '../shared/setup'
import { openExperiment } from './experiment'
import { predictTable } from './predict'
import { categoryColumn, numberColumn, tableOf } from './testing/tables'

const ROWS = 40
/** Row 30, counted from 1, has a 77 in the second column. */
const table = (wrong: number, at = 29) =>
  tableOf([
    numberColumn(
      'first',
      Array.from({ length: ROWS }, (_, row) => row % 10)
    ),
    numberColumn(
      'word',
      Array.from({ length: ROWS }, (_, row) => (row === at ? wrong : (row * 3) % 10))
    ),
    categoryColumn(
      'y',
      Array.from({ length: ROWS }, (_, row) => (row % 10 > 5 ? 'a' : 'b'))
    )
  ])
const setup = (changes: Partial<Setup>): Setup => ({
  ...setupDefaults,
  ...{ target: 'y', task: 'binary', loss: 'log', ignored: [], layers: [], prepare: false, epochs: 1 },
  optimizer: { type: 'adam', config: {} },
  model: {
    inputShape: [2],
    layers: [
      { name: 'words', type: 'embedding', inputs: ['input'], config: { numEmbeddings: 10, embeddingDim: 2 } },
      { name: 'flat', type: 'flatten', inputs: ['words'], config: {} },
      { name: 'o', type: 'dense', inputs: ['flat'], config: { units: 1, activation: 'identity' } }
    ],
    output: 'o'
  },
  ...changes
})
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'index-out-of-range', message: expect.stringMatching(message) as string }) as Error

describe('indices of a table', () => {
  it.each([1, 2, 3, 4, 5])('name the row and the column of the file, whatever part the row is in (seed %i)', (seed) => {
    expect(() => openExperiment(table(77), setup({ seed }))).toThrow(
      refused(/row 30, column "word": .* from 0 to 9, .*layer "words".*got 77\. .*at least 78 entries/)
    )
  })

  it('say what to do with numbers that can be no index', () => {
    expect(() => openExperiment(table(-1), setup({}))).toThrow(refused(/row 30, .*got -1\. Correct the row/))
    expect(() => openExperiment(table(1), setup({ prepare: true }))).toThrow(
      refused(/after preparation\. .*--no-prepare/)
    )
  })

  it('are checked where a run is asked too', async () => {
    const experiment = openExperiment(table(1), setup({}))
    for await (const event of experiment.training.events()) expect(event.epoch).toBe(1)
    const run = await experiment.finish('completed')
    experiment.training.close()
    await expect(predictTable(run, table(12, 2))).rejects.toEqual(refused(/row 3, column "word".*got 12/))
  })
})
