import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LatestWins } from './latestWins'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** The other side: answers when told to, in any order. */
function otherSide() {
  const asked: { value: number; answer: () => void }[] = []
  const received: string[] = []
  const sender = new LatestWins<number, string>(
    100,
    (value) => new Promise((resolve) => asked.push({ value, answer: () => resolve(`answer to ${value}`) })),
    (answer) => received.push(answer)
  )
  const settle = () => vi.advanceTimersByTimeAsync(0)
  return { sender, asked, received, settle }
}

describe('LatestWins', () => {
  it('sends the last of several quick changes, once', async () => {
    const { sender, asked } = otherSide()
    for (const value of [1, 2, 3]) {
      sender.push(value)
      await vi.advanceTimersByTimeAsync(50)
    }
    await vi.advanceTimersByTimeAsync(100)
    expect(asked.map(({ value }) => value)).toEqual([3])
  })

  it('never lets a late answer overwrite a newer one', async () => {
    const { sender, asked, received, settle } = otherSide()
    sender.push(1)
    await vi.advanceTimersByTimeAsync(100)
    sender.push(2)
    await vi.advanceTimersByTimeAsync(100)
    asked[1]?.answer()
    await settle()
    asked[0]?.answer()
    await settle()
    expect(received).toEqual(['answer to 2'])
  })

  it('flushes at once and waits for the answer', async () => {
    const { sender, asked, received, settle } = otherSide()
    sender.push(1)
    const done = vi.fn()
    void sender.flush().then(done)
    await settle()
    expect(done).not.toHaveBeenCalled()
    asked[0]?.answer()
    await settle()
    expect(done).toHaveBeenCalled()
    expect(received).toEqual(['answer to 1'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked).toHaveLength(1)
  })

  it('drops what waits and what is still to be answered when cleared', async () => {
    const { sender, asked, received, settle } = otherSide()
    sender.push(1)
    await vi.advanceTimersByTimeAsync(100)
    sender.push(2)
    sender.clear()
    asked[0]?.answer()
    await settle()
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked).toHaveLength(1)
    expect(received).toEqual([])
  })
})
