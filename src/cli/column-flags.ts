/** The flags that say how single columns are prepared and how the rows are parted. */
import type { Command } from 'commander'
import * as v from 'valibot'
import {
  columnSettingSchema,
  columnTypes,
  encodings,
  missingStrategies,
  scalings,
  splitWays,
  type ColumnSetting,
  type SplitSetting
} from '../shared/column-setting'
import { issueSentence } from '../shared/issue-words'
import type { Setup } from '../shared/setup'
import { usageError } from './failure'

/** What `--column` may say of a column, and which words each takes; null: any text. */
const keys = new Map<string, readonly string[] | null>([
  ['type', columnTypes],
  ['missing', missingStrategies],
  ['constant', null],
  ['indicator', ['true', 'false']],
  ['scaling', scalings],
  ['encoding', encodings],
  ['order', null]
])

const form = `NAME:KEY=VALUE,… with the keys ${[...keys.keys()].join(', ')}`

export function addColumnOptions(command: Command): void {
  const words = [...keys].map(
    ([key, values]) => `${key}=${values?.join('|') ?? (key === 'order' ? 'low|mid|high' : 'x')}`
  )
  command
    .option(
      '--column <setting>',
      `how one column is prepared, as 'age:missing=mean,scaling=robust'; once for each column (${words.join(', ')})`,
      (setting: string, before: readonly string[] | undefined) => [...(before ?? []), setting]
    )
    .option('--split <way>', `which rows are kept for validation and test: ${splitWays.join(', ')} (default: auto)`)
    .option('--split-column <column>', 'column of the groups, or of the order (default: the order of the file)')
}

/**
 * The settings of `--column`, one a column.
 * @throws ConfigError `usage` naming what is wrong and what is allowed
 */
export function readColumns(given: unknown): ColumnSetting[] {
  const texts = Array.isArray(given) ? given.filter((text) => typeof text === 'string') : []
  const settings = texts.map(readColumn)
  const twice = settings.find(({ name }, index) => settings.findIndex((other) => other.name === name) < index)
  if (twice !== undefined) throw usageError(`--column: "${twice.name}" has two settings; say all in one`)
  return settings
}

/** @throws ConfigError `usage` */
export function readSplit(way: unknown, column: unknown): SplitSetting | undefined {
  if (way === undefined && column === undefined) return undefined
  const by = splitWays.find((each) => each === way)
  if (way !== undefined && by === undefined)
    throw usageError(`--split must be one of ${splitWays.join(', ')}, got ${JSON.stringify(way)}`)
  const name = typeof column === 'string' ? column : null
  if (by === 'grouped' && name === null)
    throw usageError('--split grouped needs --split-column, the column of the groups')
  if (name !== null && by !== 'grouped' && by !== 'ordered')
    throw usageError('--split-column goes with --split grouped and --split ordered only')
  return { by: by ?? 'auto', column: name }
}

/**
 * Makes sure that every setting is of a feature: elsewhere it would say nothing.
 * @throws ConfigError `usage`
 */
export function requireFeatures(columns: readonly ColumnSetting[], { target, ignored, split }: Setup): void {
  for (const { name } of columns) {
    const why =
      name === target
        ? 'it is the target'
        : ignored.includes(name)
          ? 'it is left out'
          : split.by === 'grouped' && split.column === name
            ? 'it says which rows belong together'
            : null
    if (why !== null) throw usageError(`--column: "${name}" is no feature, ${why}`)
  }
}

function readColumn(text: string): ColumnSetting {
  // The last colon before a key: names may hold colons too.
  const match = /^(.+):([a-z]+=.*)$/s.exec(text)
  const [, name, said] = match ?? []
  if (name === undefined || said === undefined)
    throw usageError(`--column must be ${form}; got ${JSON.stringify(text)}`)
  const values = new Map<string, unknown>()
  for (const part of said.split(',')) {
    const at = part.indexOf('=')
    const [key, value] = [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()]
    if (at < 0 || !keys.has(key)) throw usageError(`--column "${name}": expected ${form}; got ${JSON.stringify(part)}`)
    const allowed = keys.get(key) ?? null
    if (values.has(key)) throw usageError(`--column "${name}": ${key} is said twice`)
    if (allowed?.includes(value) === false)
      throw usageError(`--column "${name}": ${key} must be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}`)
    values.set(key, key === 'indicator' ? value === 'true' : key === 'order' ? value.split('|') : value)
  }
  const result = v.safeParse(columnSettingSchema, { name, ...Object.fromEntries(values) })
  if (result.success) return result.output
  const [issue] = result.issues
  throw usageError(`--column "${name.slice(0, 60)}": ${issueSentence(issue, 'setting')}`)
}
