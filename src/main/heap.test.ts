import { expect, it } from 'vitest'
import { heapLimitMb } from './heap'

const GB = 1024 ** 3

it('is half of the memory, within what is of use', () => {
  expect(heapLimitMb('', 4 * GB, 0)).toBe(2048)
  expect(heapLimitMb('', GB / 2, 0)).toBe(512)
  expect(heapLimitMb('', 64 * GB, 0)).toBe(4096)
})

it('heeds the limit of a container, and none that is larger than the computer', () => {
  expect(heapLimitMb('', 64 * GB, 3 * GB)).toBe(1536)
  expect(heapLimitMb('', 4 * GB, Number.MAX_SAFE_INTEGER)).toBe(2048)
})

it('is what was asked for', () => {
  expect(heapLimitMb('64', 8 * GB, 0)).toBe(64)
  expect(heapLimitMb('9999', 8 * GB, 0)).toBe(4096)
  expect(heapLimitMb('1e3; rm', 8 * GB, 0)).toBe(4096)
})
