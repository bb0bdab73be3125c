/** Windows over rows that follow one another: what is proposed, changes of them, and what they mean in a sentence. */
import type { WindowSetting } from '../../../shared/column-setting'
import { targetsOf, type Setup } from '../../../shared/setup'
import type { ColumnView, PreparedView } from '../../../shared/views'
import { windowChange } from '../../../shared/window-change'
import { formatCount, plural } from '../state/format'
import { listed } from './modelWords'

/** Rows of a proposed window, where there are enough. */
const USUAL_STEPS = 24
/** Windows that each series should have at least, in lengths of a window. */
const LENGTHS = 5

/** In order of the first date; series are told apart by what makes its moments single, where they occur several times. */
export function proposedWindow(setup: Setup, columns: readonly ColumnView[], rows: number): WindowSetting {
  const free = columns.filter(({ name }) => !targetsOf(setup).includes(name) && name !== setup.weight)
  const time = free.find(({ type, time: kind }) => type === 'date' && kind !== null)
  const series = time === undefined ? undefined : likelySeries(free, time, rows)
  const rowsOfOne = rows / (series?.distinct ?? 1)
  return {
    steps: Math.max(2, Math.min(USUAL_STEPS, Math.floor(rowsOfOne / LENGTHS))),
    // What comes next is asked of numbers; a class is most often that of what was just seen.
    horizon: setup.task === 'regression' ? 1 : 0,
    time: time?.name ?? null,
    series: series?.name ?? null
  }
}

/** The fewest series in which no moment needs to occur twice. */
function likelySeries(columns: readonly ColumnView[], time: ColumnView, rows: number): ColumnView | undefined {
  if (time.distinct >= rows - time.missing) return undefined
  return columns
    .filter(
      ({ name, storage, integers }) =>
        name !== time.name && (storage === 'category' || (storage === 'number' && integers))
    )
    .filter(({ distinct }) => distinct >= 2 && distinct * LENGTHS <= rows && distinct * time.distinct >= rows)
    .toSorted((a, b) => a.distinct - b.distinct)[0]
}

export function withWindows(setup: Setup, columns: readonly ColumnView[], rows: number): Setup {
  return { ...setup, ...windowChange(setup, proposedWindow(setup, columns, rows)) }
}

/** Each row for itself, which needs no Flatten before a layer that takes a list. */
export function withoutWindows(setup: Setup): Setup {
  const [first, ...others] = setup.layers
  const isIdle =
    first?.type === 'flatten' && first.inputs.length === 0 && others.every(({ inputs }) => !inputs.includes(first.name))
  return { ...setup, window: null, layers: isIdle ? others : setup.layers }
}

/** Another order, or other series; a split by what it was before goes by time again. */
export function withWindowColumn(setup: Setup, key: 'time' | 'series', name: string | null): Setup {
  const { window, split, weight } = setup
  if (window === null) return setup
  const other = key === 'time' ? 'series' : 'time'
  const changed = { ...window, [other]: window[other] === name ? null : window[other], [key]: name }
  const isKept =
    split.by === 'grouped'
      ? split.column === changed.series
      : split.by === 'ordered'
        ? split.column === changed.time
        : split.by !== 'fixed' || split.column !== name
  return {
    ...setup,
    window: changed,
    weight: weight === name ? null : weight,
    split: isKept ? split : { by: 'auto', column: null }
  }
}

export function withWindowLength(setup: Setup, key: 'steps' | 'horizon', rows: number): Setup {
  return setup.window === null ? setup : { ...setup, window: { ...setup.window, [key]: rows } }
}

/** Columns that may put the rows in order: numbers and dates; or say which series a row is of. None is predicted. */
export function windowColumns(
  setup: Setup,
  key: 'time' | 'series',
  columns: readonly ColumnView[]
): readonly ColumnView[] {
  return columns.filter(
    ({ name, storage }) =>
      !targetsOf(setup).includes(name) && (key === 'time' ? storage === 'number' : storage !== 'image')
  )
}

/** What the windows of this setup mean, in a sentence or two with the numbers of the table. */
export function windowSentence(setup: Setup, columns: readonly ColumnView[], prepared: PreparedView | null): string {
  const { window } = setup
  if (window === null) return 'Each row is predicted from its own values alone.'
  const { steps, horizon, series } = window
  if (!Number.isFinite(steps + horizon)) return 'Say how many rows the network looks at, and how many ahead.'
  const time = columns.find(({ name }) => name === window.time)
  const apart = time === undefined ? null : stepText(time)
  const names = listed(targetsOf(setup).map((name) => `“${name}”`))
  const from = `From ${plural(steps, 'row')}${apart === null || steps === 1 ? '' : `, ${apart} apart,`}`
  const aim =
    horizon === 0
      ? `the network tells ${names} of the last one`
      : horizon === 1 || setup.task !== 'regression'
        ? `the network predicts ${names} of the next one`
        : `the network predicts ${names} of the next ${formatCount(horizon)}`
  const windows = prepared === null ? 0 : prepared.trainRows + prepared.validationRows + prepared.testRows
  const count = windows === 0 ? '' : `; ${plural(windows, 'window')}`
  const border = series === null ? '' : ` No window reaches from one “${series}” into another.`
  return `${from} ${aim}${count}.${border}`
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const units = [
  ['year', 365.2425 * DAY],
  ['month', (365.2425 / 12) * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', 60_000],
  ['second', 1000]
] as const
/** Months and years differ in their days; other steps are told only where no moment is left out. */
const tolerance = { year: 0.02, month: 0.02, week: 1e-9, day: 1e-9, hour: 1e-9, minute: 1e-9, second: 1e-9 }

/** How far the moments of a column of dates are apart where that is always alike: "1 hour"; null where it is not. */
export function stepText({ time, min, max, distinct }: ColumnView): string | null {
  if (time === null || min === null || max === null || distinct < 3) return null
  const step = (max - min) / (distinct - 1)
  for (const [name, length] of units) {
    const count = Math.round(step / length)
    if (count >= 1 && Math.abs(step / length - count) <= tolerance[name] * count) return plural(count, name)
  }
  return null
}
