import { describe, expect, it } from 'vitest'
import { foldSplit, prepare } from '../data'
import { Cancelled, NumericError } from '../shared/errors'
import { crossValidate, type FoldProgress, type FoldResult } from './cross-validation'
import { openExperiment } from './experiment'
import { madeSetup, madeTable, numberColumn, tableOf } from './testing/tables'

const table = madeTable('multi-class')
const setup = madeSetup('multi-class', 'cross-entropy')

describe('crossValidate', () => {
  it('measures each network on its own fold, and says how much they vary', async () => {
    const progress: FoldProgress[] = []
    const told: FoldResult[] = []
    const { folds, metrics, validationLoss, testRows } = await crossValidate(table, setup, 4, {
      onProgress: (each) => progress.push(each),
      onFold: (each) => void told.push(each)
    })
    expect(told).toEqual(folds)
    expect(testRows).toBe(0)
    expect(folds.map(({ fold, epochs }) => [fold, epochs])).toEqual([1, 2, 3, 4].map((fold) => [fold, setup.epochs]))
    expect(folds.reduce((sum, { validationRows }) => sum + validationRows, 0)).toBe(table.rows)
    for (const { trainRows, validationRows } of folds) expect(trainRows + validationRows).toBe(table.rows)
    expect(progress.map(({ fold, epoch }) => `${fold}.${epoch}`)).toEqual(
      [1, 2, 3, 4].flatMap((fold) => [0, 1, 2, 3, 4, 5].map((epoch) => `${fold}.${epoch}`))
    )
    const accuracies = folds.map((each) => each.metrics['accuracy'] ?? NaN)
    const mean = accuracies.reduce((sum, value) => sum + value, 0) / 4
    const variance = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3
    expect(metrics['accuracy']?.mean).toBeCloseTo(mean, 12)
    expect(metrics['accuracy']?.std).toBeCloseTo(Math.sqrt(variance), 12)
    expect(validationLoss.std).toBeGreaterThan(0)
  })

  it('gives what a network trained on those rows alone gives', async () => {
    const { folds } = await crossValidate(table, setup, 3)
    const experiment = openExperiment(table, setup, { part: foldSplit(1, 3) })
    for await (const event of experiment.training.events()) expect(event.step).toBeGreaterThan(0)
    const { record } = await experiment.finish('completed')
    expect(folds[1]).toMatchObject(record.final)
    expect(folds[1]?.metrics).not.toEqual(folds[0]?.metrics)
  })

  it('prepares each fold by its training rows alone', () => {
    const spoiled = table.columns.map((column) => {
      if (column.type !== 'number' || column.name === setup.target) return column
      const { validationRows } = prepare(table, setup, foldSplit(2, 5))
      const aside = new Set(validationRows)
      return numberColumn(
        column.name,
        Array.from(column.values, (value, row) => (aside.has(row) ? 1e6 + row : Number.isNaN(value) ? null : value))
      )
    })
    const preparations = [0, 1, 2, 3, 4].map((fold) => {
      const of = (columns: typeof spoiled) => prepare(tableOf(columns), setup, foldSplit(fold, 5)).preparation
      return JSON.stringify(of(spoiled)) === JSON.stringify(of([...table.columns]))
    })
    expect(preparations).toEqual([false, false, true, false, false])
  })

  it('is the same for the same seed, and another for another', async () => {
    const first = await crossValidate(table, setup, 3)
    expect(await crossValidate(table, setup, 3)).toEqual(first)
    expect((await crossValidate(table, { ...setup, seed: 9 }, 3)).metrics).not.toEqual(first.metrics)
  })

  it('leaves the rows for the test alone', async () => {
    const { folds, testRows } = await crossValidate(table, { ...setup, test: 0.2 }, 3)
    expect(testRows).toBe(18)
    expect(folds.reduce((sum, { validationRows }) => sum + validationRows, 0)).toBe(72)
  })

  it('says once what all folds have in common, and all else with its fold', async () => {
    const rows = 12
    const data = tableOf([
      numberColumn(
        'x',
        Array.from({ length: rows }, (_, row) => row * row)
      ),
      numberColumn('kind', [7, ...Array.from({ length: rows - 1 }, (_, row) => row % 2)])
    ])
    const { notices } = await crossValidate(data, setup, 3)
    const rare = notices.filter(({ code }) => code === 'rare-class').map(({ message }) => message)
    const untrained = notices.filter(({ code }) => code === 'untrained-class').map(({ message }) => message)
    expect(rare).toHaveLength(1)
    expect(rare[0]).toMatch(/^A single row/)
    expect(untrained).toHaveLength(1)
    expect(untrained[0]).toMatch(/^Fold [123]: No training row has "7"/)
  })

  it('refuses more folds than rows, and fewer than two', async () => {
    await expect(crossValidate(table, setup, 91)).rejects.toMatchObject({ code: 'too-few-rows' })
    await expect(crossValidate(table, setup, 1)).rejects.toMatchObject({ code: 'invalid-folds' })
  })

  it('stops between steps when it is cancelled, and gives others their turns', async () => {
    const controller = new AbortController()
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const long = crossValidate(table, { ...setup, epochs: 1_000_000 }, 3, {
      signal: controller.signal,
      onProgress: () => {
        if (turns > 3) controller.abort()
      }
    })
    await expect(long).rejects.toBeInstanceOf(Cancelled)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(3)
  })

  it('names the fold whose numbers left the finite range', async () => {
    const wild = { ...setup, epochs: 50, optimizer: { type: 'sgd', config: { learningRate: 1e30, momentum: 0.9 } } }
    const thrown: unknown = await crossValidate(
      madeTable('regression'),
      { ...wild, task: 'regression', loss: 'squared' },
      3,
      {
        executor: 'reference'
      }
    ).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(NumericError)
    expect(thrown).toMatchObject({ details: { fold: 1 } })
    expect(String(thrown)).toContain('Fold 1: ')
  })
})
