/**
 * Safetensors: named tensors in one file. Written are float32 values; read are those of other kinds as well.
 *
 *   8 bytes   length of the header, little-endian
 *   header    JSON: { "<name>": { "dtype": "F32", "shape": […], "data_offsets": [from, to] }, …, "__metadata__": { text: text } }
 *   data      the tensors' values, row-major, little-endian, without gaps, in the order of their offsets
 *
 * Source: github.com/huggingface/safetensors, README "Format". The reader refuses whatever that page refuses.
 * Tensor names come from a file: they are keys of Maps here, never of objects.
 */
import * as v from 'valibot'
import { StorageError } from '../shared/errors'
import { issueSentence } from '../shared/issue-words'
import type { Tensor } from '../engine'
import { parseStrictJson } from './strict-json'

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>
  /** The free texts of `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>
}

/** The format's own limit on the header. */
const MAX_HEADER_BYTES = 100_000_000
const LENGTH_BYTES = 8
const FLOAT32_BYTES = 4
/** The header is an object of objects of lists. */
const HEADER_DEPTH = 3
/** Data starts at a multiple of this, so that it can be mapped as numbers without a copy. */
const ALIGNMENT = 8

const size = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const tensorSchema = v.strictObject({
  dtype: v.string(),
  shape: v.array(size),
  data_offsets: v.tuple([size, size])
})

interface ValueType {
  readonly bytes: number
  read(view: DataView, at: number): number
}

/** By the format's names. Whole numbers beyond ±2⁵³ are rounded. */
const valueTypes: ReadonlyMap<string, ValueType> = new Map([
  ['F64', { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) }],
  ['F32', { bytes: FLOAT32_BYTES, read: (view: DataView, at: number) => view.getFloat32(at, true) }],
  ['F16', { bytes: 2, read: (view: DataView, at: number) => float16(view.getUint16(at, true)) }],
  ['BF16', { bytes: 2, read: (view: DataView, at: number) => bfloat16(view.getUint16(at, true)) }],
  ['I64', { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)) }]
])

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

const conversion = new DataView(new ArrayBuffer(FLOAT32_BYTES))

/** The upper half of a float32. */
function bfloat16(bits: number): number {
  conversion.setUint32(0, bits << 16)
  return conversion.getFloat32(0)
}

/**
 * The bytes of a safetensors file. Values are rounded to float32.
 * @throws StorageError `file-too-large` when the header would be over the format's limit
 */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  let offset = 0
  const entries: [string, unknown][] = [...tensors].map(([name, tensor]) => {
    const from = offset
    offset += tensor.data.length * FLOAT32_BYTES
    return [name, { dtype: 'F32', shape: tensor.shape, data_offsets: [from, offset] }]
  })
  if (metadata.size > 0) entries.unshift(['__metadata__', Object.fromEntries(metadata)])
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  const headerBytes = Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new StorageError(
      'file-too-large',
      `The weights have a header of ${headerBytes} bytes; the format allows ${MAX_HEADER_BYTES}.`
    )
  }

  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + offset)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(headerBytes), true)
  bytes.set(json, LENGTH_BYTES)
  bytes.fill(0x20, LENGTH_BYTES + json.byteLength, LENGTH_BYTES + headerBytes)
  let at = LENGTH_BYTES + headerBytes
  for (const tensor of tensors.values()) {
    for (const value of tensor.data) {
      view.setFloat32(at, value, true)
      at += FLOAT32_BYTES
    }
  }
  return bytes
}

/**
 * The tensors of a safetensors file, of the types F64, F32, F16, BF16 and I64.
 * @param file name for messages
 * @throws StorageError `weights-damaged`, naming the file, the tensor and what is wrong with it
 */
export function readSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = readHeader(bytes, view, file)
  const metadata = new Map<string, string>()
  const found: { name: string; type: ValueType; shape: readonly number[]; from: number; to: number }[] = []
  for (const [name, value] of header.entries) {
    if (name === '__metadata__') {
      for (const [key, text] of metadataEntries(value, file)) metadata.set(key, text)
      continue
    }
    const { dtype, shape, data_offsets } = parse(tensorSchema, value, file, `tensor "${name}"`)
    const type = valueTypes.get(dtype)
    if (type === undefined) {
      const known = [...valueTypes.keys()].join(', ')
      throw damaged(
        file,
        `tensor "${name}" has values of type ${JSON.stringify(dtype.slice(0, 20))}; ${known} can be read`
      )
    }
    found.push({ name, type, shape, from: data_offsets[0], to: data_offsets[1] })
  }

  const tensors = new Map<string, Tensor>()
  let expected = 0
  for (const { name, type, shape, from, to } of [...found].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const elements = shape.reduce((product, length) => product * length, 1)
    const size = elements * type.bytes
    if (!Number.isSafeInteger(size))
      throw damaged(file, `tensor "${name}" has the impossible shape [${shape.join(', ')}]`)
    if (from !== expected)
      throw damaged(file, `tensor "${name}" starts at byte ${from} of the data, expected ${expected}`)
    if (to - from !== size) {
      throw damaged(
        file,
        `tensor "${name}" of shape [${shape.join(', ')}] needs ${size} bytes, its offsets span ${to - from}`
      )
    }
    if (to > header.dataBytes)
      throw damaged(
        file,
        `tensor "${name}" ends at byte ${to} of the data, which has ${header.dataBytes}: the file was cut short`
      )
    const data = new Float64Array(elements)
    for (let i = 0; i < elements; i++) data[i] = type.read(view, header.dataStart + from + i * type.bytes)
    tensors.set(name, { shape, data })
    expected = to
  }
  if (expected !== header.dataBytes)
    throw damaged(file, `the tensors take ${expected} bytes of data, the file has ${header.dataBytes}`)
  return { tensors, metadata }
}

function readHeader(bytes: Uint8Array, view: DataView, file: string) {
  if (bytes.byteLength < LENGTH_BYTES) throw damaged(file, `it has ${bytes.byteLength} bytes, a header alone has more`)
  const length = view.getBigUint64(0, true)
  if (length > BigInt(MAX_HEADER_BYTES))
    throw damaged(file, `its header claims ${length} bytes, the format allows ${MAX_HEADER_BYTES}`)
  const dataStart = LENGTH_BYTES + Number(length)
  if (dataStart > bytes.byteLength)
    throw damaged(file, `its header claims ${length} bytes, the file has ${bytes.byteLength}: it was cut short`)
  let header: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(LENGTH_BYTES, dataStart)
    )
    if (!text.startsWith('{')) throw new Error('it does not start with "{"')
    header = parseStrictJson(text, { depth: HEADER_DEPTH })
  } catch (thrown) {
    throw damaged(file, `its header cannot be read (${thrown instanceof Error ? thrown.message : String(thrown)})`)
  }
  if (typeof header !== 'object' || header === null) throw damaged(file, 'its header is not an object')
  return { entries: Object.entries(header), dataStart, dataBytes: bytes.byteLength - dataStart }
}

/** Keys are free text, so no schema of an object with known keys fits. */
function metadataEntries(value: unknown, file: string): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw damaged(file, '"__metadata__" is not an object')
  return Object.entries(value).map(([key, text]: [string, unknown]) => {
    if (typeof text !== 'string') throw damaged(file, `"__metadata__" holds a value that is not text, under "${key}"`)
    return [key, text]
  })
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  file: string,
  what: string
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const issue = result.issues[0]
  throw damaged(file, `${what}: ${issueSentence(issue, 'entry')}`)
}

function damaged(file: string, reason: string): StorageError {
  return new StorageError('weights-damaged', `${file} is damaged: ${reason}. Use another copy of it, or train again.`, {
    file
  })
}
