import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ReadingView } from '../shared/views'
import { Reading, SHOWN_AFTER_MS, TOLD_EVERY_MS } from './reading'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function begun() {
  const told: (ReadingView | null)[] = []
  const reading = new Reading(
    'a.csv',
    (view) => told.push(view),
    () => Date.now()
  )
  return { reading, told }
}

describe('Reading', () => {
  it('says nothing of a file that is read at once', () => {
    const { reading, told } = begun()
    reading.advance({ bytes: 10, totalBytes: 10, rows: 1 })
    vi.advanceTimersByTime(SHOWN_AFTER_MS - 1)
    reading.end()
    vi.advanceTimersByTime(10_000)
    expect(told).toEqual([])
  })

  it('tells how far it is now and then, and that it is over', () => {
    const { reading, told } = begun()
    vi.advanceTimersByTime(SHOWN_AFTER_MS)
    expect(told).toEqual([{ fileName: 'a.csv', bytes: null, totalBytes: null, rows: 0, rowsPerSecond: null }])
    for (let rows = 10; rows <= 1000; rows += 10) {
      reading.advance({ bytes: rows, totalBytes: 1000, rows })
      vi.advanceTimersByTime(10)
    }
    reading.end()
    reading.end()
    expect(told.length).toBeLessThanOrEqual(2 + 1000 / TOLD_EVERY_MS + 1)
    expect(told.at(-1)).toBeNull()
    expect(told.filter((view) => view === null)).toHaveLength(1)
    // 10 rows every 10 ms.
    const rate = told.at(-2)?.rowsPerSecond ?? 0
    expect(rate).toBeGreaterThan(900)
    expect(rate).toBeLessThan(1100)
  })

  it('is not wanted any more once it is cancelled, and says nothing after that', () => {
    const { reading, told } = begun()
    vi.advanceTimersByTime(SHOWN_AFTER_MS)
    reading.requireWanted()
    reading.cancel()
    vi.advanceTimersByTime(TOLD_EVERY_MS)
    reading.advance({ bytes: 1, totalBytes: 2, rows: 1 })
    expect(told).toHaveLength(2)
    expect(told[1]).toBeNull()
    expect(reading.signal.aborted).toBe(true)
    expect(() => reading.requireWanted()).toThrow(expect.objectContaining({ code: 'cancelled' }))
  })
})
