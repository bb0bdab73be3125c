/** What is worth saying about windows: what they are, rows and windows that are left out, and how regular the time is. */
import type { WindowSetting } from '../../shared/column-setting'
import { targetsOf } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import { cellText } from '../profile'
import { findColumn, listNames, type Column, type Table } from '../table'
import type { WindowSetup } from './check'
import type { OrderedRows } from './order'
import type { Places } from './places'
import type { WindowSplit } from './split'
import { regularityOf } from './steps'

/** From so many steps of another length on, windows do not mean what they seem to. */
const MANY_IRREGULAR = 0.05

/** Of windows that are made for training. */
export function windowNotices(table: Table, setup: WindowSetup, order: OrderedRows, split: WindowSplit): Notice[] {
  const { window } = setup
  const { trainRows, validationRows, testRows, straddling, places } = split
  const parts = [
    `${trainRows.length} for training`,
    `${validationRows.length} for validation`,
    ...(testRows.length > 0 ? [`${testRows.length} for the test`] : [])
  ]
  const between =
    straddling === 0
      ? ''
      : ` ${count(straddling, 'window')} between the parts ${straddling === 1 ? 'is' : 'are'} left out: part of what they hold belongs to another one.`
  const notices: Notice[] = [
    {
      code: 'windows',
      severity: 'info',
      message: `${count(places.ends.length, 'window')} of ${count(window.steps, 'row')}, ${aheadOf(window)}: ${parts.join(', ')}.${between}`,
      columns: []
    }
  ]
  if (places.unanswered > 0) {
    notices.push({
      code: 'window-target',
      severity: 'warning',
      message: `${count(places.unanswered, 'window')} ${places.unanswered === 1 ? 'is' : 'are'} left out because a value of ${listNames(targetsOf(setup))} that they would have to tell is missing.`,
      columns: [...targetsOf(setup)]
    })
  }
  return [...notices, ...leftOut(window, places), ...orderNotices(table, window, order)]
}

/** Of a table that is predicted. */
export function windowPredictionNotices(
  table: Table,
  window: WindowSetting,
  order: OrderedRows,
  places: Places
): Notice[] {
  const { steps } = window
  const without = order.rows.length - places.ends.length - places.incomplete
  const notices: Notice[] = []
  if (without > 0) {
    const of = window.series === null ? '' : ` of each series ("${window.series}")`
    notices.push({
      code: 'rows-too-early',
      severity: 'warning',
      message: `${count(without, 'row')} ${without === 1 ? 'has' : 'have'} no prediction: the first ${steps - 1}${of} come before a whole window of ${count(steps, 'row')}.`,
      columns: []
    })
  }
  return [...notices, ...leftOut(window, { ...places, short: 0 }), ...orderNotices(table, window, order)]
}

function leftOut({ steps, horizon, series }: WindowSetting, { incomplete, short }: Places): Notice[] {
  const notices: Notice[] = []
  if (incomplete > 0) {
    notices.push({
      code: 'window-incomplete',
      severity: 'warning',
      message: `${count(incomplete, 'window')} ${incomplete === 1 ? 'is' : 'are'} left out: they hold a row that lacks a value in a column where nothing stands in for one.`,
      columns: []
    })
  }
  if (short > 0 && series !== null) {
    notices.push({
      code: 'short-series',
      severity: 'warning',
      message: `${count(short, 'series', 'series')} of "${series}" ${short === 1 ? 'has' : 'have'} fewer than ${steps + horizon} rows, too few for one window.`,
      columns: [series]
    })
  }
  return notices
}

function orderNotices(table: Table, { time, series }: WindowSetting, order: OrderedRows): Notice[] {
  const notices: Notice[] = []
  const placeless = [
    { name: time, rows: order.withoutTime, why: 'nobody knows when they were' },
    { name: series, rows: order.withoutSeries, why: 'nobody knows what they are of' }
  ]
  for (const { name, rows, why } of placeless) {
    if (name === null || rows === 0) continue
    notices.push({
      code: 'rows-without-place',
      severity: 'warning',
      message: `${count(rows, 'row')} without a value in "${name}" ${rows === 1 ? 'is' : 'are'} left out: ${why}.`,
      columns: [name]
    })
  }
  return [...notices, ...regularityNotices(table, { time, series }, order)]
}

function regularityNotices(
  table: Table,
  { time, series }: Pick<WindowSetting, 'time' | 'series'>,
  order: OrderedRows
): Notice[] {
  const column = time === null ? undefined : findColumn(table, time)
  if (time === null || column === undefined) return []
  const found = regularityOf(order, column.type === 'number' && column.time !== undefined)
  if (found === null) return []
  const notices: Notice[] = []
  const { usual, steps, longer, shorter, longest, longestAt, repeated, repeatedAt } = found
  const textAt = (place: number) => cellText(column, order.rows[place] ?? 0) ?? ''
  if (longer + shorter > 0) {
    const others = [
      ...(longer > 0 ? [`${longer} ${longer === 1 ? 'is' : 'are'} longer, the longest ${longest}`] : []),
      ...(shorter > 0 ? [`${shorter} ${shorter === 1 ? 'is' : 'are'} shorter`] : [])
    ]
    notices.push({
      code: 'irregular-time',
      severity: longer + shorter > MANY_IRREGULAR * steps ? 'warning' : 'info',
      message: `Rows do not follow each other regularly in "${time}": most steps are ${usual}; ${others.join(', ')}. Windows count rows, whatever the time between them.`,
      columns: [time],
      evidence: `The longest step is from ${textAt(longestAt - 1)} to ${textAt(longestAt)}; there are ${steps} steps.`
    })
  }
  if (repeated > 0) {
    notices.push(repeatedMoments(time, series, column, { repeated, example: textAt(repeatedAt) }))
  }
  return notices
}

function repeatedMoments(
  time: string,
  series: string | null,
  column: Column,
  { repeated, example }: { readonly repeated: number; readonly example: string }
): Notice {
  const advice =
    series === null
      ? 'If these are several series, name the column that tells them apart.'
      : 'If these are several series, another column may tell them apart.'
  return {
    code: 'repeated-moment',
    severity: 'warning',
    message: `${count(repeated, 'row')} ${repeated === 1 ? 'has' : 'have'} the same "${time}" as the row before${series === null ? '' : ` in ${repeated === 1 ? 'its' : 'their'} series`}: which came first is not known, and they stay in the order of the file. ${advice}`,
    columns: [column.name],
    evidence: `For example ${example}.`
  }
}

function aheadOf({ horizon }: WindowSetting): string {
  if (horizon === 0) return 'with the answer of the last one'
  return horizon === 1 ? 'with the next one as the answer' : `with the next ${horizon} as the answer`
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
