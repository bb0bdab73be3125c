/** From a table and a setup to samples: split, fit on training rows, encode. */
import type { Samples } from '../engine'
import { ConfigError, DataFormatError } from '../shared/errors'
import { fieldProblem } from '../engine/catalog'
import { targetsOf, trainingFields, type Setup } from '../shared/setup'
import type { Notice } from '../shared/views'
import { coderOf, fitFeature } from './features'
import { missingIn } from './features/missing'
import { planOf, type FeaturePlan } from './features/plan'
import { fitTargets } from './fit'
import { encodeFeatures, encodeTargets } from './inputs'
import { preparationNotices } from './preparation-notices'
import { rawFeatures, requireEveryTarget } from './raw'
import { columnRole } from './findings'
import { featureNames, type FeaturePreparation, type Preparation } from './preparation'
import { keepsRows, requireFixedColumn, splitColumn, splitTable, type Parting, type Split } from './split'
import { profileTable } from './profile'
import { repeatsOf } from './repeats'
import { findColumn, listNames, type Column, type Table } from './table'
import { strataOf } from './strata'
import { readTargets, type Targets } from './target'
import { readWeights, type RowWeights } from './weights'
import {
  asideOfWindows,
  endRows,
  isWindowed,
  orderRows,
  requirePlaces,
  requireWindow,
  splitWindows,
  windowNotices,
  type WindowSetup
} from './windows'

/** Largest number of encoded values, N · F: 1 GiB of float64. */
export const maxEncodedValues = 2 ** 27

export interface Prepared {
  readonly preparation: Preparation
  readonly training: Samples
  readonly validation: Samples
  /** Row numbers in the table, from 0, ascending; samples stand in the same order. Windows go by their last row. */
  readonly trainRows: Int32Array
  readonly validationRows: Int32Array
  /** Kept aside until they are asked for. */
  readonly testRows: Int32Array
  /** What is predicted, over all rows that can be used. */
  readonly targets: Targets
  /** How much each row counts; null: all alike. */
  readonly weights: RowWeights | null
  readonly notices: readonly Notice[]
}

/**
 * Splits the rows that can be used (seeded; see `split/index.ts`), fits the preparation on the training rows alone and encodes
 * the rows for training and validation. Those for the test are neither fitted on nor encoded.
 *
 * A row can be used when it has every target, and a value in every column of which rows without one are to be left out, and is not
 * one more of the same where each is wanted once.
 *
 * With windows (`setup.window`) rows follow one another in time, and a window of them is one input: it can be used when all its
 * rows can be inputs and all its answers are known; see `windows/`. What is fitted is fitted on the rows that windows of the
 * training see, none of which is later than their last answer. A window counts as much as its last row does.
 *
 * Features are all columns that are neither targets nor ignored, and do not say how the rows are parted (groups, fixed parts)
 * or how much each counts, in the order of the table (for windows see `asideOfWindows`); a column without any value in the training rows is left out with a
 * notice.
 *
 * Without preparation (`setup.prepare` false) every row and column counts as it stands in the file: see `raw.ts`.
 *
 * @param part how the rows are parted; a cross-validation gives one fold
 * @throws DataFormatError `no-features`, `image-not-alone`, `too-many-features`, `no-complete-rows`,
 *   `negative-value`, `not-boolean`; without preparation `not-a-number`, `missing-value`;
 *   those of `readTargets`, `splitTable`, `readWeights`, `requireWindow`, `orderRows` and `requirePlaces`
 * @throws ConfigError `invalid-config` when a share or the seed is out of its range, `unknown-column`, `column-setting`;
 *   those of `readTargets`, `splitTable`, `readWeights` and `requireWindow`
 */
export function prepare(table: Table, setup: Setup, part: Parting = splitTable): Prepared {
  for (const key of ['validation', 'test', 'seed'] as const) requireSetting(key, setup[key])
  requireFixedColumn(setup)
  if (isWindowed(setup)) requireWindow(table, setup)
  const planned = plansOf(table, setup)
  requireImageAlone(table, featureColumns(table, setup))
  const complete = completeRows(table, planned)
  const parted = isWindowed(setup) ? partWindows(table, setup, complete, part) : partRows(table, setup, complete, part)
  const { targets, split } = parted
  const { trainRows, validationRows, testRows } = split
  const weights = readWeights(table, setup, parted.weighed, split)

  const { features, withoutValue } = setup.prepare
    ? fitFeatures(table, planned, split.seenRows)
    : { features: rawFeatures(table, featureColumns(table, setup)), withoutValue: [] }
  if (features.length === 0) {
    throw new DataFormatError(
      'no-features',
      `No column is left to predict ${listNames(targetsOf(setup))} from. ${noFeaturesAdvice(table, setup)}`,
      { file: table.fileName, column: setup.target }
    )
  }

  const preparation: Preparation = {
    features,
    target: fitTargets(targets, split.targetRows, setup.prepare),
    ...(setup.window === null ? {} : { window: setup.window }),
    trainRows: trainRows.length,
    validationRows: validationRows.length
  }
  requireEncodable(preparation, parted.rows)
  const samplesOf = (rows: Int32Array): Samples => ({
    features: encodeFeatures(preparation, table, rows),
    targets: encodeTargets(preparation, table, rows),
    weights: weights?.of(rows) ?? null
  })
  return {
    preparation,
    training: samplesOf(trainRows),
    validation: samplesOf(validationRows),
    ...{ trainRows, validationRows, testRows },
    targets,
    weights,
    notices: [
      ...parted.notices,
      ...preparationNotices(table, setup, { targets, weights, split, withoutValue, planned, complete })
    ]
  }
}

/** The rows of each part, and those that are fitted on. */
export interface FittedSplit extends Split {
  /** Rows that the network sees in training. */
  readonly seenRows: Int32Array
  /** Rows whose answers it learns. */
  readonly targetRows: Int32Array
}

/** What is predicted, by which rows. */
interface PartedRows {
  readonly targets: Targets
  readonly split: FittedSplit
  /** Rows that count as much as their weight says. */
  readonly weighed: Int32Array
  /** Rows that are prepared at most. */
  readonly rows: number
  readonly notices: readonly Notice[]
}

function partRows(table: Table, setup: Setup, { dropped }: CompleteRows, part: Parting): PartedRows {
  const repeats = repeatsOf(table, setup)
  const targets = answersOf(table, setup, (row) => dropped[row] !== 1 && repeats.marks[row] !== 1)
  if (!setup.prepare) requireEveryTarget(table, targets)
  const split = part(table, setup.split, targets.rows, strataOf(targets), setup, setup.seed)
  const { trainRows } = split
  return {
    targets,
    split: { ...split, seenRows: trainRows, targetRows: trainRows },
    weighed: targets.rows,
    rows: targets.rows.length,
    notices: repeats.notices
  }
}

/** A row that cannot be an input can be an answer. */
function partWindows(table: Table, setup: WindowSetup, { dropped }: CompleteRows, part: Parting): PartedRows {
  const order = orderRows(table, setup.window)
  requirePlaces(table, setup.window, order)
  const hasPlace = new Uint8Array(table.rows)
  for (const row of order.rows) hasPlace[row] = 1
  const targets = answersOf(table, setup, (row) => hasPlace[row] === 1)
  const split = splitWindows(table, setup, order, targets, dropped, part)
  return {
    targets,
    split,
    weighed: endRows(order, split.places.ends),
    rows: order.rows.length,
    notices: windowNotices(table, setup, order, split)
  }
}

function answersOf(table: Table, setup: Setup, usable: (row: number) => boolean): Targets {
  return readTargets(table, setup, { byText: !setup.prepare, validated: keepsRows(setup), usable })
}

/** A column that is to be a feature, and how. */
export interface PlannedColumn {
  readonly column: Column
  readonly plan: FeaturePlan
}

function featureColumns(table: Table, setup: Setup): Column[] {
  const aside = isWindowed(setup) ? asideOfWindows(setup) : targetsOf(setup)
  const left = new Set<string | null>([...setup.ignored, ...aside, setup.weight, splitColumn(setup)])
  return table.columns.filter(({ name }) => !left.has(name))
}

/** Nothing is planned where numbers are taken as they stand in the file. */
function plansOf(table: Table, setup: Setup): PlannedColumn[] {
  const settings = new Map(setup.columns.map((setting) => [setting.name, setting]))
  const unknown = setup.columns.find(({ name }) => findColumn(table, name) === undefined)
  if (unknown !== undefined) {
    throw new ConfigError(
      'unknown-column',
      `${table.fileName} has no column "${unknown.name}", which is to be prepared. Its columns are ${listNames(table.columns.map(({ name }) => name))}.`,
      { column: unknown.name }
    )
  }
  if (!setup.prepare) return []
  return featureColumns(table, setup).map((column) => ({ column, plan: planOf(column, settings.get(column.name)) }))
}

/** The network takes an image as [channels, height, width], beside which there is no place for other numbers. */
function requireImageAlone(table: Table, columns: readonly Column[]): void {
  const image = columns.find(({ type }) => type === 'image')
  if (image === undefined || columns.length === 1) return
  const others = columns.filter((column) => column !== image).map(({ name }) => name)
  throw new DataFormatError(
    'image-not-alone',
    `${table.fileName}: the images of "${image.name}" can be the only feature. Ignore ${listNames(others)}, or the images.`,
    { file: table.fileName, column: image.name }
  )
}

/** Which rows lack a value in a column where that leaves the row out. */
export interface CompleteRows {
  /** 1 for each row of the table that is left out. */
  readonly dropped: Uint8Array
  readonly columns: readonly { readonly name: string; readonly rows: number }[]
}

function completeRows(table: Table, planned: readonly PlannedColumn[]): CompleteRows {
  const dropped = new Uint8Array(table.rows)
  const columns: { name: string; rows: number }[] = []
  for (const { column, plan } of planned) {
    if (plan.missing !== 'drop-row') continue
    const missing = missingIn(column, table, plan)
    let rows = 0
    for (let row = 0; row < table.rows; row++) {
      if (!missing(row)) continue
      dropped[row] = 1
      rows++
    }
    if (rows > 0) columns.push({ name: column.name, rows })
  }
  if (table.rows > 0 && dropped.every((each) => each === 1)) {
    const names = columns.map(({ name }) => name)
    throw new DataFormatError(
      'no-complete-rows',
      `${table.fileName}: every row lacks a value in ${listNames(names)}, and such rows are to be left out. Fill the missing values instead, or ignore a column.`,
      { file: table.fileName, column: names[0] ?? '' }
    )
  }
  return { dropped, columns }
}

function fitFeatures(table: Table, planned: readonly PlannedColumn[], trainRows: Int32Array) {
  const features: FeaturePreparation[] = []
  const withoutValue: string[] = []
  for (const { column, plan } of planned) {
    const feature = fitFeature(column, table, trainRows, plan)
    if (feature === null) withoutValue.push(column.name)
    else features.push(feature)
  }
  return { features, withoutValue }
}

/** What to do when there are no features, by why there are none. */
function noFeaturesAdvice(table: Table, setup: Setup): string {
  const views = profileTable(table)
  const commas = table.columns.flatMap((column, index) => {
    const view = views[index]
    const leftOut = !targetsOf(setup).includes(column.name) && setup.ignored.includes(column.name) && view !== undefined
    return leftOut && columnRole(column, view) === 'comma-numbers' ? [column.name] : []
  })
  if (commas.length === 0) return 'Use at least one other column that has values.'
  return `Numbers with a comma in ${listNames(commas)} could not be told from text and are left out: save the file with decimal points and without thousands separators.`
}

function requireSetting(key: 'validation' | 'test' | 'seed', value: number): void {
  const field = trainingFields.find((each) => each.key === key)
  const problem = field === undefined ? null : fieldProblem(field, value)
  if (field === undefined || problem === null) return
  throw new ConfigError('invalid-config', `${field.label} ${problem}.`, { setting: key })
}

/** One category too many is a message; a table of them must not end in a crash for lack of memory. */
function requireEncodable(preparation: Preparation, rows: number): void {
  const width = featureNames(preparation).length
  // Images stay the bytes that the table has.
  const isImage = preparation.features.some(({ kind }) => kind === 'image')
  if (isImage || width * rows <= maxEncodedValues) return
  const widest = preparation.features
    .flatMap((feature) => {
      const inputs = coderOf(feature).inputs.length
      return inputs > 1 ? [{ name: feature.name, inputs }] : []
    })
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
