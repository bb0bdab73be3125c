/** From a table and a setup to samples: split, fit on training rows, encode. */
import type { Samples } from '../engine'
import { ConfigError, DataFormatError } from '../shared/errors'
import { fieldProblem } from '../engine/catalog'
import { trainingFields, type Setup } from '../shared/setup'
import type { Notice } from '../shared/views'
import { encodeFeatures, encodeTargets } from './encode'
import { fitFeature, fitTarget } from './fit'
import { rawFeatures, requireEveryTarget } from './raw'
import { columnRole } from './findings'
import { featureNames, type FeaturePreparation, type Preparation } from './preparation'
import { splitRows, type Split } from './split'
import { profileTable } from './profile'
import { isMissing, listNames, type Column, type Table } from './table'
import { missingWordsAdvice, readTarget, type Target } from './target'

/** Largest number of encoded values, N · F: 1 GiB of float64. */
export const maxEncodedValues = 2 ** 27

export interface Prepared {
  readonly preparation: Preparation
  readonly training: Samples
  readonly validation: Samples
  /** Row numbers in the table, from 0, ascending; samples stand in the same order. */
  readonly trainRows: Int32Array
  readonly validationRows: Int32Array
  readonly notices: readonly Notice[]
}

/**
 * Splits the rows that have a target (seeded, stratified for classes), fits the preparation on the training rows
 * alone and encodes both parts.
 *
 * Features are all columns that are neither the target nor ignored, in the order of the table; a column without
 * any value in the training rows is left out with a notice.
 *
 * Without preparation (`setup.prepare` false) every row and column counts as it stands in the file: see `raw.ts`.
 *
 * @throws DataFormatError `unknown-target`, `ambiguous-target`, `target-missing`, `too-few-rows`, `task-mismatch`,
 *   `constant-target`, `one-class`, `too-many-classes`, `no-features`, `too-many-features`; without preparation
 *   `not-a-number`, `missing-value`
 * @throws ConfigError `invalid-config` when the validation share or the seed is out of its range
 */
export function prepare(table: Table, setup: Setup): Prepared {
  requireSetting('validation', setup.validation)
  requireSetting('seed', setup.seed)
  const target = readTarget(table, setup.target, setup.task, {
    byText: !setup.prepare,
    validated: setup.validation > 0
  })
  if (!setup.prepare) requireEveryTarget(table, target)
  const codes = target.task === 'regression' ? null : target.codes
  const split = splitRows(target.rows, codes, setup.validation, setup.seed)
  const { trainRows, validationRows } = split

  const ignored = new Set(setup.ignored)
  const candidates = table.columns.filter((column) => column !== target.column && !ignored.has(column.name))
  const { features, withoutValue } = setup.prepare
    ? fitFeatures(candidates, trainRows)
    : { features: rawFeatures(table, candidates), withoutValue: [] }
  if (features.length === 0) {
    throw new DataFormatError(
      'no-features',
      `No column is left to predict "${setup.target}" from. ${noFeaturesAdvice(table, setup)}`,
      { file: table.fileName, column: setup.target }
    )
  }

  const preparation: Preparation = {
    features,
    target: fitTarget(target, trainRows, setup.prepare),
    trainRows: trainRows.length,
    validationRows: validationRows.length
  }
  requireEncodable(preparation, target.rows.length)
  const samplesOf = (rows: Int32Array): Samples => ({
    features: encodeFeatures(preparation, table, rows),
    targets: encodeTargets(preparation, table, rows)
  })
  return {
    preparation,
    training: samplesOf(trainRows),
    validation: samplesOf(validationRows),
    trainRows,
    validationRows,
    notices: noticesOf(table, target, split, withoutValue)
  }
}

function fitFeatures(candidates: readonly Column[], trainRows: Int32Array) {
  const features: FeaturePreparation[] = []
  const withoutValue: string[] = []
  for (const column of candidates) {
    const feature = fitFeature(column, trainRows)
    if (feature === null) withoutValue.push(column.name)
    else features.push(feature)
  }
  return { features, withoutValue }
}

/** What to do when there are no features, by why there are none. */
function noFeaturesAdvice(table: Table, { target, ignored }: Setup): string {
  const views = profileTable(table)
  const commas = table.columns.flatMap((column, index) => {
    const view = views[index]
    const leftOut = column.name !== target && ignored.includes(column.name) && view !== undefined
    return leftOut && columnRole(column, view) === 'comma-numbers' ? [column.name] : []
  })
  if (commas.length === 0) return 'Use at least one other column that has values.'
  return `Numbers with a comma in ${listNames(commas)} could not be told from text and are left out: save the file with decimal points and without thousands separators.`
}

function requireSetting(key: 'validation' | 'seed', value: number): void {
  const field = trainingFields.find((each) => each.key === key)
  const problem = field === undefined ? null : fieldProblem(field, value)
  if (field === undefined || problem === null) return
  throw new ConfigError('invalid-config', `${field.label} ${problem}.`, { setting: key })
}

/** One category too many is a message; a table of them must not end in a crash for lack of memory. */
function requireEncodable(preparation: Preparation, rows: number): void {
  const width = featureNames(preparation).length
  if (width * rows <= maxEncodedValues) return
  const widest = preparation.features
    .flatMap((feature) =>
      feature.kind === 'category' ? [{ name: feature.name, inputs: feature.categories.length }] : []
    )
    .sort((a, b) => b.inputs - a.inputs)
    .slice(0, 3)
    .map(({ name, inputs }) => `"${name}" (${inputs})`)
  const advice =
    widest.length > 0 ? `Ignore the columns with the most categories: ${widest.join(', ')}.` : 'Ignore some columns.'
  throw new DataFormatError(
    'too-many-features',
    `${rows} rows with ${width} inputs each are ${width * rows} numbers; at most ${maxEncodedValues} fit. ${advice}`,
    { rows, features: width }
  )
}

function noticesOf(table: Table, target: Target, split: Split, withoutValue: readonly string[]): Notice[] {
  const notices: Notice[] = []
  const { name } = target.column
  const left = table.rows - target.rows.length
  if (left > 0) {
    let empty = 0
    for (let row = 0; row < table.rows; row++) if (isMissing(target.column, row)) empty++
    // A target of regression may be a number too large for float32.
    const beyond = left > empty ? ` (${left - empty} of them a number beyond ±3.4e38)` : ''
    notices.push({
      code: 'missing-target',
      severity: 'warning',
      message: `${left} of ${table.rows} rows have no usable value for "${name}"${beyond} and are left out.${missingWordsAdvice(target.column)}`,
      columns: [name]
    })
  }
  if (target.task !== 'regression' && split.rareClasses.length > 0) {
    const rare = split.rareClasses.map((code) => target.classes[code] ?? '')
    notices.push({
      code: 'rare-class',
      severity: 'warning',
      message: `A single row each: ${listNames(rare)}. It is trained on, so no validation row tells how well these classes are learned.`,
      columns: [name]
    })
  }
  if (withoutValue.length > 0) {
    notices.push({
      code: 'all-missing-column',
      severity: 'warning',
      message: `No training row has a value in ${listNames(withoutValue)}: left out.`,
      columns: withoutValue
    })
  }
  return notices
}
