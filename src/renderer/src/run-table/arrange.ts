/** Which runs the table shows, in which order and in which groups. */
import type { KeptStatus, RunSummary } from '../../../shared/run-views'
import type { RunColumn } from './runColumns'

export const statusChoices = ['all', 'going', 'completed', 'stopped', 'interrupted', 'failed'] as const
export type StatusChoice = (typeof statusChoices)[number]

export const statusChoiceLabels: Readonly<Record<StatusChoice, string>> = {
  all: 'Any status',
  going: 'Running or paused',
  completed: 'Completed',
  stopped: 'Stopped',
  interrupted: 'Interrupted',
  failed: 'Failed'
}

export interface RunFilter {
  /** Words that must all stand in the title, the notes, the tags or the name of the data. */
  readonly text: string
  readonly status: StatusChoice
  /** Those with a star alone. */
  readonly starred: boolean
  /** Archived ones among them. */
  readonly archived: boolean
}

export const noFilter: RunFilter = { text: '', status: 'all', starred: false, archived: false }

export function filtered(runs: readonly RunSummary[], filter: RunFilter): RunSummary[] {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return runs.filter((run) => {
    if (run.archived && !filter.archived) return false
    if (filter.starred && !run.starred) return false
    if (!hasStatus(run.status, filter.status)) return false
    if (words.length === 0) return true
    const text = [run.title, run.notes, ...run.tags, run.dataset.fileName].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

function hasStatus(status: KeptStatus, choice: StatusChoice): boolean {
  if (choice === 'all') return true
  return choice === 'going' ? status === 'running' || status === 'paused' : status === choice
}

export interface RunOrder {
  /** Id of a column. */
  readonly column: string
  readonly descending: boolean
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** By that column; runs that have nothing in it come last in either direction, and equal ones stay as they were. */
export function sorted(runs: readonly RunSummary[], column: RunColumn, descending: boolean): RunSummary[] {
  const keyed = runs.map((run) => ({ run, key: column.order(run) }))
  const sign = descending ? -1 : 1
  return keyed
    .toSorted((one, other) => {
      if (one.key === null || other.key === null) return Number(one.key === null) - Number(other.key === null)
      return sign * compared(one.key, other.key)
    })
    .map(({ run }) => run)
}

function compared(one: number | string, other: number | string): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  if (typeof one === 'number') return -1
  return typeof other === 'number' ? 1 : collator.compare(one, other)
}

/** A row of the table: the heading of a group, or a run. */
export type Line =
  | {
      readonly type: 'group'
      readonly id: string
      readonly label: string
      readonly runs: number
      readonly folded: boolean
    }
  | { readonly type: 'run'; readonly id: string; readonly run: RunSummary }

/** What runs can be grouped by beside a column: each tag is a group, so that a run may stand in several. */
export const BY_TAG = 'tags'
const NONE = 'none'

/** In groups by what stands in that column; null for none. Groups come in the order of their names, those without last. */
export function lined(runs: readonly RunSummary[], by: RunColumn | null, folded: ReadonlySet<string>): Line[] {
  if (by === null) return runs.map((run) => ({ type: 'run', id: run.name, run }))
  const groups = new Map<string | null, RunSummary[]>()
  for (const run of runs) {
    const values = by.id === BY_TAG ? [...run.tags] : [by.text(run)]
    for (const value of values.length === 0 ? [null] : values) {
      const members = groups.get(value)
      if (members === undefined) groups.set(value, [run])
      else members.push(run)
    }
  }
  const ordered = [...groups].sort(([one], [other]) =>
    one === null || other === null ? Number(one === null) - Number(other === null) : collator.compare(one, other)
  )
  return ordered.flatMap(([value, members]) => {
    const id = value === null ? NONE : `=${value}`
    const isFolded = folded.has(id)
    const label = by.id === BY_TAG ? (value ?? 'No tag') : `${by.label}: ${value ?? NONE}`
    const heading: Line = { type: 'group', id, label, runs: members.length, folded: isFolded }
    const lines = isFolded ? [] : members.map((run): Line => ({ type: 'run', id: `${id}/${run.name}`, run }))
    return [heading, ...lines]
  })
}
