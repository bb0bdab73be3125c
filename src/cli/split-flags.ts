/** The flags that say which rows are kept back: by a way of splitting, by the values of a column, or by files. */
import type { Command } from 'commander'
import { splitWays, type SplitSetting } from '../shared/column-setting'
import { partsAmong } from '../shared/part-names'
import { usageError } from './failure'
import { oneLine } from './text'

type Options = Readonly<Record<string, unknown>>

/** Files whose rows are kept back; what was not given is undefined. */
export interface PartFiles {
  readonly validation: string | undefined
  readonly test: string | undefined
}

export function addSplitOptions(command: Command): void {
  command
    .option('--split <way>', `which rows are kept for validation and test: ${splitWays.join(', ')} (default: auto)`)
    .option(
      '--split-column <column>',
      'column of the groups, of the order (default: the order of the file), or of fixed parts'
    )
    .option(
      '--validation-values <value...>',
      'with --split fixed: rows with one of these values in the column are for validation (default: values like val, valid, dev)'
    )
    .option(
      '--test-values <value...>',
      'with --split fixed: rows with one of these are for the test (default: values like test)'
    )
}

export function addPartFileOptions(command: Command): void {
  command
    .option('--validation-data <file>', 'file with the same columns, whose rows are for validation')
    .option('--test-data <file>', 'file with the same columns, whose rows are kept aside for the test')
}

export function readPartFiles({ validationData, testData }: Options): PartFiles {
  const file = (given: unknown) => (typeof given === 'string' ? given : undefined)
  return { validation: file(validationData), test: file(testData) }
}

/** @throws ConfigError `usage` */
export function readSplit(options: Options): SplitSetting | undefined {
  const { split: way, splitColumn: column } = options
  const validation = valuesOf(options['validationValues'])
  const test = valuesOf(options['testValues'])
  const files = readPartFiles(options)
  const given = [
    ['--split', way],
    ['--split-column', column],
    ['--validation-values', validation],
    ['--test-values', test]
  ].flatMap(([flag, value]) => (value === undefined ? [] : [String(flag)]))
  if (given.length === 0) return undefined
  if (files.validation !== undefined || files.test !== undefined)
    throw usageError(`${given[0] ?? ''} does not go with --validation-data and --test-data, which say all of the split`)
  const by = splitWays.find((each) => each === way)
  if (way !== undefined && by === undefined)
    throw usageError(`--split must be one of ${splitWays.join(', ')}, got ${JSON.stringify(way)}`)
  const name = typeof column === 'string' ? column : null
  if (name === null && (by === 'grouped' || by === 'fixed')) {
    const what = by === 'grouped' ? 'the column of the groups' : 'the column that says which rows are for which part'
    throw usageError(`--split ${by} needs --split-column, ${what}`)
  }
  if (by !== 'fixed' && (validation !== undefined || test !== undefined))
    throw usageError('--validation-values and --test-values go with --split fixed only')
  if (name !== null && by !== 'grouped' && by !== 'ordered' && by !== 'fixed')
    throw usageError('--split-column goes with --split grouped, --split ordered and --split fixed only')
  return {
    by: by ?? 'auto',
    column: name,
    ...(validation === undefined ? {} : { validation }),
    ...(test === undefined ? {} : { test })
  }
}

/**
 * Fixed parts of which nobody has said which values they have: those whose names speak of validation and test.
 * @param values of the column
 * @throws ConfigError `usage` where none of them does
 */
export function recognizedSplit(split: SplitSetting, values: readonly string[]): SplitSetting {
  const parts = partsAmong(values)
  if (parts.validation.length + parts.test.length > 0) return { ...split, ...parts }
  const shown = values.slice(0, 8).map((value) => `"${oneLine(value)}"`)
  const more = values.length > shown.length ? ' and others' : ''
  throw usageError(
    `--split fixed: no value of "${split.column ?? ''}" speaks of validation or test; it has ${shown.join(', ')}${more}. Name them with --validation-values and --test-values`
  )
}

function valuesOf(given: unknown): string[] | undefined {
  return Array.isArray(given) ? given.filter((value) => typeof value === 'string') : undefined
}
