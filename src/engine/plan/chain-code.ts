/**
 * Chains as WebAssembly code of their own: one loop that loads, computes and stores four numbers at a time, with all that
 * stands between in registers. It computes exactly what the interpreter in src/engine/kernels/chain.ts does, which
 * runs the chains that have an operation for which there is no code here.
 */
import type { ChainCode } from './chain-table'
import type { Chain, Place } from './instructions'
import { float32, moduleOf, signed, unsigned, type FunctionCode } from './wasm-binary'

/** Slot 0 of a table is that of no function. */
const FIRST_SLOT = 1
/** Pages of the largest memory. */
const MAX_PAGES = 65_536

const simd = (code: number) => [0xfd, ...unsigned(code)]
const f32x4 = {
  splat: simd(0x13),
  eq: simd(0x41),
  ne: simd(0x42),
  gt: simd(0x44),
  sqrt: simd(0xe3),
  add: simd(0xe4),
  sub: simd(0xe5),
  mul: simd(0xe6),
  div: simd(0xe7),
  pmax: simd(0xeb),
  relaxedMadd: simd(0x105),
  relaxedNmadd: simd(0x106)
}
const v128 = { and: simd(0x4e), or: simd(0x50), bitselect: simd(0x52), anyTrue: simd(0x53) }

const get = (local: number) => [0x20, ...unsigned(local)]
const set = (local: number) => [0x21, ...unsigned(local)]
const int = (value: number) => [0x41, ...signed(value)]
/** Alignment of four bytes, then an address to be added. */
const at = (address: number) => [2, ...unsigned(address)]

/** Chains that became code, to be put into a table. */
export class ChainCompiler {
  readonly #functions: FunctionCode[] = []
  readonly #fused: boolean

  /** @param fused whether a multiply-add rounds once, as in the relaxed build of the kernels */
  constructor(fused: boolean) {
    this.#fused = fused
  }

  /** Slots that a table needs. */
  get slots(): number {
    return FIRST_SLOT + this.#functions.length
  }

  /** The slot of the chain's function, or null when it has an operation without code. */
  add(chain: Chain, flag: number, addressOf: (buffer: number) => number): number | null {
    const code = codeOf(chain, flag, addressOf, this.#fused)
    return code === null ? null : FIRST_SLOT + this.#functions.push(code) - 1
  }

  /** The module, or null when no chain became code. */
  bytes(): Uint8Array | null {
    return this.#functions.length === 0 ? null : moduleOf(this.#functions, FIRST_SLOT, MAX_PAGES)
  }
}

/** Operands on the stack → result on the stack; null for what has no code. */
type Emit = (operands: readonly (readonly number[])[], p: readonly number[], q: readonly number[]) => number[]

function emitters(fused: boolean): ReadonlyMap<ChainCode, Emit> {
  const [zero, one] = [constant(0), constant(1)]
  const signBit = [...simd(0x0c), ...[0, 0, 0, 0x80], ...[0, 0, 0, 0x80], ...[0, 0, 0, 0x80], ...[0, 0, 0, 0x80]]
  const madd = (a: readonly number[], b: readonly number[], c: readonly number[]) =>
    fused ? [...a, ...b, ...c, ...f32x4.relaxedMadd] : [...a, ...b, ...f32x4.mul, ...c, ...f32x4.add]
  const nmadd = (a: readonly number[], b: readonly number[], c: readonly number[]) =>
    fused ? [...a, ...b, ...c, ...f32x4.relaxedNmadd] : [...c, ...a, ...b, ...f32x4.mul, ...f32x4.sub]
  const binary =
    (operation: readonly number[]): Emit =>
    ([a = [], b = []]) => [...a, ...b, ...operation]
  return new Map<ChainCode, Emit>([
    ['copy', ([a = []]) => [...a]],
    ['add', binary(f32x4.add)],
    ['subtract', binary(f32x4.sub)],
    ['multiply', binary(f32x4.mul)],
    ['divide', binary(f32x4.div)],
    ['affine', ([a = []], p, q) => madd(a, p, q)],
    ['scaledAdd', ([a = [], b = []], p) => madd(a, p, b)],
    ['multiplyAdd', ([a = [], b = [], c = []]) => madd(a, b, c)],
    ['multiplyFrom', ([a = [], b = [], c = []]) => nmadd(a, b, c)],
    ['mask', ([a = [], b = []]) => [...b, ...a, ...zero, ...f32x4.gt, ...v128.and]],
    ['relu', ([a = []]) => [...a, ...zero, ...f32x4.pmax]],
    ['step', ([a = []]) => [...a, ...zero, ...f32x4.gt, ...one, ...v128.and]],
    ['square', ([a = []]) => [...a, ...a, ...f32x4.mul]],
    ['sqrt', ([a = []]) => [...a, ...f32x4.sqrt]],
    [
      'sign',
      ([x = []]) => [
        ...[...one, ...x, ...zero, ...f32x4.ne, ...v128.and, ...x, ...signBit, ...v128.and, ...v128.or],
        ...[...x, ...x, ...x, ...f32x4.eq, ...v128.bitselect]
      ]
    ]
  ])
}

const [strictEmitters, fusedEmitters] = [emitters(false), emitters(true)]

/** Four equal numbers. */
function constant(value: number): number[] {
  const bytes = float32(value)
  return [...simd(0x0c), ...bytes, ...bytes, ...bytes, ...bytes]
}

/** Parameters, in bytes of the tensors: the range of this call. */
const FROM = 0
const UNTIL = 1
/** Where whole vectors end. */
const WHOLE = 2
const FIRST_VECTOR = 3

function codeOf(
  { elements, setup, operations }: Chain,
  flag: number,
  addressOf: (buffer: number) => number,
  fused: boolean
): FunctionCode | null {
  const emits = fused ? fusedEmitters : strictEmitters
  const known = operations.every(({ code }) => code === 'check' || emits.has(code))
  if (!known || !setup.every(({ code }) => code === 'constant' || code === 'splat')) return null
  let locals = FIRST_VECTOR
  const registers = new Map<number, number>()
  const registerOf = (index: number) => {
    const local = registers.get(index) ?? locals++
    registers.set(index, local)
    return local
  }
  const prologue: number[] = []
  const hoisted = new Map<number, number>()
  /** Constants stand in variables: the loop need not make them anew. */
  const hoistedConstant = (value: number) => {
    const local = hoisted.get(value) ?? locals++
    if (!hoisted.has(value)) prologue.push(...constant(value), ...set(local))
    hoisted.set(value, local)
    return get(local)
  }
  for (const { code, result, operands, p } of setup) {
    const [source] = operands
    if (result?.in !== 'register') return null
    if (code === 'constant') prologue.push(...constant(p), ...set(registerOf(result.register)))
    else if (source?.in === 'memory') {
      prologue.push(...int(0), ...simd(0x09), ...at(addressOf(source.buffer)), ...set(registerOf(result.register)))
    } else return null
  }
  const checked = operations.some(({ code }) => code === 'check') ? locals++ : null
  const body = (count: number): number[] => {
    /** By address, the variable that holds what stands there now. */
    const inMemory = new Map<number, number>()
    const code: number[] = []
    const read = (place: Place): number[] => {
      if (place.in === 'register') return get(registerOf(place.register))
      const address = addressOf(place.buffer)
      const held = inMemory.get(address)
      if (held !== undefined) return get(held)
      const local = locals++
      inMemory.set(address, local)
      code.push(...get(FROM), ...simd(0x00), ...at(address), ...set(local))
      return get(local)
    }
    for (const { code: name, result, operands, p, q } of operations) {
      const from = operands.map(read)
      const [a = []] = from
      if (name === 'check' && checked !== null) {
        // x · 0 is 0 for all numbers but NaN and the infinities; lanes past the end do not count.
        const some = count === 4 ? a : [...a, ...lanes(count), ...v128.and]
        code.push(...some, ...constant(0), ...f32x4.mul, ...get(checked), ...f32x4.add, ...set(checked))
        continue
      }
      const emit = emits.get(name)
      if (emit === undefined || result === null) continue
      const scale = name === 'affine' || name === 'scaledAdd' ? hoistedConstant(p) : []
      const offset = name === 'affine' ? hoistedConstant(q) : []
      code.push(...emit(from, scale, offset))
      if (result.in === 'register') code.push(...set(registerOf(result.register)))
      else {
        const address = addressOf(result.buffer)
        const local = locals++
        inMemory.set(address, local)
        code.push(...set(local), ...stored(local, address, count))
      }
    }
    return code
  }
  const vector = body(4)
  const rest = elements % 4
  const last = rest === 0 ? [] : body(rest)
  // The whole vectors; then, where this call's range ends with the tensor, what is left of it.
  const code = [
    ...prologue,
    ...[...get(UNTIL), ...int(-16), 0x71, ...set(WHOLE)],
    ...[0x02, 0x40, ...get(FROM), ...get(WHOLE), 0x4e, 0x0d, 0, 0x03, 0x40],
    ...vector,
    ...[...get(FROM), ...int(16), 0x6a, 0x22, FROM, ...get(WHOLE), 0x48, 0x0d, 0, 0x0b, 0x0b],
    ...(rest === 0 ? [] : [...get(UNTIL), ...get(WHOLE), 0x47, 0x04, 0x40, ...last, 0x0b]),
    ...(checked === null ? [] : raised(checked, flag))
  ]
  return { i32Locals: 1, v128Locals: locals - FIRST_VECTOR, code }
}

/** Ones in the first `count` lanes. */
function lanes(count: number): number[] {
  const bytes = Array.from({ length: 16 }, (_, i) => (i < 4 * count ? 255 : 0))
  return [...simd(0x0c), ...bytes]
}

/** Stores the first `count` of four numbers. */
function stored(local: number, address: number, count: number): number[] {
  const lane = (operation: number, offset: number, index: number) => [
    ...[...get(FROM), ...get(local), ...simd(operation), ...at(address + offset), index]
  ]
  const [store, store32, store64] = [0x0b, 0x5a, 0x5b]
  if (count === 4) return [...get(FROM), ...get(local), ...simd(store), ...at(address)]
  if (count === 1) return lane(store32, 0, 0)
  if (count === 2) return lane(store64, 0, 0)
  return [...lane(store64, 0, 0), ...lane(store32, 8, 2)]
}

/** Sets the flag when what was checked is no longer 0. */
function raised(checked: number, flag: number): number[] {
  const isNaN = [...get(checked), ...get(checked), ...f32x4.ne, ...v128.anyTrue]
  return [...isNaN, 0x04, 0x40, ...int(flag), ...int(1), 0x36, ...at(0), 0x0b]
}
