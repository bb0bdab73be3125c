/** Whether an ONNX file answers as the studio does: both are asked the same rows. */
import type { Column, Preparation, Table } from '../../data'
import { RandomStream } from '../../engine'
import { chooseRows, predictTable, selectRows, type RowPrediction, type Run } from '../../project'
import type { Verification } from '../exporter'
import { answerNames } from './answers'
import { inputType } from './preparation'
import { OnnxSession, type OnnxAnswers } from './session'

/**
 * Largest difference allowed in a probability. The file computes in float32 (24 bits, 6e-8 relative), the studio
 * in float64. A logit near 0 that is the sum of a few hundred terms of size 10 is off by about 1e-5 at worst
 * and a probability by a quarter of that; a wrong weight, order or formula shows at 1e-2.
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
 * then loses what float64 keeps. How much is measured on the studio's own network, its weights moved by one float32 unit each;
 * the file rounds every product and sum as well, so this many times that is allowed on top.
 */
const ROUNDINGS = 8
const WEIGHT_ROUNDING = 2 ** -23

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
      const studio = predictTable(run, part)
      compare(worst, run, studio, file, roundingOf(run, part, studio))
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

/** What float32 may cost beyond the tolerances, in units of the answers: 0 where features are standardised. */
function roundingOf(run: Run, part: Table, studio: readonly RowPrediction[]): number {
  if (run.record.preparation.features.every(({ kind }) => kind !== 'raw')) return 0
  const random = new RandomStream(1, 'verify')
  const nudged = (value: number) => value * (1 + (random.below(2) === 0 ? 1 : -1) * WEIGHT_ROUNDING)
  const parameters = new Map(
    [...run.parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(nudged) }])
  )
  const moved = predictTable({ ...run, parameters }, part)
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
 * Two rows no table need have, so that filling is checked whatever the data: every feature missing (raw numbers 0,
 * since nothing fills them); and every category unknown.
 */
function madeRows({ features }: Preparation, table: Table): Table {
  const columns = features.map((feature): Column => {
    const { name } = feature
    if (feature.kind === 'number') return { type: 'number', name, values: Float64Array.of(NaN, feature.fill) }
    if (feature.kind === 'raw') return { type: 'number', name, values: Float64Array.of(0, 1) }
    return { type: 'category', name, codes: Int32Array.of(-1, 0), categories: [unknownTo(feature.categories)] }
  })
  return { ...table, rows: 2, columns }
}

function unknownTo(categories: readonly string[]): string {
  let name = 'unknown'
  while (categories.includes(name)) name += '_'
  return name
}
