/** The flags that say how single columns are prepared. */
import type { Command } from 'commander'
import * as v from 'valibot'
import {
  columnSettingSchema,
  columnTypes,
  encodings,
  missingStrategies,
  scalings,
  type ColumnSetting
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
  ['size', null],
  ['order', null]
])

/** Of what is written where any text is taken. */
const examples = new Map([
  ['order', 'low|mid|high'],
  ['size', '8']
])

const form = `NAME:KEY=VALUE,… with the keys ${[...keys.keys()].join(', ')}`

export function addColumnOptions(command: Command): void {
  const words = [...keys].map(([key, values]) => `${key}=${values?.join('|') ?? examples.get(key) ?? 'x'}`)
  command.option(
    '--column <setting>',
    `how one column is prepared, as 'age:missing=mean,scaling=robust'; once for each column (${words.join(', ')})`,
    (setting: string, before: readonly string[] | undefined) => [...(before ?? []), setting]
  )
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

/**
 * Makes sure that every setting is of a feature: elsewhere it would say nothing.
 * @throws ConfigError `usage`
 */
export function requireFeatures(columns: readonly ColumnSetting[], setup: Setup): void {
  for (const { name } of columns) {
    const why = whyNoFeature(name, setup)
    if (why !== null) throw usageError(`--column: "${name}" is no feature, ${why}`)
  }
}

function whyNoFeature(name: string, setup: Setup): string | null {
  const { target, moreTargets, ignored, weight, split, window } = setup
  // Windows that look ahead see the past of what they predict.
  const isSeen = window !== null && window.horizon > 0
  if (name === target && !isSeen) return 'it is the target'
  if (moreTargets.includes(name) && !isSeen) return 'it is a target'
  if (ignored.includes(name)) return 'it is left out'
  if (name === weight) return 'it says how much each row counts'
  if (split.by === 'grouped' && split.column === name) return 'it says which rows belong together'
  if (split.by === 'fixed' && split.column === name) return 'it says which rows are kept back'
  return null
}

/** What becomes of the text behind a key; itself unless said. */
const readers = new Map<string, (text: string) => unknown>([
  ['indicator', (text) => text === 'true'],
  ['order', (text) => text.split('|')],
  ['size', (text) => (text === '' ? NaN : Number(text))]
])

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
    values.set(key, readers.get(key)?.(value) ?? value)
  }
  const result = v.safeParse(columnSettingSchema, { name, ...Object.fromEntries(values) })
  if (result.success) return result.output
  const [issue] = result.issues
  throw usageError(`--column "${name.slice(0, 60)}": ${issueSentence(issue, 'setting')}`)
}
