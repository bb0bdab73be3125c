import { describe, expect, it } from 'vitest'
import { PictureTurns } from './pictureTurns'

describe('PictureTurns', () => {
  it('leaves a run that trains most of the time, and waits for nothing beside one that does not', async () => {
    let isTraining = true
    const turns = new PictureTurns(() => isTraining)
    const ready = () => Promise.resolve(null)
    const draw = () => {
      const start = performance.now()
      while (performance.now() - start < 10);
      return start
    }
    const [first, second] = await Promise.all([turns.run(ready, draw), turns.run(ready, draw)])
    // Eight times as long as it took, but for what a timer is off.
    expect(second - first).toBeGreaterThan(80)
    isTraining = false
    const third = await turns.run(ready, draw)
    expect(third - second).toBeLessThan(80)
  })

  it('goes on after one that failed', async () => {
    const turns = new PictureTurns(() => false)
    const failing = turns.run(
      () => Promise.reject(new Error('gone')),
      () => 1
    )
    await expect(failing).rejects.toThrow('gone')
    expect(
      await turns.run(
        () => Promise.resolve(2),
        (two) => two + 1
      )
    ).toBe(3)
  })
})
