import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../shared/errors'
import { readSafetensors, writeSafetensors, type Safetensors } from './safetensors'

const tensorArbitrary = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1)
  return fc
    .array(fc.float(), { minLength: length, maxLength: length })
    .map((values) => ({ shape, data: Float64Array.from(values) }))
})
const name = fc.string({ unit: 'binary' }).filter((text) => text !== '__metadata__')
const fileArbitrary = fc.record({
  tensors: fc.array(fc.tuple(name, tensorArbitrary), { maxLength: 4 }).map((entries) => new Map(entries)),
  metadata: fc
    .array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), { maxLength: 3 })
    .map((entries) => new Map(entries))
})

/** A file with this header and this many bytes of data. */
function fileOf(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.byteLength + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.byteLength), true)
  bytes.set(json, 8)
  return bytes
}

const sorted = (file: Safetensors) => [...file.tensors].sort(([a], [b]) => (a < b ? -1 : 1))

describe('safetensors', () => {
  it('reads what it wrote, for any names and float32 values', () => {
    fc.assert(
      fc.property(fileArbitrary, (file) => {
        const back = readSafetensors(writeSafetensors(file), 'w')
        expect(sorted(back)).toEqual(sorted(file))
        expect(new Map(back.metadata)).toEqual(file.metadata)
      })
    )
  })

  it('is byte for byte the layout of the specification', () => {
    const bytes = writeSafetensors({
      tensors: new Map([['w', { shape: [1, 2], data: Float64Array.of(1, -2) }]]),
      metadata: new Map()
    })
    const header = '{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}'
    expect(header.length % 8).toBe(0)
    expect([...bytes.subarray(0, 8)]).toEqual([header.length, 0, 0, 0, 0, 0, 0, 0])
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + header.length))).toBe(header)
    expect([...bytes.subarray(8 + header.length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
  })

  it('starts the data at a multiple of 8', () => {
    const bytes = writeSafetensors({
      tensors: new Map([['weights', { shape: [], data: Float64Array.of(3) }]]),
      metadata: new Map()
    })
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0)
    expect(readSafetensors(bytes, 'w').tensors.get('weights')).toEqual({ shape: [], data: Float64Array.of(3) })
  })

  it('answers every truncation and every flipped bit with weights-damaged or with tensors, never otherwise', () => {
    fc.assert(
      fc.property(fileArbitrary, fc.nat(), fc.nat(7), fc.boolean(), (file, at, bit, cut) => {
        const whole = writeSafetensors(file)
        const position = at % whole.byteLength
        const bytes = cut ? whole.slice(0, position) : whole.slice()
        if (!cut) bytes[position] = (bytes[position] ?? 0) ^ (1 << bit)
        try {
          readSafetensors(bytes, 'w')
          expect(cut).toBe(false)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(StorageError)
          expect(thrown).toMatchObject({ code: 'weights-damaged' })
        }
      }),
      { numRuns: 500 }
    )
  })

  it('takes any bytes without failing otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readSafetensors(bytes, 'w')
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'weights-damaged' })
        }
      })
    )
  })

  const f32 = (shape: number[], from: number, to: number) => ({ dtype: 'F32', shape, data_offsets: [from, to] })
  it.each<[string, unknown, number, RegExp]>([
    ['a gap', { a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12, /starts at byte 8 .* expected 4/],
    ['an overlap', { a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4, /starts at byte 0 .* expected 4/],
    ['data left over', { a: f32([1], 0, 4) }, 8, /take 4 bytes of data, the file has 8/],
    ['data missing', { a: f32([2], 0, 8) }, 4, /cut short/],
    ['offsets that do not fit the shape', { a: f32([3], 0, 8) }, 8, /needs 12 bytes/],
    ['offsets that run backwards', { a: f32([1], 4, 0) }, 4, /starts at byte 4/],
    ['a shape past all numbers', { a: f32([2 ** 40, 2 ** 40], 0, 4) }, 4, /impossible shape/],
    ['a shape that is not whole', { a: f32([1.5], 0, 6) }, 6, /shape/],
    ['a dtype that is not read', { a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } }, 1, /type "U8"; F64, F32/],
    ['a dtype of another size', { a: { dtype: 'F16', shape: [2], data_offsets: [0, 8] } }, 8, /needs 4 bytes/],
    [
      'a name that stands twice',
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      4,
      /"a" stands twice/
    ],
    [
      'offsets that stand twice',
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]}}',
      4,
      /"data_offsets" stands twice/
    ],
    ['a negative offset', { a: f32([1], -4, 0) }, 0, /data_offsets/],
    ['a dimension past all numbers', '{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}', 4, /shape/],
    ['an unknown key', { a: { ...f32([1], 0, 4), extra: 1 } }, 4, /extra/],
    ['metadata that is not text', { __metadata__: { a: 1 } }, 0, /__metadata__/],
    ['metadata that is a list', { __metadata__: ['a'] }, 0, /__metadata__/],
    ['a header that is a list', [], 0, /start with/],
    ['a header that is not JSON', '{"a":', 0, /cannot be read/],
    ['a header of great depth', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 0, /deeper than/]
  ])('refuses %s', (_what, header, dataBytes, message) => {
    expect(() => readSafetensors(fileOf(header, dataBytes), 'w')).toThrow(message)
    expect(() => readSafetensors(fileOf(header, dataBytes), 'w')).toThrow(StorageError)
  })

  it('reads every type of value that networks are kept in', () => {
    const read = (dtype: string, fill: (view: DataView) => void, count: number, bytes: number) => {
      const file = fileOf({ a: { dtype, shape: [count], data_offsets: [0, count * bytes] } }, count * bytes)
      fill(new DataView(file.buffer, file.byteLength - count * bytes))
      return [...(readSafetensors(file, 'w').tensors.get('a')?.data ?? [])]
    }
    expect(read('F64', (view) => view.setFloat64(0, Math.PI, true), 1, 8)).toEqual([Math.PI])
    expect(read('I64', (view) => view.setBigInt64(0, -7n, true), 1, 8)).toEqual([-7])
    const halves = [0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff, 0x8000, 0x7c00, 0x7e00]
    const set = (view: DataView) => halves.forEach((bits, i) => view.setUint16(2 * i, bits, true))
    // The values of the examples in IEEE 754's binary16.
    expect(read('F16', set, 8, 2)).toEqual([1, -2, 0.333251953125, 2 ** -24, 65504, -0, Infinity, NaN])
    const brains = [0x3f80, 0xc000, 0x4049, 0x7f80]
    expect(read('BF16', (view) => brains.forEach((bits, i) => view.setUint16(2 * i, bits, true)), 4, 2)).toEqual([
      1,
      -2,
      3.140625,
      Infinity
    ])
  })

  it('refuses a header over the limit without reading it', () => {
    const bytes = new Uint8Array(16)
    new DataView(bytes.buffer).setBigUint64(0, 100_000_001n, true)
    expect(() => readSafetensors(bytes, 'w')).toThrow(/100000001 bytes, the format allows/)
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 64n - 1n, true)
    expect(() => readSafetensors(bytes, 'w')).toThrow(/allows/)
  })

  it('takes __proto__ for a name like any other', () => {
    const file = {
      tensors: new Map([['__proto__', { shape: [1], data: Float64Array.of(7) }]]),
      metadata: new Map([['__proto__', 'x']])
    }
    const back = readSafetensors(writeSafetensors(file), 'w')
    expect(back.tensors.get('__proto__')?.data[0]).toBe(7)
    expect(back.metadata.get('__proto__')).toBe('x')
  })
})
