import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lockedBy, lockRun, removeLockLeftovers } from './run-lock'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-lock-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const lockFile = () => join(folder, 'lock')
const refused = { code: 'run-in-use', message: expect.stringContaining('Stop it there') as string }

/** A process that sleeps, and what its lock would be. */
async function sleeper() {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  const { pid = 0 } = child
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8')
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  const started = `${boot}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`
  return { pid, started, end: () => (child.kill('SIGKILL'), ended) }
}

describe('lock of a run', () => {
  it('is given to one, and to the next when it is released', async () => {
    const lock = await lockRun(folder)
    expect(await lockedBy(folder)).toBe(process.pid)
    await expect(lockRun(folder)).rejects.toMatchObject(refused)
    await lock.release()
    expect(await lockedBy(folder)).toBeNull()
    expect(await readdir(folder)).toEqual([])
    await (await lockRun(folder)).release()
  })

  it('goes with its folder when that is renamed', async () => {
    const begun = join(folder, 'begun')
    await mkdir(begun)
    const lock = await lockRun(begun)
    await rename(begun, join(folder, 'run'))
    await lock.movedTo(join(folder, 'run')).release()
    expect(await readdir(join(folder, 'run'))).toEqual([])
  })

  it('of a process that is alive is refused, of one that is gone taken over', async ({ skip }) => {
    if (process.platform !== 'linux') skip('what processes there are is asked of /proc')
    const { end, ...other } = await sleeper()
    await writeFile(lockFile(), JSON.stringify(other))
    expect(await lockedBy(folder)).toBe(other.pid)
    await expect(lockRun(folder)).rejects.toMatchObject({ ...refused, details: { pid: other.pid } })
    await end()
    expect(await lockedBy(folder)).toBeNull()
    await (await lockRun(folder)).release()
    expect(await readdir(folder)).toEqual([])
  })

  it('of a process whose number was given again is taken over', async ({ skip }) => {
    if (process.platform !== 'linux') skip('when processes began is asked of /proc')
    const { end, pid } = await sleeper()
    await writeFile(lockFile(), JSON.stringify({ pid, started: 'another-start' }))
    const lock = await lockRun(folder)
    await lock.release()
    await writeFile(lockFile(), JSON.stringify({ pid: process.pid, started: 'before this process' }))
    await (await lockRun(folder)).release()
    await end()
  })

  it('that was written half, or is nonsense, is taken over', async () => {
    for (const text of ['', '{"pid":', 'x'.repeat(5000), '{"pid":-1,"started":"x"}', '[]']) {
      await writeFile(lockFile(), text)
      expect(await lockedBy(folder)).toBeNull()
      await (await lockRun(folder)).release()
    }
  })

  it('is given to one alone of many that want to take it over', async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: 2 ** 30, started: 'long ago' }))
    const tried = await Promise.allSettled(Array.from({ length: 12 }, () => lockRun(folder)))
    const locks = tried.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(locks).toHaveLength(1)
    await locks[0]?.release()
    expect(await readdir(folder)).toEqual([])
  })

  it('of a process that has ended, but whose parent never asks after it, is taken over', async ({ skip }) => {
    if (process.platform !== 'linux') skip('when processes began is asked of /proc')
    // The parent becomes another program, which knows of no child.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
    const stat = () => readFile(`/proc/${String(pid)}/stat`, 'utf8')
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    await vi.waitUntil(async () => (await stat()).includes(') Z '))
    const started = `${boot}-${(await stat()).split(') ')[1]?.split(' ')[19] ?? ''}`
    await writeFile(lockFile(), JSON.stringify({ pid, started }))
    expect(await lockedBy(folder)).toBeNull()
    await (await lockRun(folder)).release()
    parent.kill('SIGKILL')
  })

  it('is taken over though a process was killed while it took it over', async () => {
    const gone = JSON.stringify({ pid: 2 ** 30, started: 'long ago' })
    await writeFile(lockFile(), gone)
    await writeFile(`${lockFile()}.right`, gone)
    await writeFile(`${lockFile()}.${2 ** 30}-0123456789ab`, gone)
    await writeFile(`${lockFile()}.${process.pid}-0123456789ab`, 'being written')
    const lock = await lockRun(folder)
    await removeLockLeftovers(folder)
    await lock.release()
    expect(await readdir(folder)).toEqual([`lock.${process.pid}-0123456789ab`])
  })

  it('is taken over by nobody while another process may be at it', async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: 2 ** 30, started: 'long ago' }))
    const other = await mkdtemp(join(tmpdir(), 'studio-lock-'))
    await lockRun(other)
    await rename(join(other, 'lock'), `${lockFile()}.right`)
    const waiting = lockRun(folder)
    const early = await Promise.race([waiting.then(() => 'taken'), sleep(60, 'waits')])
    expect(early).toBe('waits')
    await rm(`${lockFile()}.right`)
    await (await waiting).release()
    await rm(other, { recursive: true })
  })

  it.each([
    ['a folder', (path: string) => mkdir(path)],
    ['a link that leads nowhere', (path: string) => symlink('nowhere', path)],
    ['a circle of links', (path: string) => symlink(path, path)]
  ])('that is %s belongs to nobody, and is not taken away', async (_what, put) => {
    await put(lockFile())
    expect(await lockedBy(folder)).toBeNull()
    await expect(lockRun(folder)).rejects.toMatchObject({ code: 'lock-damaged' })
    expect(await readdir(folder)).toEqual(['lock'])
  })
})
