import { describe, expect, it } from 'vitest'
import { crossValidate } from '../project'
import { madeSetup, madeTable } from '../project/testing/tables'
import type { CrossValidationView } from '../shared/cross-validation'
import { CrossValidating } from './crossValidating'

const table = madeTable('multi-class')
const setup = madeSetup('multi-class', 'cross-entropy')
const long = { ...setup, epochs: 100_000 }

function begun() {
  const told: (CrossValidationView | null)[] = []
  const run = { trains: false }
  const validating = new CrossValidating(
    (view) => told.push(view),
    () => run.trains
  )
  const when = async (wanted: (view: CrossValidationView) => boolean): Promise<CrossValidationView> => {
    for (;;) {
      const { view } = validating
      if (view !== null && wanted(view)) return view
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { validating, told, run, when }
}

describe('CrossValidating', () => {
  it('answers at once, and tells every fold and what they have in common', async () => {
    const { validating, told, when } = begun()
    expect(validating.view).toBeNull()
    expect(validating.start(table, setup, 3)).toMatchObject({ state: 'running', folds: 3, fold: 1, results: [] })
    const done = await when(({ state }) => state === 'completed')
    const { folds, ...summary } = await crossValidate(table, setup, 3)
    expect(done).toMatchObject({ results: folds, summary, error: null })
    expect(told.at(-1)).toEqual(done)
    const counts = told.map((view) => view?.results.length ?? 0)
    expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3]))
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    // It may be begun again.
    expect(validating.start(table, setup, 2)).toMatchObject({ state: 'running', results: [] })
    validating.forget()
  })

  it('is cancelled at once, keeps the folds that are done, and says nothing more', async () => {
    const { validating, told } = begun()
    validating.start(table, long, 3)
    expect(() => validating.start(table, long, 3)).toThrow(
      expect.objectContaining({ code: 'cross-validation-in-progress' })
    )
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(validating.cancel()).toBeNull()
    expect(validating.view).toMatchObject({ state: 'cancelled', summary: null })
    const count = told.length
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(told).toHaveLength(count)
    expect(validating.cancel()).toBeNull()
    expect(told).toHaveLength(count)
  })

  it('waits while the run trains, and goes on after', async () => {
    const { validating, run, when } = begun()
    run.trains = true
    validating.start(table, setup, 2)
    const { elapsedMs } = await when(({ state }) => state === 'waiting')
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(validating.view).toMatchObject({ state: 'waiting', epoch: 0, results: [], elapsedMs })
    run.trains = false
    expect((await when(({ state }) => state === 'completed')).results).toHaveLength(2)
    run.trains = true
    validating.start(table, setup, 2)
    await when(({ state }) => state === 'waiting')
    validating.cancel()
    expect(validating.view?.state).toBe('cancelled')
  })

  it('puts figures of another setup away until it is back, and ends what is under way', async () => {
    const { validating, told, when } = begun()
    validating.start(table, setup, 2)
    const done = await when(({ state }) => state === 'completed')
    validating.setupChanged({ ...setup })
    expect(validating.view).toEqual(done)
    validating.setupChanged({ ...setup, batchSize: 5 })
    expect(told.at(-1)).toMatchObject({ state: 'outdated', results: [], summary: null })
    validating.setupChanged({ ...setup })
    expect(told.at(-1)).toEqual(done)

    validating.start(table, long, 2)
    validating.setupChanged(setup)
    expect(validating.view?.state).toBe('outdated')
    validating.setupChanged(long)
    expect(validating.view?.state).toBe('cancelled')
    validating.forget()
    expect([validating.view, told.at(-1)]).toEqual([null, null])
  })

  it('says why it failed', async () => {
    const { validating, when } = begun()
    validating.start(table, { ...setup, target: 'nothing' }, 2)
    const { error } = await when(({ state }) => state === 'failed')
    expect(error?.code).toBe('unknown-target')
  })
})
