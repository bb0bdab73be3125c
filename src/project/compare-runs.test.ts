import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Table } from '../data'
import type { Setup } from '../shared/setup'
import { beginRun } from './begin-run'
import { compareRuns } from './compare-runs'
import { openExperiment } from './experiment'
import { madeSetup, madeTable, madeValues, madeValueTargets } from './testing/tables'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backprop-studio-compare-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** @returns the rows kept for validation */
async function keep(name: string, table: Table, setup: Setup, ends = true): Promise<readonly number[]> {
  const experiment = openExperiment(table, setup)
  const recorder = await beginRun(join(folder, name), experiment, { paths: [], title: name })
  for await (const event of experiment.training.events()) {
    recorder.record(event, event.step)
    if (!ends && event.type === 'epoch') break
  }
  if (ends) await recorder.finish(await experiment.finish('completed'))
  await recorder.release()
  experiment.training.close()
  return [...experiment.prepared.validationRows]
}

describe('compareRuns', () => {
  it('tells what was set differently, both curves, and whose answers changed on the rows of the first', async () => {
    const table = madeTable('binary')
    const setup = madeSetup('binary', 'log', 'tanh', { epochs: 1 })
    const rows = await keep('weak', table, setup)
    await keep('strong', table, { ...setup, epochs: 60 })
    const { settings, curves, answers, why, runs } = await compareRuns(folder, 'weak', 'strong', table)
    expect(settings).toEqual([{ label: 'Epochs', before: '1', after: '60' }])
    expect(runs.map(({ name }) => name)).toEqual(['weak', 'strong'])
    expect(curves.map(({ epochs }) => epochs.length)).toEqual([1, 60])
    expect(why).toBeNull()
    const [before, after] = answers?.evaluations ?? []
    expect([before?.rows, after?.rows, before?.on]).toEqual([rows.length, rows.length, 'validation'])
    expect(before?.loss).toBeCloseTo(runs[0].last?.validationLoss ?? NaN, 5)
    expect(after?.loss).toBeCloseTo(runs[1].last?.validationLoss ?? NaN, 5)
    const accuracyOf = (view: typeof before) => view?.metrics.find(({ name }) => name === 'accuracy')?.value ?? NaN
    const better = answers?.rows.filter(({ verdict }) => verdict === 'better').length ?? NaN
    const worse = answers?.rows.filter(({ verdict }) => verdict === 'worse').length ?? NaN
    expect(answers?.changed).toBeGreaterThan(0)
    expect(answers?.changed).toBe(better + worse)
    expect(better - worse).toBeCloseTo((accuracyOf(after) - accuracyOf(before)) * rows.length, 6)
    for (const row of answers?.rows ?? []) {
      expect(rows).toContain(row.row)
      expect(row.answers[0]).not.toBe(row.answers[1])
      expect(row.answers[row.verdict === 'better' ? 1 : 0]).toBe(row.actual)
    }
    expect((await compareRuns(folder, 'strong', 'strong', table)).answers).toMatchObject({ changed: 0, rows: [] })
  })

  it('says when the second run was trained on the rows, or the first has none of its own', async () => {
    const table = madeTable('regression')
    const setup = madeSetup('regression', 'squared', 'tanh', { epochs: 30 })
    await keep('one', table, setup)
    await keep('other', table, { ...setup, seed: 4 })
    await keep('all', table, { ...setup, validation: 0 })
    const { why, answers } = await compareRuns(folder, 'one', 'other', table)
    expect(why).toMatch(/^"other" was trained on \d+ of these \d+ rows, which flatters it\.$/)
    const gaps = answers?.rows.map(({ answers: [was, is] }) => Math.abs(Number(was) - Number(is))) ?? []
    expect(gaps).toEqual([...gaps].sort((a, b) => b - a))
    for (const {
      actual,
      answers: [was, is],
      verdict
    } of answers?.rows ?? []) {
      const [old, now] = [Math.abs(Number(was) - Number(actual)), Math.abs(Number(is) - Number(actual))]
      expect(verdict).toBe(now < old ? 'better' : 'worse')
    }
    expect((await compareRuns(folder, 'all', 'one', table)).why).toMatch(/kept no rows for validation/)
  })

  it('serves labels and several values', async () => {
    const labels = madeSetup('multi-label', 'log', 'tanh', { epochs: 1 })
    await keep('labels', madeTable('multi-label'), labels)
    await keep('more labels', madeTable('multi-label'), { ...labels, epochs: 60 })
    const ofLabels = await compareRuns(folder, 'labels', 'more labels', madeTable('multi-label'))
    expect(ofLabels.answers?.rows[0]?.actual).toMatch(/^kind: .+, large: (yes|no), rare: [01]$/)
    const values = madeSetup('regression', 'squared', 'tanh', { epochs: 1, moreTargets: madeValueTargets })
    await keep('values', madeValues(), values)
    await keep('more values', madeValues(), { ...values, epochs: 40 })
    const ofValues = await compareRuns(folder, 'values', 'more values', madeValues())
    expect(ofValues.answers?.rows[0]?.answers[1]).toMatch(/^kind: [\d.]+, mass: [\d.e+]+, gap: [\d.e-]+$/)
  })

  it('says why there are no answers to compare', async () => {
    const table = madeTable('binary')
    const setup = madeSetup('binary', 'log')
    await keep('ended', table, setup)
    await keep('open', table, setup, false)
    await keep('foreign', { ...table, sha256: '1'.repeat(64) }, setup)
    await keep('labels', madeTable('multi-label'), madeSetup('multi-label', 'log'))
    const whyOf = async (one: string, other: string, of: Table | null) => {
      const { answers, why } = await compareRuns(folder, one, other, of)
      expect(answers).toBeNull()
      return why
    }
    expect(await whyOf('ended', 'ended', null)).toMatch(/^Open "test\.csv", which both runs learnt from/)
    expect(await whyOf('ended', 'ended', { ...table, sha256: '2'.repeat(64) })).toMatch(/^Open "test\.csv"/)
    expect(await whyOf('ended', 'open', table)).toMatch(/^"open" has not ended/)
    expect(await whyOf('ended', 'foreign', table)).toMatch(/^The two runs learnt from different data/)
    expect(await whyOf('ended', 'labels', table)).toMatch(/^The two runs predict different things/)
    await expect(compareRuns(folder, 'ended', '../ended', table)).rejects.toMatchObject({ code: 'run-not-found' })
  })
})
