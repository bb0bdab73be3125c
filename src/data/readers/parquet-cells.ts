/** Values of the database as cells. */
import {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimeNSValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeTZValue,
  DuckDBTimeValue,
  DuckDBTypeId,
  DuckDBUnionType,
  DuckDBUnionValue,
  type DuckDBType,
  type DuckDBValue
} from '@duckdb/node-api'
import type { CellCollector } from './cell-collector'

/** A time of day that no clock shows, as damaged files have. */
export class ImpossibleTime extends Error {
  constructor() {
    super('it has a time of day beyond 24 hours')
  }
}

const microsInDay = 86_400_000_000n

/** Adds a value as the database gives it. */
export function putValue(cells: CellCollector, value: DuckDBValue): void {
  if (value === null) cells.addMissing()
  else if (typeof value === 'number') cells.addNumber(value)
  else if (typeof value === 'string') cells.addText(value)
  else if (typeof value === 'bigint') cells.addBigInt(value)
  else if (typeof value === 'boolean') cells.addBoolean(value)
  else if (value instanceof DuckDBDateValue) cells.addTime(value.days * 86_400_000, 'date')
  else if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    cells.addTime(Number(value.micros) / 1000, 'datetime')
  } else if (value instanceof DuckDBTimestampMillisecondsValue) cells.addTime(Number(value.millis), 'datetime')
  else if (value instanceof DuckDBTimestampSecondsValue) cells.addTime(Number(value.seconds) * 1000, 'datetime')
  else if (value instanceof DuckDBTimestampNanosecondsValue) {
    // Whole microseconds, as times written as text have them.
    cells.addTime(Math.round(Number(value.nanos) / 1000) / 1000, 'datetime')
  } else if (value instanceof DuckDBDecimalValue) {
    if (value.scale === 0) cells.addBigInt(value.value)
    else cells.addNumber(Number(value.toString()))
  } else cells.addText(plainText(value))
}

/** @throws ImpossibleTime */
function plainText(value: DuckDBValue): string {
  const micros =
    value instanceof DuckDBTimeValue || value instanceof DuckDBTimeTZValue
      ? value.micros
      : value instanceof DuckDBTimeNSValue
        ? value.nanos / 1000n
        : 0n
  if (micros < 0n || micros > microsInDay) throw new ImpossibleTime()
  return String(value)
}

/** Whether a value may hold a time of day or a span of time, of which the database itself must make no text. */
export function hasTimeOfDay(type: DuckDBType): boolean {
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) return hasTimeOfDay(type.valueType)
  if (type instanceof DuckDBMapType) return hasTimeOfDay(type.keyType) || hasTimeOfDay(type.valueType)
  if (type instanceof DuckDBStructType) return type.entryTypes.some(hasTimeOfDay)
  if (type instanceof DuckDBUnionType) return type.memberTypes.some(hasTimeOfDay)
  switch (type.typeId) {
    case DuckDBTypeId.TIME:
    case DuckDBTypeId.TIME_TZ:
    case DuckDBTypeId.TIME_NS:
    case DuckDBTypeId.INTERVAL:
      return true
    default:
      return false
  }
}

/**
 * A list or object as JSON.
 * @throws ImpossibleTime
 */
export function jsonText(value: DuckDBValue): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  if (typeof value === 'bigint' || typeof value === 'boolean' || value instanceof DuckDBDecimalValue) {
    return String(value)
  }
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return `[${value.items.map(jsonText).join(',')}]`
  }
  if (value instanceof DuckDBStructValue) return objectText(Object.entries(value.entries))
  if (value instanceof DuckDBMapValue) {
    return objectText(value.entries.map(({ key, value: each }) => [plainText(key), each]))
  }
  if (value instanceof DuckDBUnionValue) return objectText([[value.tag, value.value]])
  return JSON.stringify(plainText(value))
}

function objectText(entries: readonly (readonly [string, DuckDBValue])[]): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`).join(',')}}`
}
