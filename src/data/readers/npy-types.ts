/** The element types of NPY arrays (`dtype`s) and how an element becomes a cell. */
import { isUtf8 } from 'node:buffer'
import { DataFormatError } from '../../shared/errors'
import type { CellCollector } from './cell-collector'
import { damagedFile } from './limits'
import type { Literal } from './npy-header'

/** One value of an element. */
export interface NpyField {
  /** Of structured types: `name`, `outer.inner`, `name[2]`; empty where the element is the value. */
  readonly name: string
  /** Bytes from the start of the element. */
  readonly offset: number
  readonly put: Put
}

export interface NpyType {
  readonly bytes: number
  readonly fields: readonly NpyField[]
}

/** Adds the value at `offset` to a column. */
type Put = (data: DataView, offset: number, cells: CellCollector) => void

/**
 * The type a header describes.
 * @throws DataFormatError `pickle-refused`, `unsupported-type`, `damaged-file`
 */
export function npyType(descr: Literal, file: string): NpyType {
  return typeOf(descr, file, 0)
}

function typeOf(descr: Literal, file: string, depth: number): NpyType {
  if (typeof descr === 'string') {
    const { bytes, put } = scalar(descr, file)
    return { bytes, fields: put === null ? [] : [{ name: '', offset: 0, put }] }
  }
  if (depth > 4 || descr === null || typeof descr !== 'object' || descr instanceof Map) throw badType(file)
  if (descr.kind === 'tuple') return repeated(descr.items, file, depth)
  let bytes = 0
  const fields: NpyField[] = []
  for (const item of descr.items) {
    if (item === null || typeof item !== 'object' || item instanceof Map || item.kind !== 'tuple') throw badType(file)
    const [given, type, shape] = item.items
    // A field with a title has ('title', 'name') for a name.
    const name = given !== null && typeof given === 'object' && !(given instanceof Map) ? given.items[1] : given
    if (typeof name !== 'string' || type === undefined || item.items.length > 3) throw badType(file)
    const inner = shape === undefined ? typeOf(type, file, depth + 1) : repeated([type, shape], file, depth + 1)
    for (const field of inner.fields) {
      const joint = field.name === '' || field.name.startsWith('[') ? '' : '.'
      fields.push({ ...field, name: `${name}${joint}${field.name}`, offset: bytes + field.offset })
    }
    bytes += inner.bytes
    requireSensible(bytes, fields.length, file)
  }
  return { bytes, fields }
}

/** (type, shape): several values of one type. */
function repeated([type, shape]: readonly Literal[], file: string, depth: number): NpyType {
  if (type === undefined || shape === undefined) throw badType(file)
  const inner = typeOf(type, file, depth + 1)
  const sizes = typeof shape === 'number' ? [shape] : shapeOf(shape)
  if (sizes === null) throw badType(file)
  const count = sizes.reduce((product, size) => product * size, 1)
  requireSensible(inner.bytes * count, inner.fields.length * count, file)
  const fields = Array.from({ length: count }, (_, i) =>
    inner.fields.map((field) => ({
      ...field,
      name: `[${i}]${field.name === '' ? '' : `.${field.name}`}`,
      offset: i * inner.bytes + field.offset
    }))
  )
  return { bytes: inner.bytes * count, fields: fields.flat() }
}

/** A tuple of sizes, or null. */
export function shapeOf(literal: Literal | undefined): number[] | null {
  if (literal === null || typeof literal !== 'object' || literal instanceof Map) return null
  const sizes = literal.items.filter((size) => typeof size === 'number' && size >= 0)
  return sizes.length === literal.items.length ? sizes.map(Number) : null
}

function requireSensible(bytes: number, fields: number, file: string): void {
  if (bytes <= 2 ** 24 && fields <= 20_000) return
  throw new DataFormatError('unsupported-type', `"${file}" has elements of ${bytes} bytes with ${fields} values.`, {
    file
  })
}

const scalarName = /^([<>=|]?)([?biufcSaUVOmMT])([0-9]*)(?:\[([0-9]*)(Y|M|W|D|h|m|s|ms|us|μs|ns)\])?$/

/** `put` is null for bytes without meaning (padding). */
function scalar(descr: string, file: string): { bytes: number; put: Put | null } {
  const [, order, kind = '', digits = '', multiple = '', unit] = scalarName.exec(descr) ?? []
  const size = kind === '?' ? 1 : Number(digits)
  const little = order !== '>'
  const unsupported = (what: string): DataFormatError =>
    new DataFormatError(
      'unsupported-type',
      `"${file}" holds ${what} ("${descr}"), which are no numbers, texts or dates. Save it as another type, for example with array.astype("float64").`,
      { file, type: descr }
    )
  if (kind === 'O' || kind === 'T') {
    throw new DataFormatError(
      'pickle-refused',
      `"${file}" holds Python objects (type "${descr}"), stored as a pickle: a program that would run when it is read, so it is refused. Save numbers or texts: array.astype("float64") or array.astype(str) before numpy.save, or a table with pandas' to_parquet.`,
      { file, type: descr }
    )
  }
  if (kind === 'b' || kind === '?') {
    if (size === 1) return { bytes: 1, put: (data, at, cells) => cells.addBoolean(data.getUint8(at) !== 0) }
  }
  const number = numberReader(kind, size, little)
  if (number !== null) return { bytes: size, put: number }
  if ((kind === 'S' || kind === 'a') && size > 0) {
    return { bytes: size, put: (data, at, cells) => cells.addText(byteText(data, at, size)) }
  }
  if (kind === 'U' && size > 0 && size < 2 ** 22) {
    return { bytes: 4 * size, put: (data, at, cells) => cells.addText(wideText(data, at, size, little, file)) }
  }
  if (kind === 'V' && size > 0) return { bytes: size, put: null }
  if ((kind === 'M' || kind === 'm') && size === 8 && unit !== undefined) {
    const factor = multiple === '' ? 1 : Number(multiple)
    return { bytes: 8, put: kind === 'M' ? moment(unit, factor, little) : duration(factor, little) }
  }
  if (kind === 'c') throw unsupported('complex numbers')
  throw unsupported(kind === 'f' ? 'numbers of a size that only some machines know' : 'values of an unknown type')
}

function numberReader(kind: string, size: number, little: boolean): Put | null {
  switch (`${kind}${size}`) {
    case 'i1':
      return (data, at, cells) => cells.addNumber(data.getInt8(at))
    case 'u1':
      return (data, at, cells) => cells.addNumber(data.getUint8(at))
    case 'i2':
      return (data, at, cells) => cells.addNumber(data.getInt16(at, little))
    case 'u2':
      return (data, at, cells) => cells.addNumber(data.getUint16(at, little))
    case 'i4':
      return (data, at, cells) => cells.addNumber(data.getInt32(at, little))
    case 'u4':
      return (data, at, cells) => cells.addNumber(data.getUint32(at, little))
    case 'i8':
      return (data, at, cells) => cells.addBigInt(data.getBigInt64(at, little))
    case 'u8':
      return (data, at, cells) => cells.addBigInt(data.getBigUint64(at, little))
    case 'f2':
      return (data, at, cells) => cells.addNumber(halfFloat(data.getUint16(at, little)))
    case 'f4':
      return (data, at, cells) => cells.addNumber(data.getFloat32(at, little))
    case 'f8':
      return (data, at, cells) => cells.addNumber(data.getFloat64(at, little))
    default:
      return null
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
export function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Bytes without the NULs they are filled up with: UTF-8 where they are, else Latin-1. */
function byteText(data: DataView, at: number, size: number): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset + at, size)
  let end = size
  while (end > 0 && bytes[end - 1] === 0) end--
  const used = bytes.subarray(0, end)
  return used.toString(isUtf8(used) ? 'utf8' : 'latin1')
}

/** UTF-32 without the NULs it is filled up with. */
function wideText(data: DataView, at: number, size: number, little: boolean, file: string): string {
  let text = ''
  let nuls = 0
  for (let i = 0; i < size; i++) {
    const point = data.getUint32(at + 4 * i, little)
    if (point === 0) {
      nuls++
      continue
    }
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
      throw damagedFile(file, `it has a text with the character U+${point.toString(16)}, which does not exist`)
    }
    text += '\0'.repeat(nuls) + String.fromCodePoint(point)
    nuls = 0
  }
  return text
}

/** What numpy calls NaT, not a time. */
const notATime = -(2n ** 63n)

const millisecondsIn: ReadonlyMap<string, number> = new Map([
  ['W', 604_800_000],
  ['D', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1]
])

function moment(unit: string, factor: number, little: boolean): Put {
  const kind = 'YMWD'.includes(unit) ? 'date' : 'datetime'
  const milliseconds = millisecondsIn.get(unit)
  return (data, at, cells) => {
    const raw = data.getBigInt64(at, little)
    if (raw === notATime) return cells.addMissing()
    const count = raw * BigInt(factor)
    if (unit === 'Y' || unit === 'M') {
      const months = Number(unit === 'Y' ? count * 12n : count)
      const time = Date.UTC(1970, months)
      return cells.addTime(Number.isNaN(time) ? Infinity : time, kind)
    }
    if (milliseconds !== undefined) return cells.addTime(Number(count) * milliseconds, kind)
    // Whole microseconds, as times written as text have them.
    const micros = unit === 'ns' ? Math.round(Number(count) / 1000) : Number(count)
    cells.addTime(micros / 1000, kind)
  }
}

/** Spans of time are plain numbers, in the unit of the file. */
function duration(factor: number, little: boolean): Put {
  return (data, at, cells) => {
    const raw = data.getBigInt64(at, little)
    if (raw === notATime) return cells.addMissing()
    cells.addBigInt(raw * BigInt(factor))
  }
}

function badType(file: string): DataFormatError {
  return damagedFile(file, 'the type of its elements is not written as numpy writes it')
}
