/**
 * The frames of `events.log` (`FramedLog`).
 *
 *   steps     u8 1 | u8 form | u16 0 | u32 count | f64 first step | f64 trained for, from and to (ms) | f64 position, from and to |
 *             losses: float32 (form & 1) or float64 | learning rates: one (form & 2) or each, float64; little-endian
 *   records   u8 2 | lines of JSON (`recordSchema`)
 *
 * Losses are kept as float32 only where that holds them exactly, as it does those of the wasm executor.
 */
import * as v from 'valibot'
import type { LayerStatistics } from '../engine/train/events'
import { StorageError } from '../shared/errors'
import { setupSchema } from '../shared/setup'
import { epochCheckSchema } from './gradient-checks'
import { settingChangesSchema } from './plan'
import { epochRecordSchema, type EpochRecord } from './record'
import type { StepBlock } from './step-series'

export const EVENTS_MAGIC = 'BPSEVT1\n'
const STEPS = 1
const RECORDS = 2
const NARROW = 1
const ONE_RATE = 2
const STEPS_HEADER_BYTES = 48
const MAX_LAYERS = 100_000
const MAX_BINS = 10_000

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const finite = v.pipe(v.number(), v.finite())
/** A number that was not finite is null in the file. */
const value = v.pipe(
  v.nullable(finite),
  v.transform((number) => number ?? NaN)
)
const values = v.pipe(
  v.array(v.tuple([v.string(), v.nullable(finite)])),
  v.transform((pairs) => Object.fromEntries(pairs.map(([name, number]) => [name, number ?? NaN])))
)

const histogramSchema = v.strictObject({
  min: value,
  max: value,
  counts: v.pipe(v.array(v.pipe(finite, v.minValue(0))), v.maxLength(MAX_BINS))
})
const layerSchema = v.strictObject({
  layer: v.string(),
  weights: v.nullable(
    v.strictObject({ histogram: histogramSchema, norm: value, gradientNorm: value, updateRatio: v.nullable(finite) })
  ),
  /** Runs of earlier studios have none. */
  delta: v.optional(v.nullable(finite), null),
  activations: v.strictObject({
    histogram: histogramSchema,
    dead: v.nullable(finite),
    saturated: v.nullable(finite)
  })
}) satisfies v.GenericSchema<unknown, LayerStatistics>

export const changeSchema = v.strictObject({
  step: count,
  position: v.pipe(finite, v.minValue(0)),
  elapsedMs: v.pipe(finite, v.minValue(0)),
  settings: settingChangesSchema
})

const epochSchema = v.strictObject({
  epoch: epochRecordSchema.entries.epoch,
  trainLoss: value,
  // Null where there are no validation rows; NaN is told apart.
  validationLoss: v.union([
    v.nullable(finite),
    v.pipe(
      v.literal('NaN'),
      v.transform(() => NaN)
    )
  ]),
  trainMetrics: values,
  metrics: values,
  learningRate: value,
  best: v.boolean(),
  step: v.pipe(count, v.minValue(1)),
  elapsedMs: v.nullable(v.pipe(finite, v.minValue(0))),
  layers: v.nullable(v.pipe(v.array(layerSchema), v.maxLength(MAX_LAYERS))),
  /** Runs whose gradients are not checked after each epoch have none. */
  gradientCheck: v.exactOptional(epochCheckSchema)
}) satisfies v.GenericSchema<unknown, EpochRecord>

const recordSchema = v.variant('type', [
  v.strictObject({ type: v.literal('epoch'), epoch: epochSchema }),
  /** What came after `step` of the steps, `epochs` and `changes` before it counts no more: the run went on from there. */
  v.strictObject({
    type: v.literal('resumed'),
    at: v.pipe(v.string(), v.isoTimestamp()),
    step: count,
    epochs: count,
    changes: count
  }),
  /** `setup` is in force from the next step on. */
  v.strictObject({ type: v.literal('change'), change: changeSchema, setup: setupSchema })
])
type Parsed = v.InferOutput<typeof recordSchema>
export type EventRecord = Exclude<Parsed, { type: 'epoch' }> | { readonly type: 'epoch'; readonly epoch: EpochRecord }

/** One line, without its end: what `JSON.stringify` gives, put together by hand, as short epochs end by the thousand a second. */
export function recordLine(record: EventRecord): string {
  if (record.type !== 'epoch') return JSON.stringify(record)
  const { epoch, trainLoss, learningRate, best, step, elapsedMs, layers, validationLoss } = record.epoch
  const check = record.epoch.gradientCheck
  const loss = validationLoss !== null && Number.isNaN(validationLoss) ? '"NaN"' : numberText(validationLoss)
  return (
    `{"type":"epoch","epoch":{"epoch":${epoch},"trainLoss":${numberText(trainLoss)},"learningRate":${numberText(learningRate)},` +
    `"best":${best},"step":${step},"elapsedMs":${numberText(elapsedMs)},"layers":${layers === null ? 'null' : JSON.stringify(layers)},` +
    `"validationLoss":${loss},"metrics":[${pairsText(record.epoch.metrics)}],"trainMetrics":[${pairsText(record.epoch.trainMetrics)}]` +
    `${check === undefined ? '' : `,"gradientCheck":${JSON.stringify(check)}`}}}`
  )
}

function numberText(value: number | null): string {
  return value !== null && Number.isFinite(value) ? String(value) : 'null'
}

function pairsText(values: EpochRecord['metrics']): string {
  let text = ''
  for (const name of Object.keys(values)) {
    text += `${text === '' ? '' : ','}[${JSON.stringify(name)},${numberText(values[name] ?? NaN)}]`
  }
  return text
}

export function recordsPayload(lines: readonly string[]): Uint8Array {
  const bytes = Buffer.from(' ' + lines.join('\n'))
  bytes[0] = RECORDS
  return bytes
}

/** A block with where it begins, in epochs. */
export interface KeptBlock extends StepBlock {
  readonly positionFrom: number
}

export function stepsPayload(block: KeptBlock): Uint8Array {
  const { first, losses, rates, elapsedMs, positionFrom, position } = block
  const narrow = new Float32Array(losses)
  const isNarrow = areSame(narrow, losses)
  const payload = Buffer.alloc(
    STEPS_HEADER_BYTES + (isNarrow ? 4 : 8) * losses.length + (typeof rates === 'number' ? 8 : 8 * rates.length)
  )
  payload[0] = STEPS
  payload[1] = (isNarrow ? NARROW : 0) | (typeof rates === 'number' ? ONE_RATE : 0)
  payload.writeUInt32LE(losses.length, 4)
  for (const [i, number] of [first, ...elapsedMs, positionFrom, position].entries())
    payload.writeDoubleLE(number, 8 + 8 * i)
  const kept = isNarrow ? narrow : losses
  payload.set(bytesOf(kept), STEPS_HEADER_BYTES)
  payload.set(bytesOf(typeof rates === 'number' ? Float64Array.of(rates) : rates), STEPS_HEADER_BYTES + kept.byteLength)
  return payload
}

function areSame(narrow: Float32Array, wide: Float64Array): boolean {
  for (let i = 0; i < wide.length; i++) {
    const value = wide[i] ?? NaN
    // Rounding keeps the sign of 0, and a NaN stays one.
    if (narrow[i] !== value && !Number.isNaN(value)) return false
  }
  return true
}

function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

export type EventFrame =
  | { readonly type: 'steps'; readonly first: number; readonly count: number; readonly block: () => KeptBlock }
  | { readonly type: 'records'; readonly records: readonly EventRecord[] }

/** @throws StorageError `log-damaged` for what no studio writes */
export function eventFrame(payload: Buffer, path: string): EventFrame {
  if (payload[0] === STEPS && payload.length >= STEPS_HEADER_BYTES) {
    const form = payload[1] ?? 0
    const steps = payload.readUInt32LE(4)
    const rates = form & ONE_RATE ? 1 : steps
    const first = payload.readDoubleLE(8)
    const length = STEPS_HEADER_BYTES + (form & NARROW ? 4 : 8) * steps + 8 * rates
    if (steps > 0 && Number.isSafeInteger(first) && first > 0 && length === payload.length && form <= 3)
      return { type: 'steps', first, count: steps, block: () => stepBlock(payload, first, steps, form) }
  }
  if (payload[0] === RECORDS) {
    const lines = payload.toString('utf8', 1).split('\n')
    return { type: 'records', records: lines.map((line) => parseRecord(line, path)) }
  }
  throw damaged(path)
}

function stepBlock(payload: Buffer, first: number, steps: number, form: number): KeptBlock {
  const lossBytes = (form & NARROW ? 4 : 8) * steps
  // Copies, so that they begin where numbers of their kind may.
  const losses = Uint8Array.from(payload.subarray(STEPS_HEADER_BYTES, STEPS_HEADER_BYTES + lossBytes))
  const rates = new Float64Array(Uint8Array.from(payload.subarray(STEPS_HEADER_BYTES + lossBytes)).buffer)
  return {
    first,
    losses: form & NARROW ? Float64Array.from(new Float32Array(losses.buffer)) : new Float64Array(losses.buffer),
    rates: form & ONE_RATE ? (rates[0] ?? NaN) : rates,
    elapsedMs: [payload.readDoubleLE(16), payload.readDoubleLE(24)],
    positionFrom: payload.readDoubleLE(32),
    position: payload.readDoubleLE(40)
  }
}

/** The block up to a step; null when nothing is left of it. */
export function clipped(block: KeptBlock, last: number): KeptBlock | null {
  const { first, losses, rates, elapsedMs, positionFrom, position } = block
  const kept = Math.min(losses.length, last - first + 1)
  if (kept <= 0) return null
  if (kept === losses.length) return block
  const share = kept / losses.length
  return {
    first,
    losses: losses.subarray(0, kept),
    rates: typeof rates === 'number' ? rates : rates.subarray(0, kept),
    elapsedMs: [elapsedMs[0], elapsedMs[0] + (elapsedMs[1] - elapsedMs[0]) * share],
    positionFrom,
    position: positionFrom + (position - positionFrom) * share
  }
}

function parseRecord(line: string, path: string): EventRecord {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    throw damaged(path)
  }
  const result = v.safeParse(recordSchema, json)
  if (!result.success) throw damaged(path)
  return result.output
}

function damaged(path: string): StorageError {
  return new StorageError(
    'log-damaged',
    `"${path}" holds something that this studio does not write: it is of a newer studio, or damaged. Open it with a newer studio, or restore it from a copy.`,
    { path }
  )
}
