import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runWith } from '../state/testing'
import { epochsOffered, hasEnded, reasonsOf, sameWeights } from './actions'
import { filtered, lined, noFilter, sorted } from './arrange'
import { asInView } from './live'
import { defaultPreferences, keepPreferences, readPreferences } from './preferences'
import { repeatText } from './repeat'
import { columnsOf, defaultColumns, differingColumns, settingColumn, titleColumn } from './runColumns'
import { summaryWith } from './testing'

const rate = (value: string) => ({ key: 'optimizer.learningRate', label: 'Learning rate', value })
const measured = (validationLoss: number | null, metrics: Record<string, number> = {}) => ({
  epoch: 3,
  trainLoss: 0.5,
  validationLoss,
  metrics
})

function columnOf(id: string, runs = [summaryWith()]) {
  const { facts, metrics, settings } = columnsOf(runs)
  const column = [...facts, ...metrics, ...settings].find((each) => each.id === id)
  if (column === undefined) throw new Error(`no column ${id}`)
  return column
}

describe('filtered', () => {
  const runs = [
    summaryWith({ name: 'a', title: 'Wide network', tags: ['baseline'], notes: 'Slow but good' }),
    summaryWith({ name: 'b', title: 'Narrow', status: 'interrupted', starred: true }),
    summaryWith({ name: 'c', title: 'Old', archived: true, dataset: { fileName: 'wine.csv', sha256: 'b', rows: 1 } })
  ]
  const names = (change: Partial<typeof noFilter>) => filtered(runs, { ...noFilter, ...change }).map(({ name }) => name)

  it('finds all words in title, notes, tags and data, in any case', () => {
    expect(names({ text: 'WIDE' })).toEqual(['a'])
    expect(names({ text: ' good  base ' })).toEqual(['a'])
    expect(names({ text: 'wide narrow' })).toEqual([])
    expect(names({ text: 'wine', archived: true })).toEqual(['c'])
  })

  it('shows archived runs only when asked, and tells by status and star', () => {
    expect(names({})).toEqual(['a', 'b'])
    expect(names({ archived: true })).toEqual(['a', 'b', 'c'])
    expect(names({ starred: true })).toEqual(['b'])
    expect(names({ status: 'interrupted' })).toEqual(['b'])
    expect(names({ status: 'going' })).toEqual([])
  })
})

describe('sorted', () => {
  it('puts runs without a value last in either direction', () => {
    const runs = [
      summaryWith({ name: 'none' }),
      summaryWith({ name: 'high', best: measured(2) }),
      summaryWith({ name: 'low', best: measured(1) })
    ]
    const by = (descending: boolean) => sorted(runs, columnOf('best-loss'), descending).map(({ name }) => name)
    expect(by(false)).toEqual(['low', 'high', 'none'])
    expect(by(true)).toEqual(['high', 'low', 'none'])
  })

  it('takes settings that are numbers as numbers', () => {
    const runs = ['10', '0.01', '1e-7', '–'].map((value) => summaryWith({ name: value, settings: [rate(value)] }))
    const column = settingColumn('optimizer.learningRate', 'Learning rate')
    expect(sorted(runs, column, false).map(({ name }) => name)).toEqual(['1e-7', '0.01', '10', '–'])
  })

  it('keeps every run once', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ noNaN: true }))), fc.boolean(), (losses, descending) => {
        const runs = losses.map((loss, index) =>
          summaryWith({ name: String(index), best: loss === null ? null : measured(loss) })
        )
        const names = sorted(runs, columnOf('best-loss'), descending).map(({ name }) => name)
        expect(names.toSorted()).toEqual(runs.map(({ name }) => name).toSorted())
      })
    )
  })
})

describe('lined', () => {
  const runs = [
    summaryWith({ name: 'a', tags: ['x', 'y'] }),
    summaryWith({ name: 'b', tags: ['__proto__'] }),
    summaryWith({ name: 'c' })
  ]

  it('has a run under each of its tags, and those without a tag last', () => {
    const lines = lined(runs, columnOf('tags'), new Set())
    expect(lines.map((line) => (line.type === 'group' ? `${line.label} ${line.runs}` : line.run.name))).toEqual([
      '__proto__ 1',
      'b',
      'x 1',
      'a',
      'y 1',
      'a',
      'No tag 1',
      'c'
    ])
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
  })

  it('leaves the runs of folded groups out', () => {
    const [first] = lined(runs, titleColumn, new Set())
    if (first === undefined) throw new Error('no line')
    expect(lined(runs, titleColumn, new Set([first.id]))).toEqual([
      { type: 'group', id: first.id, label: 'Title: Run 1', runs: 3, folded: true }
    ])
  })
})

describe('columns', () => {
  it('shows the metric of the task, and each metric by itself', () => {
    const run = summaryWith({ best: measured(0.1, { accuracy: 0.971, f1: 0.5 }) })
    expect(columnOf('best-metric').text(run)).toBe('97.1 %')
    expect(columnOf('best:f1', [run]).order(run)).toBe(0.5)
    expect(columnOf('best-metric').text(summaryWith({ task: '' }))).toBeNull()
  })

  it('takes the training loss where no rows were kept for validation', () => {
    expect(columnOf('best-loss').order(summaryWith({ best: measured(null) }))).toBe(0.5)
  })

  it('are by default all there are', () => {
    for (const id of defaultColumns) expect(columnOf(id).id).toBe(id)
  })

  it('differ where values differ or some run has none', () => {
    const seed = { key: 'seed', label: 'Seed', value: '1' }
    const momentum = { key: 'optimizer.momentum', label: 'Momentum', value: '0.9' }
    const runs = [
      summaryWith({ settings: [rate('0.1'), seed, momentum] }),
      summaryWith({ settings: [rate('0.2'), seed] })
    ]
    expect(differingColumns(runs).map(({ label }) => label)).toEqual(['Learning rate', 'Momentum'])
    expect(differingColumns(runs.slice(0, 1))).toEqual([])
  })
})

describe('asInView', () => {
  const point = (epoch: number, validationLoss: number, best: boolean) => ({
    epoch,
    trainLoss: 1,
    validationLoss,
    trainMetrics: {},
    metrics: { accuracy: 0.5 },
    learningRate: 0.1,
    best,
    step: epoch * 4,
    elapsedMs: epoch,
    layers: null
  })

  it('follows the run in view, its best and its last epoch', () => {
    const run = runWith({ runId: 'id-1', epochs: [point(1, 0.4, true), point(2, 0.6, false)] })
    const shown = asInView(summaryWith(), run)
    expect(shown).toMatchObject({ status: 'running', epochs: 2, plannedEpochs: 1000, resumable: false })
    expect([shown.best?.validationLoss, shown.last?.validationLoss]).toEqual([0.4, 0.6])
  })

  it('leaves other runs as they are', () => {
    const summary = summaryWith()
    expect(asInView(summary, runWith({ runId: 'other' }))).toBe(summary)
    expect(asInView(summary, null)).toBe(summary)
  })
})

describe('actions', () => {
  const settings = [rate('0.1')]

  it('say why they cannot be had', () => {
    expect(Object.values(reasonsOf([]))).not.toContain(null)
    const going = reasonsOf([summaryWith({ settings, status: 'running', resumable: false })])
    expect(going).toMatchObject({ one: null, again: null, compare: 'Choose two runs.' })
    expect(going.continue).toContain('in progress')
    expect(going.delete).toContain('stop it first')
    expect(reasonsOf([summaryWith({ settings, resumable: false })]).continue).toContain('No checkpoint')
    const parent = { runId: 'p', name: 'p', title: 'First', epoch: 3, settings: [] }
    expect(reasonsOf([summaryWith({ settings, parent })]).again).toContain('forked from “First”')
  })

  it('can be had for whole runs', () => {
    const run = summaryWith({ settings })
    expect(reasonsOf([run])).toMatchObject({ overlay: null, one: null, continue: null, again: null, delete: null })
    expect(reasonsOf([run, run, run]).compare).toContain('Show in charts')
    expect(reasonsOf([run, run])).toMatchObject({ compare: null, overlay: null, one: 'Choose one run alone.' })
  })

  it('offer the planned epochs where a run ended early, else twice as many', () => {
    expect(epochsOffered(summaryWith({ epochs: 4, plannedEpochs: 10 }))).toBe(10)
    expect(epochsOffered(summaryWith({ epochs: 10, plannedEpochs: 10 }))).toBe(20)
    expect(hasEnded(summaryWith({ status: 'interrupted' }))).toBe(false)
  })

  it('tell runs with the same weights by their hash', () => {
    const run = summaryWith({ weightsSha256: 'f' })
    const twin = summaryWith({ name: 'twin', title: 'Twin', weightsSha256: 'f' })
    expect(sameWeights(run, [run, twin, summaryWith({ name: 'other', weightsSha256: 'e' })])).toEqual(['Twin'])
    expect(sameWeights(summaryWith(), [summaryWith({ name: 'twin' })])).toEqual([])
  })
})

describe('repeatText', () => {
  const runOf = (identical: boolean | null) => {
    const base = runWith()
    const kept = { ...base.facts.kept, weightsSha256: '0123456789abcdef' }
    return { runId: 'r', facts: { ...base.facts, title: 'Again', kept, repeats: { name: 'run-1', identical } } }
  }

  it('tells whether the weights are the same', () => {
    expect(repeatText(runOf(true), [summaryWith()])?.text).toBe(
      '“Again” is bit-identical to “Run 1”: the SHA-256 of its weights is the same and begins with 0123456789ab.'
    )
    expect(repeatText(runOf(false), [])).toMatchObject({ identical: false, runId: 'r' })
    expect(repeatText(runOf(null), [])).toBeNull()
    expect(repeatText(runWith(), [])).toBeNull()
  })
})

describe('preferences', () => {
  it('come back as they were kept', () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value)
    }
    expect(readPreferences(storage)).toEqual(defaultPreferences)
    const mine = { ...defaultPreferences, columns: ['seed'], group: 'tags', onlyDiffering: true }
    keepPreferences(storage, mine)
    expect(readPreferences(storage)).toEqual(mine)
  })

  it.each(['', '{', '{"columns":1}', '[]'])('are as at first where %j was kept', (text) => {
    expect(readPreferences({ getItem: () => text })).toEqual(defaultPreferences)
  })
})
