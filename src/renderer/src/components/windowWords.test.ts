import { describe, expect, it } from 'vitest'
import { columnWith, runWith, setupWith } from '../state/testing'
import {
  proposedWindow,
  stepText,
  windowColumns,
  windowSentence,
  withoutWindows,
  withWindowColumn,
  withWindowLength,
  withWindows
} from './windowWords'

const HOUR = 3_600_000
const date = (name: string, count: number, step: number) =>
  columnWith(name, {
    type: 'date',
    storage: 'number',
    time: 'datetime',
    distinct: count,
    min: 1e12,
    max: 1e12 + (count - 1) * step
  })
const hours = date('when', 300, HOUR)
const store = columnWith('store', { type: 'category', distinct: 4 })
const colour = columnWith('colour', { type: 'category', distinct: 2 })
const columns = [hours, store, colour, columnWith('y', { distinct: 200 })]
const setup = setupWith()
const { prepared } = runWith()

describe('proposed windows', () => {
  it('follow the first date, and series where its moments occur several times', () => {
    expect(proposedWindow(setup, columns, 300)).toEqual({ steps: 24, horizon: 1, time: 'when', series: null })
    expect(proposedWindow(setup, columns, 1200)).toEqual({ steps: 24, horizon: 1, time: 'when', series: 'store' })
    expect(proposedWindow(setup, columns.slice(1), 60)).toEqual({ steps: 12, horizon: 1, time: null, series: null })
    expect(proposedWindow(setupWith({ task: 'binary', loss: 'log' }), columns, 300).horizon).toBe(0)
  })

  it('put Flatten before a layer that takes a list, and take it away again', () => {
    const on = withWindows(setup, columns, 300)
    expect(on.layers.map(({ type }) => type)).toEqual(['flatten', 'dense'])
    expect(on.split).toEqual({ by: 'auto', column: null })
    expect(withoutWindows(on)).toMatchObject({ window: null, layers: setup.layers })
    const named = on.layers.map((layer) => (layer.type === 'dense' ? { ...layer, inputs: ['flatten'] } : layer))
    expect(withoutWindows({ ...on, layers: named }).layers).toEqual(named)
  })
})

describe('changes of windows', () => {
  const window = { steps: 24, horizon: 3, time: 'when', series: 'store' }
  const series = setupWith({ window, weight: 'colour', split: { by: 'grouped', column: 'store' } })

  it('leave no column with two roles, and no split that windows cannot have', () => {
    expect(withWindowColumn(series, 'time', 'store')).toMatchObject({
      window: { time: 'store', series: null },
      split: { by: 'auto' }
    })
    expect(withWindowColumn(series, 'series', 'colour')).toMatchObject({ weight: null, split: { by: 'auto' } })
    expect(withWindowColumn(series, 'time', null)).toMatchObject({ window: { time: null }, split: series.split })
    const ordered = setupWith({ window, split: { by: 'ordered', column: 'when' } })
    expect(withWindowColumn(ordered, 'time', null).split.by).toBe('auto')
    expect(withWindowLength(series, 'steps', 7).window?.steps).toBe(7)
    expect(withWindowLength(setup, 'steps', 7)).toBe(setup)
  })

  it('offer what can order rows and tell series apart', () => {
    expect(windowColumns(series, 'time', columns).map(({ name }) => name)).toEqual(['when'])
    expect(windowColumns(series, 'series', columns).map(({ name }) => name)).toEqual(['when', 'store', 'colour'])
  })

  it('are said in a sentence with the numbers of the table', () => {
    expect(windowSentence(series, columns, { ...prepared, trainRows: 8000, validationRows: 700 })).toBe(
      'From 24 rows, 1 hour apart, the network predicts “y” of the next 3; 8\u202f700 windows. No window reaches from one “store” into another.'
    )
    const last = setupWith({ moreTargets: ['z'], window: { steps: 1, horizon: 0, time: null, series: null } })
    expect(windowSentence(last, columns, null)).toBe('From 1 row the network tells “y” and “z” of the last one.')
    expect(windowSentence(withWindowLength(last, 'steps', Number.NaN), columns, null)).toContain('Say how many rows')
    expect(windowSentence(setup, columns, null)).toContain('Each row')
  })
})

describe('steps in time', () => {
  it('are told in the largest unit of which they are whole', () => {
    const text = (step: number) => stepText(date('t', 101, step))
    expect([HOUR, 36 * HOUR, 24 * HOUR, 168 * HOUR, 15 * 60_000].map(text)).toEqual([
      '1 hour',
      '36 hours',
      '1 day',
      '1 week',
      '15 minutes'
    ])
    // A hundred months, and the same with a moment missing.
    const months = { ...hours, min: Date.UTC(2000, 0), max: Date.UTC(2008, 4), distinct: 101 }
    expect(stepText(months)).toBe('1 month')
    expect(stepText({ ...hours, distinct: 299 })).toBeNull()
    expect(stepText(columnWith('n', { min: 0, max: 9 }))).toBeNull()
  })
})
