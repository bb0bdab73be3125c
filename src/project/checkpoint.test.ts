import { execFileSync, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  checkpointName,
  listCheckpoints,
  newestCheckpoint,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint
} from './checkpoint'
import { MADE_RUN, madeCheckpoint } from './testing/checkpoints'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-checkpoint-'))
})
afterEach(async () => {
  await chmod(folder, 0o700)
  await rm(folder, { recursive: true, force: true })
})

const any = () => null
const newest = () => newestCheckpoint(folder, ({ id }) => (id === MADE_RUN ? null : 'it is of another run'))
const names = async () => (await readdir(folder)).sort()

/** The file with a SHA-256 that is right, so that only its content can be wrong. */
function summed(bytes: Uint8Array): Buffer {
  const body = bytes.subarray(0, bytes.length - 32)
  return Buffer.concat([body, createHash('sha256').update(body).digest()])
}

describe('checkpoint file', () => {
  it('gives back every bit', async () => {
    const saved = madeCheckpoint(123)
    const name = await writeCheckpoint(folder, saved)
    expect(name).toBe('step-000000000123.ckpt')
    expect(await names()).toEqual([name])
    const loaded = await readCheckpoint(join(folder, name))
    expect(loaded).toEqual(saved)
    const { progress } = loaded.state
    expect(progress?.loss.map((value) => Object.is(value, -0))).toEqual([false, true, false])
    const [, doubles] = [...loaded.state.tensors.values()]
    expect(doubles).toBeInstanceOf(Float64Array)
    expect(Object.is(doubles?.[0], -0)).toBe(true)
  })

  it('gives back tensors of megabytes, and lets the event loop turn while it writes', async () => {
    const saved = madeCheckpoint(1, 3_000_000)
    let turns = 0
    const count = setInterval(() => turns++, 1)
    const name = await writeCheckpoint(folder, saved)
    clearInterval(count)
    expect(turns).toBeGreaterThan(3)
    const loaded = await readCheckpoint(join(folder, name))
    for (const [key, data] of saved.state.tensors) {
      const back = loaded.state.tensors.get(key)
      expect(back !== undefined && Buffer.compare(Buffer.from(back.buffer), Buffer.from(data.buffer)) === 0).toBe(true)
    }
  })

  it('is refused when it is cut at any byte, or any byte of it is another one', async () => {
    const path = join(folder, await writeCheckpoint(folder, madeCheckpoint(7)))
    const whole = await readFile(path)
    const refused: unknown = expect.objectContaining({
      code: expect.stringMatching(/^checkpoint-(damaged|too-new)$/) as string
    })
    for (let at = 0; at < whole.length; at += at < 64 ? 1 : 7) {
      await writeFile(path, whole.subarray(0, at))
      await expect(readCheckpoint(path)).rejects.toEqual(refused)
      const flipped = Buffer.from(whole)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      await writeFile(path, flipped)
      await expect(readCheckpoint(path)).rejects.toEqual(refused)
    }
    await writeFile(path, Buffer.concat([whole, Buffer.alloc(1)]))
    await expect(readCheckpoint(path)).rejects.toEqual(refused)
    await writeFile(path, whole)
    expect((await readCheckpoint(path)).state.step).toBe(7)
  })

  it('is refused in words when its content is nonsense under a right sum', async () => {
    const path = join(folder, await writeCheckpoint(folder, madeCheckpoint(7)))
    const whole = await readFile(path)
    const length = whole.readUInt32LE(12)
    const header = whole.toString('utf8', 16, 16 + length)
    const cases: [RegExp, string][] = [
      [/step/, header.replace('"step":7', '"step":-7')],
      [/dtype/, header.replace('"F32"', '"F16"')],
      [/tensors need/, header.replace('"length":5', '"length":999999999999')],
      [/twice/, header.replace('__proto__', 'dense1.weight')],
      [/not JSON/, header.replace('{', '[')],
      [/not JSON/, header.replace('"step":7', '"step":7,"step":8')]
    ]
    for (const [reason, changed] of cases) {
      expect(changed).not.toBe(header)
      const prefix = Buffer.from(whole.subarray(0, 16))
      prefix.writeUInt32LE(Buffer.byteLength(changed), 12)
      await writeFile(path, summed(Buffer.concat([prefix, Buffer.from(changed), whole.subarray(16 + length)])))
      await expect(readCheckpoint(path)).rejects.toMatchObject({
        code: 'checkpoint-damaged',
        message: expect.stringMatching(reason) as string
      })
    }
    const huge = Buffer.from(whole)
    huge.writeUInt32LE(0xffffffff, 12)
    await writeFile(path, summed(huge))
    await expect(readCheckpoint(path)).rejects.toMatchObject({ code: 'checkpoint-damaged' })
    const late = Buffer.from(whole)
    late.writeUInt32LE(2, 8)
    await writeFile(path, summed(late))
    await expect(readCheckpoint(path)).rejects.toMatchObject({ code: 'checkpoint-too-new' })
  })

  it('never gives anything but what was written, or a typed refusal, whatever is spliced', async () => {
    const one = join(folder, await writeCheckpoint(folder, madeCheckpoint(7)))
    const other = join(folder, await writeCheckpoint(folder, madeCheckpoint(8)))
    const [first, second] = [await readFile(one), await readFile(other)]
    const place = fc.nat(first.length)
    const path = join(folder, 'spliced')
    await fc.assert(
      fc.asyncProperty(place, place, fc.uint8Array({ maxLength: 40 }), fc.boolean(), async (a, b, noise, swap) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const middle = swap ? second.subarray(from, to) : noise
        const spliced = Buffer.concat([first.subarray(0, from), middle, first.subarray(to)])
        await writeFile(path, spliced)
        const result = await readCheckpoint(path).catch((thrown: unknown) => thrown)
        if (result instanceof Error) expect(result).toMatchObject({ name: 'StorageError' })
        else expect(spliced.equals(first) || spliced.equals(second)).toBe(true)
      }),
      { numRuns: 300 }
    )
  })

  it('takes no memory for a file that claims to be huge', async () => {
    const path = join(folder, checkpointName(9))
    await writeFile(path, '')
    await truncate(path, 9 * 2 ** 30)
    await expect(readCheckpoint(path)).rejects.toMatchObject({ code: 'checkpoint-damaged' })
  })
})

describe('checkpoints of a folder', () => {
  it('keeps the newest three and the one with the lowest loss', async () => {
    const losses = [null, 3, 1, 2, NaN, 4, 5, 6]
    for (const [step, loss] of losses.entries()) {
      await writeCheckpoint(folder, madeCheckpoint(step, 5, Number.isNaN(loss) ? null : loss))
      await pruneCheckpoints(folder)
    }
    expect((await listCheckpoints(folder)).map(({ step }) => step)).toEqual([7, 6, 5, 2])
    await pruneCheckpoints(folder, 1)
    expect((await listCheckpoints(folder)).map(({ step }) => step)).toEqual([7, 2])
  })

  it('takes the newest that is whole, and says of each that it passed over why', async () => {
    for (const step of [1, 2, 3]) await writeCheckpoint(folder, madeCheckpoint(step))
    await truncate(join(folder, checkpointName(3)), 100)
    await writeCheckpoint(folder, { ...madeCheckpoint(4), id: MADE_RUN.replace('1', '2') })
    await writeFile(
      join(folder, checkpointName(5)),
      'nonsense, and more than forty-eight bytes of it, so that it is read'
    )
    await mkdir(join(folder, checkpointName(6)))
    await writeFile(join(folder, '.step-000000000007.ckpt.tmp-1-0123456789ab'), 'half')
    const { checkpoint, skipped } = await newest()
    expect(checkpoint?.state.step).toBe(2)
    expect(skipped.map(({ file }) => file)).toEqual([6, 5, 4, 3].map(checkpointName))
    expect(skipped[1]?.reason).toBe('it does not begin as a checkpoint does')
    expect(skipped[2]?.reason).toBe('it is of another run')
    expect(skipped[3]?.reason).toContain('header')
    await pruneCheckpoints(folder)
    expect((await names()).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('passes over none of a newer studio, but over damaged ones that look so', async () => {
    for (const step of [1, 2]) await writeCheckpoint(folder, madeCheckpoint(step))
    const path = join(folder, checkpointName(2))
    const late = await readFile(path)
    late.writeUInt32LE(2, 8)
    await writeFile(path, late)
    expect(await newest()).toMatchObject({ checkpoint: { state: { step: 1 } }, skipped: [{ file: checkpointName(2) }] })
    await writeFile(path, summed(late.subarray(0, -32)))
    await expect(newest()).rejects.toMatchObject({ code: 'checkpoint-too-new' })
    expect(await names()).toContain(checkpointName(2))
  })

  it('finds none in an empty folder, or none at all', async () => {
    expect(await newest()).toEqual({ checkpoint: null, skipped: [] })
    expect(await newestCheckpoint(join(folder, 'none'), any)).toEqual({ checkpoint: null, skipped: [] })
  })
})

/** A process that writes checkpoints, from a step on; it tells each that it finished. */
function writer(from: number, shell?: string) {
  const args = ['--import', 'tsx', join(import.meta.dirname, 'testing/checkpoint-writer.ts'), folder, String(from)]
  return shell === undefined
    ? spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn('bash', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...args], {
        stdio: ['ignore', 'pipe', 'pipe']
      })
}

describe('a process that writes checkpoints', () => {
  it('is killed at random moments: what it finished is there', async () => {
    let told = 0
    for (let kill = 0; kill < 6; kill++) {
      const child = writer(told + 1)
      const ended = new Promise((resolve) => child.once('exit', resolve))
      let text = ''
      const begun = new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          resolve()
        })
      })
      await begun
      await sleep(5 + 60 * Math.abs(Math.sin(kill * 7)))
      child.kill('SIGKILL')
      await ended
      told = Math.max(told, ...text.split('\n').slice(0, -1).map(Number))
      const { checkpoint, skipped } = await newest()
      expect(skipped).toEqual([])
      expect(checkpoint?.state.step).toBeGreaterThanOrEqual(told)
      told = checkpoint?.state.step ?? told
    }
    expect(told).toBeGreaterThan(6)
  })

  it('meets the limit of a file: it says so, and what was there stays', async () => {
    await writeCheckpoint(folder, madeCheckpoint(1))
    const child = writer(2, 'ulimit -f 500; trap "" XFSZ')
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    await new Promise((resolve) => child.once('exit', resolve))
    expect(errors).toContain('file-too-large')
    expect(await names()).toEqual([checkpointName(1)])
    expect((await newest()).checkpoint?.state.step).toBe(1)
  })

  it('meets a full disk: it says so, and what was there stays', async ({ skip }) => {
    const place = join(folder, 'mount')
    await mkdir(place)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', place], { stdio: 'ignore' })
    } catch {
      skip('this user may not mount a file system')
    }
    try {
      await writeCheckpoint(place, madeCheckpoint(1))
      await expect(writeCheckpoint(place, madeCheckpoint(2, 500_000))).rejects.toMatchObject({ code: 'disk-full' })
      expect(await readdir(place)).toEqual([checkpointName(1)])
      expect((await newestCheckpoint(place, any)).checkpoint?.state.step).toBe(1)
    } finally {
      execFileSync('umount', [place])
    }
  })

  it('meets a folder that is not writable, or none', async ({ skip }) => {
    await expect(writeCheckpoint(join(folder, 'none'), madeCheckpoint(1))).rejects.toMatchObject({
      code: 'folder-not-found'
    })
    const kept = await writeCheckpoint(folder, madeCheckpoint(1))
    await chmod(folder, 0o500)
    const free = await open(join(folder, 'probe'), 'w').catch(() => null)
    if (free !== null) {
      await free.close()
      skip('this user may write everywhere')
    }
    await expect(writeCheckpoint(folder, madeCheckpoint(2))).rejects.toMatchObject({ code: 'not-writable' })
    expect(await names()).toEqual([kept])
  })
})
