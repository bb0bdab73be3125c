import { expect, it } from 'vitest'
import { keepHeights, LEAST_PX, mostPx, readHeights, within } from './drawerHeight'

it('stays within the window, and is at least of use', () => {
  expect(within(10, 800)).toBe(LEAST_PX)
  expect(within(5000, 800)).toBe(mostPx(800))
  expect(within(300.4, 800)).toBe(300)
  expect(within(300, 100)).toBe(LEAST_PX)
})

it('is kept', () => {
  let kept: string | null = null
  const storage = { getItem: () => kept, setItem: (_key: string, value: string) => void (kept = value) }
  const first = readHeights(storage)
  keepHeights(storage, { ...first, runs: 444 })
  expect(readHeights(storage)).toEqual({ ...first, runs: 444 })
  kept = 'nonsense'
  expect(readHeights(storage)).toEqual(first)
})
