/** Whether an ONNX file answers as the studio does: both are asked the same rows. */
import {
  embeddedInputs,
  encodeFeatures,
  inputRows,
  inputShape,
  needsValue,
  outputCount,
  valueOutputs,
  type Column,
  type FeaturePreparation,
  type Preparation,
  type Table,
  type ValueOutput
} from '../../data'
import { RandomStream, sizeOf, wholeTensor } from '../../engine'
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
/** And numbers of windows, which may be long. */
const MAX_CELLS = 4_000_000

/** Gathers the worst of many differences of one output. */
class Worst {
  difference = 0
  share = 0

  constructor(
    /** Of its numbers: the name of a value, or `probability`. */
    readonly unit: string,
    readonly tolerance: string
  ) {}

  add(studio: number, file: number, allowed: number): void {
    const same = Object.is(studio, file)
    const difference = same ? 0 : Math.abs(studio - file)
    // NaN on one side only is as wrong as can be; Math.max would hand it on as NaN.
    const counted = Number.isNaN(difference) ? Infinity : difference
    this.difference = Math.max(this.difference, counted)
    this.share = Math.max(this.share, counted / allowed)
  }
}

/**
 * Runs the file on at most 1,000 rows of the table, or as many windows as are quick, and on two made ones, and compares
 * every number and class.
 */
export async function verifyOnnx(bytes: Uint8Array, given: Run, table: Table): Promise<Verification> {
  const cells = sizeOf(inputShape(given.record.preparation))
  const most = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / cells)))
  const chosen = selectRows(table, chooseRows(given.record.preparation, table, most))
  const run = inGivenOrder(given)
  const { preparation } = run.record
  const worst = worstOf(preparation)
  let wrongLabels = 0
  const session = await OnnxSession.open(bytes)
  try {
    for (const part of [chosen, madeRows(preparation, table)]) {
      if (part.rows === 0) continue
      const file = await session.answer(preparation, answerNames(preparation), part)
      const studio = await predictTable(run, part)
      wrongLabels += compare(worst, preparation, studio, file, await roundingsOf(run, part, studio))
    }
  } finally {
    await session.close()
  }
  const { difference, share, unit, tolerance } = worst.reduce((most, each) => (each.share > most.share ? each : most))
  return {
    rows: inputRows(preparation, chosen).length,
    maxDifference: difference,
    differenceUnit: unit,
    worstShare: share,
    tolerance,
    wrongLabels,
    inputs: preparation.features.map((feature) => ({ name: feature.name, type: inputType(feature) }))
  }
}

/** The rows of windows were put in order when they were chosen, and made ones have no time. */
function inGivenOrder(run: Run): Run {
  const { preparation } = run.record
  if (preparation.window === undefined) return run
  const window = { ...preparation.window, time: null, series: null }
  return { ...run, record: { ...run.record, preparation: { ...preparation, window } } }
}

/** One for each value or label; one for all classes. */
function worstOf(preparation: Preparation): readonly [Worst, ...Worst[]] {
  const ofValues = valueOutputs(preparation).map(
    ({ name, scale }) => new Worst(name, `${VALUE_TOLERANCE} × ${scale}, the spread of "${name}", and float32 rounding`)
  )
  const count = preparation.target.task === 'multi-label' ? outputCount(preparation) : 1
  const ofClasses = () => new Worst('probability', String(PROBABILITY_TOLERANCE))
  const [first = ofClasses(), ...others] = ofValues.length > 0 ? ofValues : Array.from({ length: count }, ofClasses)
  return [first, ...others]
}

/**
 * What float32 may cost beyond the tolerances, in units of the answers, for each number of a row: 0 where features are of
 * ordinary size.
 */
async function roundingsOf(run: Run, part: Table, studio: readonly RowPrediction[]): Promise<readonly number[]> {
  const { preparation } = run.record
  const most = new Array<number>(outputCount(preparation)).fill(0)
  const features = wholeTensor(encodeFeatures(preparation, part))
  const [, channels = 1, ...steps] = features.shape
  // The entry of a category has no size.
  const entries = new Set(embeddedInputs(preparation).map(({ at }) => at))
  const isLarge = (value: number, at: number) =>
    Math.abs(value) > LARGE && !entries.has(Math.floor(at / sizeOf(steps)) % channels)
  if (preparation.features.every(({ kind }) => kind !== 'raw') && !features.data.some(isLarge)) return most
  const random = new RandomStream(1, 'verify')
  const nudged = (value: number) => value * (1 + (random.below(2) === 0 ? 1 : -1) * WEIGHT_ROUNDING)
  const parameters = new Map(
    [...run.parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(nudged) }])
  )
  const moved = await predictTable({ ...run, parameters }, part)
  studio.forEach((row, i) => {
    const others = numbersOf(moved[i])
    numbersOf(row).forEach((value, k) => {
      const difference = Math.abs(value - (others[k] ?? NaN))
      if (Number.isFinite(difference)) most[k] = Math.max(most[k] ?? 0, difference)
    })
  })
  // The probabilities of classes go together.
  const shared = 'classes' in preparation.target ? Math.max(...most) : null
  return most.map((each) => ROUNDINGS * (shared ?? each))
}

/** A row's probabilities, or its values. */
function numbersOf(row: RowPrediction | undefined): readonly number[] {
  if (row?.values !== undefined) return row.values.map(({ value, probability }) => probability ?? Number(value))
  return row?.probabilities?.map(([, probability]) => probability) ?? [Number(row?.prediction)]
}

/**
 * @param extra allowed beyond the tolerances for each number of a row, in units of the answers
 * @returns how many classes differ
 */
function compare(
  worst: readonly [Worst, ...Worst[]],
  preparation: Preparation,
  studio: readonly RowPrediction[],
  file: OnnxAnswers,
  extra: readonly number[]
): number {
  const values = valueOutputs(preparation)
  const answers: ArrayLike<unknown> = file.probabilities ?? file.predictions
  let wrongLabels = 0
  studio.forEach((prediction, row) => {
    const numbers = numbersOf(prediction)
    numbers.forEach((number, k) => {
      const answer = answers[row * numbers.length + k]
      const allowed = allowedIn(number, values[k]) + (extra[k] ?? 0)
      const of = worst[k] ?? worst[0]
      of.add(number, typeof answer === 'number' ? answer : NaN, allowed)
    })
    if (values.length === 0) wrongLabels += wrongIn(prediction, file, row, extra)
  })
  return wrongLabels
}

/** What is allowed of one number; in raw units for a value, which is undefined for a probability. */
function allowedIn(number: number, value: ValueOutput | undefined): number {
  if (value === undefined) return PROBABILITY_TOLERANCE
  const z = (number - value.mean) / value.scale
  const rounding = Math.max(FLOAT32_ROUNDING * Math.abs(number), FLOAT32_SMALLEST_ROUNDING)
  return VALUE_TOLERANCE * value.scale * (1 + Math.abs(z)) + rounding
}

/** How many classes of a row differ, though no near tie lets the allowed difference put either first. */
function wrongIn(
  { prediction, probabilities = [], values }: RowPrediction,
  { predictions }: OnnxAnswers,
  row: number,
  extra: readonly number[]
): number {
  if (values === undefined) {
    const allowed = PROBABILITY_TOLERANCE + (extra[0] ?? 0)
    return predictions[row] === prediction || nearTie(probabilities, allowed) ? 0 : 1
  }
  return values.filter(({ value, probability = NaN }, k) => {
    const isTie = Math.abs(probability - 0.5) <= PROBABILITY_TOLERANCE + (extra[k] ?? 0)
    return predictions[row * values.length + k] !== value && !isTie
  }).length
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
function madeRows({ features, window }: Preparation, table: Table): Table {
  const two = { ...table, rows: 2, columns: features.map(madeCells) }
  // Two windows, in which they take turns.
  return window === undefined
    ? two
    : selectRows(
        two,
        Int32Array.from({ length: window.steps + 1 }, (_, row) => row % 2)
      )
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
    case 'embedding':
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
