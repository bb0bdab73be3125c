/**
 * WebAssembly modules as bytes: just as much of the format as compiled chains need.
 * https://webassembly.github.io/spec/core/binary/
 */

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    bytes.push(rest > 0 ? low + 128 : low)
  } while (rest > 0)
  return bytes
}

/** Signed LEB128 of a 32-bit number. */
export function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value | 0
  for (;;) {
    const low = rest & 127
    rest >>= 7
    const done = rest === (low & 64 ? -1 : 0)
    bytes.push(done ? low : low | 128)
    if (done) return bytes
  }
}

/** The bytes of a float32. */
export function float32(value: number): number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)]
}

const I32 = 0x7f
const V128 = 0x7b
const FUNCREF = 0x70
const END = 0x0b

/** A function (from: i32, until: i32) → (), with i32 and v128 variables after its parameters. */
export interface FunctionCode {
  readonly i32Locals: number
  readonly v128Locals: number
  readonly code: readonly number[]
}

/** A module over `env.memory` that puts its functions into `env.table`, from `firstSlot` on. */
export function moduleOf(functions: readonly FunctionCode[], firstSlot: number, maxPages: number): Uint8Array {
  const text = (name: string) => [...unsigned(name.length), ...Array.from(name, (letter) => letter.charCodeAt(0))]
  const list = (entries: readonly (readonly number[])[]) => [...unsigned(entries.length), ...entries.flat()]
  const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content]
  const imports = [
    // Shared, with a maximum; at least one page, at most what the memory may have.
    [...text('env'), ...text('memory'), 2, 3, ...unsigned(1), ...unsigned(maxPages)],
    [...text('env'), ...text('table'), 1, FUNCREF, 0, ...unsigned(firstSlot + functions.length)]
  ]
  const slots = [0, 0x41, ...signed(firstSlot), END, ...list(functions.map((_, i) => unsigned(i)))]
  const bodies = functions.map(({ i32Locals, v128Locals, code }) => {
    const locals = list([
      [...unsigned(i32Locals), I32],
      [...unsigned(v128Locals), V128]
    ])
    return [...unsigned(locals.length + code.length + 1), ...locals, ...code, END]
  })
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([[0x60, 2, I32, I32, 0]])),
    ...section(2, list(imports)),
    ...section(3, list(functions.map(() => [0]))),
    ...section(9, list([slots])),
    ...section(10, list(bodies))
  ])
}
