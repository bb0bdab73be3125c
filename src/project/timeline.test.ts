import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isMilestone } from '../engine'
import type { TrainingState } from '../engine'
import { madeCheckpoint } from './testing/checkpoints'
import { milestoneNumber, Timeline } from './timeline'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-timeline-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

function stateAt(epochs: number, numbers = 5): TrainingState {
  return { ...madeCheckpoint(epochs * 9, numbers).state, progress: null, epochs }
}

/** Trains by name alone: tells the timeline of every epoch that it wants. */
async function told(timeline: Timeline, from: number, to: number, numbers = 5): Promise<void> {
  for (let epoch = from; epoch <= to; epoch++) if (timeline.wants(epoch)) await timeline.add(stateAt(epoch, numbers))
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('timeline', () => {
  it('numbers milestones without a gap', () => {
    const milestones = range(1, 5000).filter(isMilestone)
    expect(milestones.map(milestoneNumber)).toEqual(range(1, milestones.length))
    expect(milestoneNumber(0)).toBe(0)
  })

  it('gives back the snapshot of a moment, or of the nearest one before', async () => {
    const timeline = await Timeline.open(folder, { origin: 0 })
    await told(timeline, 0, 300)
    expect(timeline.moments).toEqual(range(0, 300).filter((epoch) => epoch === 0 || isMilestone(epoch)))
    expect(await timeline.nearest(17)).toEqual(stateAt(17))
    expect(await timeline.nearest(299)).toEqual(stateAt(298))
    await timeline.close()
    expect(await timeline.nearest(3)).toEqual(stateAt(3))
    const reopened = await Timeline.open(folder, { origin: 0 })
    expect(reopened.moments).toEqual(timeline.moments)
    await reopened.close()
  })

  it('gives back a moment soon, however many were added just now beside a training', async () => {
    const timeline = await Timeline.open(folder, { origin: 0 })
    const added = range(0, 255).map((epoch) => timeline.add(stateAt(epoch)))
    expect(timeline.moments).toEqual(range(0, 255))
    const there = new AbortController()
    const state = timeline.nearest(3).finally(() => there.abort())
    let turns = 0
    for (; !there.signal.aborted; turns += 1) {
      // As a training does between two turns.
      for (const until = performance.now() + 2; performance.now() < until;);
      await setImmediate()
    }
    expect(await state).toEqual(stateAt(3))
    expect(turns).toBeLessThan(100)
    await Promise.all(added)
    expect(timeline.waitingBytes).toBe(0)
    await timeline.close()
    expect(await timeline.nearest(255)).toEqual(stateAt(255))
  })

  it('forgets what is after the place that a run goes on from', async () => {
    const timeline = await Timeline.open(folder, { origin: 0 })
    await told(timeline, 0, 20)
    await timeline.close()
    const resumed = await Timeline.open(folder, { origin: 0, keepTo: 12 })
    expect(resumed.moments).toEqual(range(0, 12))
    await told(resumed, 13, 14)
    expect(await resumed.nearest(14)).toEqual(stateAt(14))
    await resumed.close()
  })

  it('stays within its budget, spread alike over the run, with the beginning and no lag', async () => {
    const numbers = 1000
    const budget = 40 * 12_000
    const timeline = await Timeline.open(folder, { origin: 3, budget })
    await told(timeline, 3, 250, numbers)
    const { moments } = timeline
    expect(moments[0]).toBe(3)
    expect(moments.length).toBeGreaterThan(12)
    expect(moments.length).toBeLessThanOrEqual(40)
    const gaps = moments.slice(2).map((epoch, i) => epoch - (moments[i + 1] ?? 0))
    expect(new Set(gaps).size).toBe(1)
    expect(moments.at(-1)).toBeGreaterThan(250 - 2 * (gaps[0] ?? 0))
    for (const epoch of moments) expect((await timeline.nearest(epoch))?.epochs).toBe(epoch)
    await timeline.close()
    // Half of it may be garbage, and a mebibyte.
    expect((await stat(join(folder, 'timeline.log'))).size).toBeLessThan(2 * budget + 2 ** 20 + 100_000)
    expect(await readdir(folder)).toEqual(['timeline.log'])
    const reopened = await Timeline.open(folder, { origin: 3, budget })
    expect(reopened.moments).toEqual(moments)
    await reopened.close()
  })

  it('keeps at least four of a network that is large for the budget', async () => {
    const timeline = await Timeline.open(folder, { origin: 0, budget: 1000 })
    await told(timeline, 0, 9, 2000)
    expect(timeline.moments.length).toBeGreaterThanOrEqual(3)
    expect(timeline.moments.length).toBeLessThanOrEqual(4)
    await timeline.close()
  })

  it('refuses another file', async () => {
    await writeFile(join(folder, 'timeline.log'), 'something else altogether')
    await expect(Timeline.open(folder, { origin: 0 })).rejects.toMatchObject({ code: 'log-damaged' })
  })
})
