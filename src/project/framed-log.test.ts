import { appendFile, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FramedLog, framesOf, openFrames } from './framed-log'

const MAGIC = 'TESTLOG\n'
const payloads = ['a', 'second', 'x'.repeat(40), 'last one'].map((text) => Buffer.from(text))

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-frames-'))
  path = join(folder, 'log')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function written(): Promise<Buffer> {
  const log = await FramedLog.open(path, MAGIC)
  await log.append(payloads.map((payload) => [payload.subarray(0, 1), payload.subarray(1)]))
  await log.close()
  return readFile(path)
}

async function readAll(): Promise<string[]> {
  const handle = await openFrames(path, MAGIC)
  const found: string[] = []
  for await (const { payload } of framesOf(handle)) found.push(payload.toString())
  await handle.close()
  return found
}

const texts = payloads.map(String)

describe('framed log', () => {
  it('gives back what was appended, and where it is', async () => {
    await written()
    expect(await readAll()).toEqual(texts)
    const seen: string[] = []
    const log = await FramedLog.open(path, MAGIC, ({ payload }) => seen.push(payload.toString()))
    expect(seen).toEqual(texts)
    const [place = 0] = await log.append([[Buffer.from('more')]])
    const found = []
    for await (const { payload, at, end } of log.read({ from: place, to: log.size }))
      found.push([payload.toString(), at, end])
    expect(found).toEqual([['more', place, log.size]])
    await log.close()
    expect(await readAll()).toEqual([...texts, 'more'])
  })

  it('cut at any byte: what is whole is there, and the next one goes behind it', async () => {
    const bytes = await written()
    const ends: number[] = [8]
    for (const payload of payloads) ends.push((ends.at(-1) ?? 0) + 8 + payload.length)
    for (let cut = 0; cut < bytes.length; cut++) {
      await writeFile(path, bytes.subarray(0, cut))
      const whole = ends.filter((end) => end <= cut).length - 1
      if (cut >= 8) expect(await readAll()).toEqual(texts.slice(0, whole))
      const log = await FramedLog.open(path, MAGIC)
      await log.append([[Buffer.from('next')]])
      await log.close()
      expect(await readAll()).toEqual([...texts.slice(0, Math.max(0, whole)), 'next'])
    }
  })

  it('with any byte flipped: frames before it are there, nothing wrong is, and no memory is taken for a length', async () => {
    const bytes = await written()
    for (let at = 8; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 0xff
      await writeFile(path, damaged)
      const found = await readAll()
      expect(texts.slice(0, found.length)).toEqual(found)
      expect(found.length).toBeLessThan(texts.length)
    }
    bytes[0] = 0
    await writeFile(path, bytes)
    await expect(openFrames(path, MAGIC)).rejects.toMatchObject({ code: 'log-damaged' })
    await expect(FramedLog.open(path, MAGIC)).rejects.toMatchObject({ code: 'log-damaged' })
    expect(await readFile(path)).toEqual(bytes)
  })

  it('takes zeros at the end, as a power cut leaves them, for nothing', async () => {
    const bytes = await written()
    await appendFile(path, Buffer.alloc(100))
    expect(await readAll()).toEqual(texts)
    await (await FramedLog.open(path, MAGIC)).close()
    expect((await stat(path)).size).toBe(bytes.length)
  })

  it('writes frames of many pieces and megabytes', async () => {
    const large = Buffer.alloc(5_000_001).map((_, i) => i % 251)
    const log = await FramedLog.open(path, MAGIC)
    await log.append([[large], [large.subarray(0, 3_000_000), large.subarray(3_000_000)], [Buffer.from('end')]])
    await log.close()
    const handle = await openFrames(path, MAGIC)
    const sizes: boolean[] = []
    for await (const { payload } of framesOf(handle)) sizes.push(payload.equals(large))
    await handle.close()
    expect(sizes).toEqual([true, true, false])
  })

  it('after a write that failed goes on where it was', async () => {
    const log = await FramedLog.open(path, MAGIC)
    await log.append([[Buffer.from('one')]])
    // A payload of no bytes cannot be framed.
    await expect(log.append([[Buffer.from('two')], []])).rejects.toThrow('0 bytes')
    await log.append([[Buffer.from('three')]])
    await log.close()
    expect(await readAll()).toEqual(['one', 'three'])
  })

  it('can be read while it is written to, and after it was closed', async () => {
    const log = await FramedLog.open(path, MAGIC)
    await log.append([[Buffer.from('one')]])
    const other = await open(path, 'a')
    await other.write(Buffer.from([9, 0, 0, 0, 1]))
    await other.close()
    expect(await readAll()).toEqual(['one'])
    await log.close()
    const found = []
    for await (const { payload } of log.read()) found.push(payload.toString())
    expect(found).toEqual(['one'])
    await truncate(path, 8)
    expect(await readAll()).toEqual([])
  })
})
