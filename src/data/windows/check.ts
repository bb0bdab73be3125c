/** Whether windows can be made of a table as a setup wants them. */
import { MAX_HORIZON, MAX_WINDOW_STEPS } from '../../shared/column-setting'
import { targetsOf, type Setup } from '../../shared/setup'
import { ConfigError, DataFormatError } from '../../shared/errors'
import { findColumn, listNames, type Table } from '../table'
import type { Order, OrderedRows } from './order'

/** A setup with windows. */
export type WindowSetup = Setup & { readonly window: NonNullable<Setup['window']> }

export function isWindowed(setup: Setup): setup is WindowSetup {
  return setup.window !== null
}

/**
 * @throws ConfigError `invalid-config` for steps or a horizon out of range, `window-horizon` where the task cannot look so far,
 *   `unknown-column`, `window-column` for a time or a series that is predicted, `invalid-split` for a split that lets
 *   windows of two parts overlap; DataFormatError `window-images`
 */
export function requireWindow(table: Table, setup: WindowSetup): void {
  const { window, task } = setup
  requireWhole('steps', 'Window steps', window.steps, 1, MAX_WINDOW_STEPS)
  requireWhole('horizon', 'The horizon', window.horizon, 0, MAX_HORIZON)
  if (task !== 'regression' && window.horizon > 1) {
    throw new ConfigError(
      'window-horizon',
      `Windows of the task ${task} tell the class of their last row (horizon 0) or of the next one (horizon 1), got horizon ${window.horizon}. Choose one of the two, or predict a number.`,
      { setting: 'window' }
    )
  }
  for (const key of ['time', 'series'] as const) {
    const name = window[key]
    if (name === null) continue
    const what = key === 'time' ? 'puts the rows in order' : 'says which series a row is of'
    if (findColumn(table, name) === undefined) {
      throw new ConfigError(
        'unknown-column',
        `${table.fileName} has no column "${name}", which ${what}. Its columns are ${listNames(table.columns.map((each) => each.name))}.`,
        { column: name }
      )
    }
    if (targetsOf(setup).includes(name)) {
      throw new ConfigError(
        'window-column',
        `"${name}" is to be predicted, so it cannot be what ${what}. Choose another column.`,
        { column: name }
      )
    }
  }
  if (window.time !== null && window.time === window.series) {
    throw new ConfigError(
      'window-column',
      `"${window.time}" cannot both put the rows in order and say which series they are of. Choose another column for one of them.`,
      { column: window.time }
    )
  }
  requireSplit(setup)
  const image = table.columns.find(({ type, name }) => type === 'image' && !setup.ignored.includes(name))
  if (image === undefined) return
  throw new DataFormatError(
    'window-images',
    `${table.fileName}: windows are made of numbers and text, but "${image.name}" holds images. Leave that column out, or train without windows.`,
    { file: table.fileName, column: image.name }
  )
}

/** @throws DataFormatError `no-places` where no row has what puts it in order */
export function requirePlaces(table: Table, { time, series }: Order, { rows }: OrderedRows): void {
  if (rows.length > 0 || table.rows === 0) return
  const names = [time, series].filter((name) => name !== null)
  throw new DataFormatError(
    'no-places',
    `${table.fileName}: no row has a value in ${names.map((name) => `"${name}"`).join(' and ')}, so none has a place among the windows. Choose another column for the time or the series, or none.`,
    { file: table.fileName, column: names[0] ?? '' }
  )
}

/** Windows overlap: parts at random would have the values of the one as inputs and targets of the other. */
function requireSplit({ split, window }: WindowSetup): void {
  const refuse = (problem: string): ConfigError =>
    new ConfigError('invalid-split', `The split: ${problem}.`, { setting: 'split' })
  const { by, column } = split
  if (by === 'random' || by === 'stratified') {
    throw refuse(
      `windows overlap, so a ${by} split would judge the network on values that it was trained on; choose auto, which keeps the last part of the time`
    )
  }
  if (by === 'grouped' && (column === null || column !== window.series)) {
    throw refuse(
      `windows can be grouped by nothing but their series${window.series === null ? ', and none is named' : ` ("${window.series}")`}; choose that, or auto, which keeps the last part of the time`
    )
  }
  if (by === 'ordered' && column !== null && column !== window.time) {
    throw refuse(
      `windows are in order of ${window.time === null ? 'the file' : `"${window.time}"`}, not of "${column}"; choose auto, which keeps the last part of the time`
    )
  }
}

function requireWhole(key: string, what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  // Forms write NaN for an emptied field, and for one whose number no window can have.
  const got = Number.isNaN(value) ? 'the field is empty or holds something else' : `got ${value}`
  throw new ConfigError('invalid-config', `${what} must be a whole number from ${min} to ${max}; ${got}.`, {
    setting: `window.${key}`
  })
}

/**
 * Columns that are no features for the sake of the windows. The targets' own past is what the future follows from, so they
 * are features, unless the answer of the last row is asked for: that would give it away. The moment of a row is not one: it
 * never comes again, and a network that has learned up to May knows nothing of June. Nor is the name of its series: of a
 * new series nothing is known by it. Both are features where a person says how (as the parts of a date).
 */
export function asideOfWindows(setup: WindowSetup): readonly string[] {
  const { time, series, horizon } = setup.window
  const said = new Set(setup.columns.map(({ name }) => name))
  const named = [time, series].filter((name) => name !== null)
  return [...named.filter((name) => !said.has(name)), ...(horizon === 0 ? targetsOf(setup) : [])]
}
