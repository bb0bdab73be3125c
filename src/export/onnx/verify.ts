/** Whether an ONNX file answers as the studio does: both are asked the same rows. */
import {
  encodeFeatures,
  needsValue,
  type Column,
  type FeaturePreparation,
  type Preparation,
  type Table
} from '../../data'
import { RandomStream } from '../../engine'
import { chooseRows, predictTable, selectRows, type RowPrediction, type Run } from '../../project'
import type { Verification } from '../exporter'
import { answerNames } from './answers'
import { inputType } from './preparation'
import { OnnxSession, type OnnxAnswers } from './session'

/**
 * Largest difference allowed in a probability. The file computes in float32 (24 bits, 6e-8 relative); so does the studio,
 * as far as the logits, with sums in an order of its own. A logit near 0 that is the sum of a few hundred terms of size 10
 * is off by about 1e-5 at worst and a probability by a quarter of that; a wrong weight, order or formula shows at 1e-2.
 */
const PROBABILITY_TOLERANCE = 1e-5

/** Of a standardised value z, relative to 1 + |z|: the same float32 arithmetic, where z is of any size. */
const VALUE_TOLERANCE = 1e-5

/** A float32 output is rounded by at most this share of itself (half a unit in the last place). */
const FLOAT32_ROUNDING = 2 ** -24
/** Or by this much, next to 0: half of the smallest float32. */
const FLOAT32_SMALLEST_ROUNDING = 2 ** -150

/**
 * Numbers that are taken as they stand in the file may be of any size, and so may the terms that sum up to an output: float32
 * then loses much of it. How much is measured on the studio's own network, its weights moved by one float32 unit each;
 * the file rounds every product and sum as well, so this many times that is allowed on top.
 */
const ROUNDINGS = 8
const WEIGHT_ROUNDING = 2 ** -23

/** A feature beyond this is not what the tolerances are made for, as one may be that is not standardised. */
const LARGE = 100

/** Rows of the table at most: enough to meet every path through the file, and quick. */
const MAX_ROWS = 1000

/** Gathers the worst of many differences. */
class Worst {
  difference = 0
  share = 0
  wrongLabels = 0

  add(studio: number, file: number, allowed: number): void {
    const same = Object.is(studio, file)
    const difference = same ? 0 : Math.abs(studio - file)
    // NaN on one side only is as wrong as can be; Math.max would hand it on as NaN.
    const counted = Number.isNaN(difference) ? Infinity : difference
    this.difference = Math.max(this.difference, counted)
    this.share = Math.max(this.share, counted / allowed)
  }
}

/** Runs the file on at most 1,000 rows of the table and on two made ones, and compares every number and class. */
export async function verifyOnnx(bytes: Uint8Array, run: Run, table: Table): Promise<Verification> {
  const { preparation } = run.record
  const { target } = preparation
  const chosen = selectRows(table, chooseRows(preparation, table, MAX_ROWS))
  const worst = new Worst()
  const session = await OnnxSession.open(bytes)
  try {
    for (const part of [chosen, madeRows(preparation, table)]) {
      if (part.rows === 0) continue
      const file = await session.answer(preparation, answerNames(preparation), part)
      const studio = await predictTable(run, part)
      compare(worst, run, studio, file, await roundingOf(run, part, studio))
    }
  } finally {
    await session.close()
  }
  return {
    rows: chosen.rows,
    maxDifference: worst.difference,
    differenceUnit: target.task === 'regression' ? target.name : 'probability',
    worstShare: worst.share,
    tolerance:
      target.task === 'regression'
        ? `${VALUE_TOLERANCE} × ${target.scale}, the spread of "${target.name}", and float32 rounding`
        : String(PROBABILITY_TOLERANCE),
    wrongLabels: worst.wrongLabels,
    inputs: preparation.features.map((feature) => ({ name: feature.name, type: inputType(feature) }))
  }
}

/** What float32 may cost beyond the tolerances, in units of the answers: 0 where features are of ordinary size. */
async function roundingOf(run: Run, part: Table, studio: readonly RowPrediction[]): Promise<number> {
  const { preparation } = run.record
  const isLarge = (value: number) => Math.abs(value) > LARGE
  if (preparation.features.every(({ kind }) => kind !== 'raw') && !encodeFeatures(preparation, part).data.some(isLarge))
    return 0
  const random = new RandomStream(1, 'verify')
  const nudged = (value: number) => value * (1 + (random.below(2) === 0 ? 1 : -1) * WEIGHT_ROUNDING)
  const parameters = new Map(
    [...run.parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(nudged) }])
  )
  const moved = await predictTable({ ...run, parameters }, part)
  const differences = studio.flatMap((row, i) => {
    const others = numbersOf(moved[i])
    return numbersOf(row).map((value, k) => Math.abs(value - (others[k] ?? NaN)))
  })
  return ROUNDINGS * differences.filter(Number.isFinite).reduce((most, each) => Math.max(most, each), 0)
}

/** A row's probabilities, or its value. */
function numbersOf(row: RowPrediction | undefined): readonly number[] {
  return row?.probabilities?.map(([, probability]) => probability) ?? [Number(row?.prediction)]
}

/** @param extra allowed beyond the tolerances, in units of the answers */
function compare(worst: Worst, run: Run, studio: readonly RowPrediction[], file: OnnxAnswers, extra: number): void {
  const { target } = run.record.preparation
  studio.forEach(({ prediction, probabilities }, row) => {
    const answer = file.predictions[row]
    if (target.task === 'regression' || typeof prediction === 'number' || probabilities === undefined) {
      const value = Number(prediction)
      const z = target.task === 'regression' ? (value - target.mean) / target.scale : 0
      const scale = target.task === 'regression' ? target.scale : 1
      const rounding = Math.max(FLOAT32_ROUNDING * Math.abs(value), FLOAT32_SMALLEST_ROUNDING)
      const allowed = VALUE_TOLERANCE * scale * (1 + Math.abs(z)) + rounding + extra
      worst.add(value, typeof answer === 'number' ? answer : NaN, allowed)
      return
    }
    probabilities.forEach(([, probability], k) => {
      worst.add(probability, file.probabilities?.[row * probabilities.length + k] ?? NaN, PROBABILITY_TOLERANCE + extra)
    })
    if (answer !== prediction && !nearTie(probabilities, PROBABILITY_TOLERANCE + extra)) worst.wrongLabels++
  })
}

/** Two classes so close that the allowed difference may put either first. */
function nearTie(probabilities: NonNullable<RowPrediction['probabilities']>, allowed: number): boolean {
  const [first = 0, second = 0] = probabilities.map(([, probability]) => probability).sort((a, b) => b - a)
  return first - second <= 2 * allowed
}

/**
 * Rows no table need have, so that filling is checked whatever the data: every feature missing, where it may be (raw numbers
 * 0, since nothing fills them); and every category unknown, dates before 1970.
 */
function madeRows({ features }: Preparation, table: Table): Table {
  return { ...table, rows: 2, columns: features.map(madeCells) }
}

function madeCells(feature: FeaturePreparation): Column {
  const { name } = feature
  const texts = (first: string | null, second: string): Column => {
    const categories = [second, ...(first === null || first === second ? [] : [first])]
    return {
      type: 'category',
      name,
      codes: Int32Array.of(first === null ? -1 : categories.indexOf(first), 0),
      categories
    }
  }
  switch (feature.kind) {
    case 'raw':
      return { type: 'number', name, values: Float64Array.of(0, 1) }
    case 'number': {
      // From 0 up, for the sake of logarithms.
      const usable = feature.fill ?? Math.max(0, feature.transform === 'log1p' ? 0 : feature.mean)
      return { type: 'number', name, values: Float64Array.of(needsValue(feature) ? usable : NaN, usable) }
    }
    case 'date':
      return { type: 'number', name, values: Float64Array.of(needsValue(feature) ? 0 : NaN, Date.UTC(1904, 1, 29, 23)) }
    case 'image': {
      const { width, height, channels } = feature
      const size = width * height * channels
      // All black, and every level in turn.
      const pixels = Uint8Array.from({ length: 2 * size }, (_, at) => (at < size ? 0 : at % 256))
      return { type: 'image', name, width, height, channels, pixels }
    }
    case 'words': {
      const word = feature.words[0] ?? ''
      return texts(feature.required === true ? word : null, `${word.toUpperCase()}, and`)
    }
    case 'category':
    case 'ordinal':
    case 'boolean':
      return texts(needsValue(feature) ? (feature.categories[0] ?? '') : null, unknownTo(feature.categories))
  }
}

function unknownTo(categories: readonly string[]): string {
  let name = 'unknown'
  while (categories.includes(name)) name += '_'
  return name
}
