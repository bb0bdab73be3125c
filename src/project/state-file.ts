/** A `TrainingState` as it stands in checkpoints and snapshots: JSON that says what the tensors are, and their bytes. */
import * as v from 'valibot'
import type { TrainingState } from '../engine'

const MAX_TENSORS = 100_000
const MAX_NUMBERS = 10_000_000
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))

/** JSON knows neither −0 nor what is not finite, and these must come back as they were. */
const odd = new Map([
  ['-0', -0],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['NaN', NaN]
])
const exactNumber = v.union([
  v.pipe(v.number(), v.finite()),
  v.pipe(
    v.picklist(['-0', 'Infinity', '-Infinity', 'NaN']),
    v.transform((name) => odd.get(name) ?? NaN)
  )
])
const numbers = v.pipe(v.array(exactNumber), v.maxLength(MAX_NUMBERS))

const typeName = v.pipe(v.string(), v.maxLength(64))

const BYTES = { F32: 4, F64: 8 } as const

export const stateSchema = v.strictObject({
  step: count,
  epochs: count,
  progress: v.nullable(
    v.strictObject({
      done: count,
      learningRate: v.nullable(exactNumber),
      loss: numbers,
      metrics: v.pipe(v.array(numbers), v.maxLength(MAX_NUMBERS))
    })
  ),
  optimizer: v.strictObject({ type: typeName, since: count }),
  schedule: v.strictObject({ type: typeName, state: numbers }),
  stopper: numbers,
  earlyStop: v.nullable(v.strictObject({ epoch: count, bestEpoch: count, restored: v.boolean() })),
  restoredEpoch: v.nullable(count),
  /** In the order of their bytes, which follow one another without gaps. */
  tensors: v.pipe(
    v.array(
      v.strictObject({
        name: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
        dtype: v.picklist(['F32', 'F64']),
        length: count
      })
    ),
    v.maxLength(MAX_TENSORS)
  )
})
type StateHeader = v.InferOutput<typeof stateSchema>

/** What `stateSchema` reads. */
export function stateToJson(state: TrainingState): unknown {
  const { step, epochs, progress, optimizer, schedule, stopper, earlyStop, restoredEpoch, tensors } = state
  return {
    step,
    epochs,
    progress:
      progress === null
        ? null
        : {
            done: progress.done,
            learningRate: progress.learningRate,
            loss: toJson(progress.loss),
            metrics: progress.metrics.map(toJson)
          },
    optimizer: { type: optimizer.type, since: optimizer.since },
    schedule: { type: schedule.type, state: toJson(schedule.state) },
    stopper: toJson(stopper),
    earlyStop,
    restoredEpoch,
    tensors: [...tensors].map(([name, data]) => ({
      name,
      dtype: data instanceof Float32Array ? 'F32' : 'F64',
      length: data.length
    }))
  }
}

function toJson(values: readonly number[]): (number | string)[] {
  return values.map((value) =>
    Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value)
  )
}

/** The tensors' bytes, in order; little-endian, as every system is that the studio runs on. */
export function tensorBytes({ tensors }: TrainingState): Uint8Array[] {
  return [...tensors.values()].map((data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

/** Bytes that the tensors take. */
export function sizeOfTensors(header: StateHeader): number {
  return header.tensors.reduce((sum, { dtype, length }) => sum + BYTES[dtype] * length, 0)
}

/**
 * The state again.
 * @param bytes of all tensors, exactly `sizeOfTensors`
 * @throws RangeError when the header and the bytes do not belong together
 */
export function stateFrom(header: StateHeader, bytes: Uint8Array): TrainingState {
  if (sizeOfTensors(header) !== bytes.byteLength) throw new RangeError('its tensors are not as long as it says')
  if (new Set(header.tensors.map(({ name }) => name)).size !== header.tensors.length)
    throw new RangeError('it names a tensor twice')
  let at = 0
  const tensors = new Map(
    header.tensors.map(({ name, dtype, length }) => {
      // A copy, so that it begins where numbers of its kind may.
      const own = new Uint8Array(BYTES[dtype] * length)
      own.set(bytes.subarray(at, at + own.byteLength))
      at += own.byteLength
      const data = dtype === 'F32' ? new Float32Array(own.buffer) : new Float64Array(own.buffer)
      return [name, data] as const
    })
  )
  return { ...header, tensors }
}
