import { describe, expect, it, vi } from 'vitest'
import { OneAtATime } from './oneAtATime.svelte'

/** Commands that end when they are told to. */
function setUp() {
  const commands = new OneAtATime()
  const done: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const give = (name: string): Promise<void> =>
    commands.run(
      name,
      () =>
        new Promise((resolve, reject) => {
          ends.set(name, (error) => {
            done.push(name)
            if (error === undefined) resolve()
            else reject(error)
          })
        })
    )
  const end = (name: string, error?: Error): void => {
    const ended = ends.get(name)
    if (ended === undefined) throw new Error(`${name} is not under way.`)
    ends.delete(name)
    ended(error)
  }
  return { commands, done, ends, give, end }
}

describe('OneAtATime', () => {
  it('leaves out the command under way when it is asked for again', async () => {
    const { give, end, done } = setUp()
    const first = give('train')
    const second = give('train')
    await second
    end('train')
    await first
    expect(done).toEqual(['train'])
  })

  it('carries out another command after the one under way', async () => {
    const { commands, give, end, ends, done } = setUp()
    const reset = give('reset')
    const train = give('train')
    expect([...ends.keys()]).toEqual(['reset'])
    end('reset')
    await reset
    await vi.waitFor(() => expect([...ends.keys()]).toEqual(['train']))
    end('train')
    await Promise.all([train, commands.settled])
    expect(done).toEqual(['reset', 'train'])
  })

  it('keeps only the last of those that wait', async () => {
    const { commands, give, end, ends, done } = setUp()
    void give('train')
    const left = give('step')
    void give('stop')
    await left
    end('train')
    await vi.waitFor(() => expect([...ends.keys()]).toEqual(['stop']))
    end('stop')
    await commands.settled
    expect(done).toEqual(['train', 'stop'])
  })

  it('gives up what waits when the command under way is asked for once more', async () => {
    const { commands, give, end, done } = setUp()
    void give('train')
    const waiting = give('reset')
    await give('train')
    await waiting
    end('train')
    await commands.settled
    expect(done).toEqual(['train'])
  })

  it('goes on after a command that failed, and tells who gave it', async () => {
    const { commands, give, end, ends, done } = setUp()
    const failing = give('reset')
    void give('train')
    end('reset', new Error('no'))
    await expect(failing).rejects.toThrow('no')
    await vi.waitFor(() => expect([...ends.keys()]).toEqual(['train']))
    end('train')
    await commands.settled
    expect(done).toEqual(['reset', 'train'])
  })

  it('carries out the same command again right after it has ended', async () => {
    const { give, end, ends, done } = setUp()
    const first = give('step')
    end('step')
    await first
    const second = give('step')
    await vi.waitFor(() => expect([...ends.keys()]).toEqual(['step']))
    end('step')
    await second
    expect(done).toEqual(['step', 'step'])
  })
})
