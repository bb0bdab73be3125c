/** Values of Arrow's vectors as cells. */
import { DataType, TimeUnit, Type, util, type Vector } from 'apache-arrow'
import { ArrowDamage } from './arrow-check'
import type { CellCollector } from './cell-collector'

export type ArrowVector = Vector<DataType>

/** Adds a value that is there. */
export type PutArrow = (value: unknown, cells: CellCollector) => void

/** How values of a type become cells; `bytes` for those that are no text, `json` for what is nested. */
export function arrowType(type: DataType): { kind: 'value' | 'json' | 'bytes'; put: PutArrow } {
  const value = (put: PutArrow): { kind: 'value'; put: PutArrow } => ({ kind: 'value', put })
  if (DataType.isDictionary(type)) return arrowType(type.dictionary as DataType)
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isDuration(type)) return value(putNumber)
  if (DataType.isBool(type)) return value((each, cells) => cells.addBoolean(each === true))
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || type.typeId === Type.Utf8View) return value(putText)
  if (DataType.isNull(type)) return value((_, cells) => cells.addMissing())
  if (DataType.isDate(type)) {
    // Dates in milliseconds are whole days as well, by the specification.
    return value((each, cells) => cells.addTime(numeric(each), 'date'))
  }
  if (DataType.isTimestamp(type)) {
    // Whole microseconds, as times written as text have them.
    return value((each, cells) => cells.addTime(Math.round(numeric(each) * 1000) / 1000, 'datetime'))
  }
  if (DataType.isTime(type)) {
    const perSecond = 10 ** (3 * unitIndex(type.unit))
    return value((each, cells) => cells.addText(timeOfDay(Number(each) / perSecond)))
  }
  if (DataType.isDecimal(type)) return value((each, cells) => putDecimal(each, type.scale, cells))
  if (
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isFixedSizeBinary(type) ||
    type.typeId === Type.BinaryView
  ) {
    return { kind: 'bytes', put: () => undefined }
  }
  return { kind: 'json', put: (each, cells) => cells.addText(jsonText(each)) }
}

/** Seconds are 0, milliseconds 1, and so on. */
function unitIndex(unit: TimeUnit): number {
  return [TimeUnit.SECOND, TimeUnit.MILLISECOND, TimeUnit.MICROSECOND, TimeUnit.NANOSECOND].indexOf(unit)
}

function putNumber(value: unknown, cells: CellCollector): void {
  if (typeof value === 'bigint') cells.addBigInt(value)
  else cells.addNumber(numeric(value))
}

function putText(value: unknown, cells: CellCollector): void {
  if (typeof value !== 'string') throw new ArrowDamage('a text is missing')
  cells.addText(value)
}

function numeric(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  throw new ArrowDamage('a number is missing')
}

/** Decimals are whole numbers of 128 or 256 bits, with the point `scale` digits from the right. */
function putDecimal(value: unknown, scale: number, cells: CellCollector): void {
  if (!(value instanceof Uint32Array) || value.length === 0) throw new ArrowDamage('a decimal is missing')
  const words = Array.from(value, BigInt)
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | word, 0n)
  const whole = BigInt.asIntN(32 * words.length, unsigned)
  if (scale <= 0) return cells.addBigInt(whole * 10n ** BigInt(-scale))
  const digits = (whole < 0n ? -whole : whole).toString().padStart(scale + 1, '0')
  cells.addNumber(Number(`${whole < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`))
}

/** `13:45:10`, with as many digits of the second as there are. */
function timeOfDay(seconds: number): string {
  const pad = (part: number): string => String(part).padStart(2, '0')
  const whole = Math.floor(seconds)
  const fraction = (seconds - whole)
    .toFixed(6)
    .slice(1)
    .replace(/\.?0+$/, '')
  return `${pad(Math.floor(whole / 3600))}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}${fraction}`
}

function jsonText(value: unknown): string {
  const plain = (_key: string, each: unknown): unknown => {
    if (typeof each === 'bigint') return Number(each)
    return each instanceof Uint32Array ? util.valueToString(each) : each
  }
  return JSON.stringify(value, plain)
}
