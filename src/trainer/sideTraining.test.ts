import { describe, expect, it } from 'vitest'
import { ConfigError } from '../shared/errors'
import { SideTraining, type SideHands, type SideViewOf } from './sideTraining'

interface Found {
  readonly count: number
}

function begun() {
  const told: (SideViewOf<Found> | null)[] = []
  const run = { trains: false }
  const side = new SideTraining<Found>(
    'a count',
    (view) => told.push(view),
    () => run.trains
  )
  const when = async (wanted: (view: SideViewOf<Found>) => boolean): Promise<SideViewOf<Found>> => {
    for (;;) {
      const { view } = side
      if (view !== null && wanted(view)) return view
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { side, told, run, when }
}

/** Goes on until it is ended. */
async function endless({ found, turn }: SideHands<Found>): Promise<void> {
  for (let count = 1; ; count += 1) {
    found({ count })
    await new Promise((resolve) => setImmediate(resolve))
    await turn()
  }
}

describe('SideTraining', () => {
  it('answers at once and ends with what was found', async () => {
    const { side, told, when } = begun()
    expect(side.view).toBeNull()
    const work = async ({ found, turn }: SideHands<Found>): Promise<void> => {
      await turn()
      found({ count: 7 })
    }
    expect(side.start({ count: 0 }, work)).toEqual({ count: 0, state: 'running', error: null })
    const done = await when(({ state }) => state === 'done')
    expect(done).toEqual({ count: 7, state: 'done', error: null })
    expect(told.at(-1)).toEqual(done)
    expect(side.cancel()).toBeNull()
    expect(side.view).toEqual(done)
  })

  it('is one at a time, cancelled at once, keeps what it has found and says nothing more', async () => {
    const { side, told, when } = begun()
    side.start({ count: 0 }, endless)
    expect(() => side.start({ count: 0 }, endless)).toThrow(expect.objectContaining({ code: 'experiment-in-progress' }))
    const { count } = await when((view) => view.count > 5)
    side.cancel()
    expect(side.view).toMatchObject({ state: 'cancelled' })
    expect(side.view?.count).toBeGreaterThanOrEqual(count)
    const tellings = told.length
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(told).toHaveLength(tellings)
    expect(side.start({ count: 0 }, endless).state).toBe('running')
    side.forget()
    expect([side.view, told.at(-1)]).toEqual([null, null])
  })

  it('waits while the run in view trains', async () => {
    const { side, run, when } = begun()
    side.start({ count: 0 }, endless)
    await when((view) => view.count > 3)
    run.trains = true
    const { count } = await when(({ state }) => state === 'waiting')
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(side.view).toMatchObject({ state: 'waiting', count })
    run.trains = false
    await when((view) => view.state === 'running' && view.count > count)
    run.trains = true
    await when(({ state }) => state === 'waiting')
    side.cancel()
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(side.view?.state).toBe('cancelled')
  })

  it('says why it failed', async () => {
    const { side, when } = begun()
    side.start({ count: 3 }, () => Promise.reject(new ConfigError('too-hard', 'It is too hard.')))
    expect(await when(({ state }) => state === 'failed')).toMatchObject({ count: 3, error: { code: 'too-hard' } })
  })
})
