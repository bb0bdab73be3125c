/**
 * Whether the buffers of Arrow's columns hold as much as is said of them. The library reads past their ends without a word,
 * and a list that claims a billion elements would fill the memory.
 */
import { DataType, Type, type Data } from 'apache-arrow'

/** What is said of a column and its buffers do not bear out. */
export class ArrowDamage extends Error {}

/** Most digits of a decimal: of 256 bits. */
const mostDigits = 76

/** @throws ArrowDamage */
export function requireSoundType(type: DataType): void {
  if (DataType.isDecimal(type) && Math.abs(type.scale) > mostDigits) {
    throw new ArrowDamage(`decimals have ${type.scale} digits after the point`)
  }
  if (DataType.isFixedSizeList(type) && type.listSize < 1) throw new ArrowDamage('lists have no length')
  for (const child of childrenOf(type)) requireSoundType(child)
  if (DataType.isDictionary(type)) requireSoundType(type.dictionary as DataType)
}

/** Null where a type has none, whatever the library's declarations say. */
function childrenOf({ children }: { readonly children: readonly { readonly type: DataType }[] | null }): DataType[] {
  return (children ?? []).map(({ type }) => type)
}

/** @throws ArrowDamage */
export function requireSound(data: Data): void {
  const { type, length, offset } = data
  // Columns of nothing but missing values have no buffers at all.
  if (DataType.isNull(type) || length === 0) return
  const { nullBitmap, stride, children } = data
  const last = offset + length
  const bits = 8 * nullBitmap.byteLength
  if (bits > 0 && bits < (offset % 8) + length) throw tooShort()
  const held = children[0]?.length ?? 0
  if (DataType.isUnion(type)) {
    if (elementsOf(data.typeIds) < last) throw tooShort()
    const offsets: unknown = data.valueOffsets
    const sparse = !(offsets instanceof Int32Array) || offsets.length === 0
    if (sparse && children.some((child) => child.length < last)) throw tooShort()
  } else if (DataType.isStruct(type)) {
    if (children.some((child) => child.length < length)) throw tooShort()
  } else if (DataType.isFixedSizeList(type)) {
    if (held < last * stride) throw tooShort()
  } else if (DataType.isList(type) || DataType.isMap(type) || type.typeId === Type.LargeList) {
    requireOffsets(data.valueOffsets, offset, last, held)
  } else if (DataType.isBool(type)) {
    if (8 * elementsOf(data.values) < last) throw tooShort()
  } else if (hasOffsets(type)) {
    requireOffsets(data.valueOffsets, offset, last, elementsOf(data.values))
  } else if (elementsOf(data.values) < length * stride) throw tooShort()
  const dictionary: { readonly data: readonly Data[] } | undefined = data.dictionary
  for (const each of dictionary?.data ?? []) requireSound(each)
  for (const child of children) requireSound(child)
}

function hasOffsets(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isBinary(type) || DataType.isLargeBinary(type)
}

/** Where each value ends and the next begins: never back, and never beyond what is held. */
function requireOffsets(offsets: unknown, from: number, to: number, held: number): void {
  if (!(offsets instanceof Int32Array || offsets instanceof BigInt64Array) || offsets.length <= to) throw tooShort()
  let before = 0
  for (let i = from; i <= to; i++) {
    const next = Number(offsets[i])
    if (next < before || next > held)
      throw new ArrowDamage('a value begins behind its end or ends behind the last byte')
    before = next
  }
}

function elementsOf(values: unknown): number {
  return ArrayBuffer.isView(values) && 'length' in values && typeof values.length === 'number' ? values.length : 0
}

function tooShort(): ArrowDamage {
  return new ArrowDamage('a column ends too early')
}
