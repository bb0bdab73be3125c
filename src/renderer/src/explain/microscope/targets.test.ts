import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { benchSchema } from '../../../../shared/bench'
import { summaryWith } from '../../run-table/testing'
import { momentStops, momentStopText, runChoices, sameTarget, sameTraining, type Target } from './targets'

const bench = v.parse(benchSchema, {
  data: { kind: 'rows', columns: ['x', 'y'], rows: [[1, 2]] }, // prettier-ignore
  setup: { target: 'y', task: 'regression', loss: 'squared', optimizer: { type: 'sgd', config: {} } }
})
const inView = (runId: string, epoch: number | null): Target => ({ of: { kind: 'view', epoch }, runId })
const kept = (name: string, epoch: number | null): Target => ({ of: { kind: 'kept', name, epoch }, runId: null })
const onBench = (seed: number, steps: number): Target => ({
  of: { kind: 'bench', bench: { ...bench, setup: { ...bench.setup, seed } }, steps },
  runId: null
})

describe('targets', () => {
  it('are of the same training at other moments of it', () => {
    const pairs = [
      [inView('a', null), inView('a', 3), inView('b', null)],
      [kept('a', null), kept('a', 0), kept('b', null)],
      [onBench(1, 0), onBench(1, 5), onBench(2, 0)]
    ] as const
    for (const [one, later, other] of pairs) {
      expect(sameTraining(one, later)).toBe(true)
      expect(sameTarget(one, later)).toBe(false)
      expect(sameTraining(one, other)).toBe(false)
      expect(sameTarget(one, structuredClone(one))).toBe(true)
      for (const [another] of pairs) expect(sameTraining(one, another)).toBe(one === another)
    }
    expect(sameTarget(null, null)).toBe(true)
    expect(sameTarget(null, inView('a', null))).toBe(false)
  })
})

describe('the combobox Run', () => {
  const all = [
    summaryWith({ name: 'iris-3', title: 'iris 3' }),
    summaryWith({ name: 'iris-2', title: 'iris-2', archived: true }),
    summaryWith({ name: 'iris-1', title: 'iris-1' })
  ]

  it('offers the run in view, then the kept ones as they are listed', () => {
    expect(runChoices(all, null, null)).toEqual([
      { name: '', text: 'Run in view' },
      { name: 'iris-3', text: 'iris 3 · iris-3' },
      { name: 'iris-1', text: 'iris-1' }
    ])
  })

  it('offers the run in view once, and what is chosen whatever it is', () => {
    expect(runChoices(all, 'iris-3', 'iris-2').map(({ name }) => name)).toEqual(['', 'iris-2', 'iris-1'])
    expect(runChoices(all, 'iris-3', 'iris-3').map(({ name }) => name)).toEqual(['', 'iris-3', 'iris-1'])
    expect(runChoices([], null, 'gone')).toEqual([
      { name: '', text: 'Run in view' },
      { name: 'gone', text: 'gone' }
    ])
  })

  it('has the kept moments and the end as stops', () => {
    const stops = momentStops({ kind: 'kept', runId: 'r', title: 't', name: 'n', moments: [0, 1, 4], isEnd: true })
    expect(stops.map(momentStopText)).toEqual(['before the first step', 'after epoch 1', 'after epoch 4', 'at its end'])
  })
})
