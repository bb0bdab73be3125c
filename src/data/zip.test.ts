import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { DataFormatError } from '../shared/errors'
import { firstEntryName, openZip, withZip, type ZipLimits } from './zip'

const limits: ZipLimits = { entries: 100, bytes: 10_000_000, ratio: 100 }

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-zip-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function zipOf(files: readonly (readonly [string, Buffer])[], mode?: number): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of files) zip.addBuffer(content, name, mode === undefined ? {} : { mode })
  zip.end()
  return buffer(zip.outputStream)
}

/** The archive with every `from` in its bytes replaced: names that no honest program writes. */
function renamed(archive: Buffer, from: string, to: string): Buffer {
  expect(to).toHaveLength(from.length)
  return Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1')
}

function saved(content: Buffer): string {
  const path = join(folder, 'a.zip')
  writeFileSync(path, content)
  return path
}

/** Everything the archive holds, by name. */
function contents(archive: Buffer, allowed = limits): Promise<Map<string, string>> {
  return withZip(saved(archive), allowed, undefined, async (zip) => {
    const found = new Map<string, string>()
    for (const entry of zip.entries) found.set(entry.name, (await zip.read(entry)).toString())
    return found
  })
}

const small = Buffer.from('hello')

describe('zip', () => {
  it('gives what was packed', async () => {
    const archive = await zipOf([
      ['a/b.txt', small],
      ['é.txt', Buffer.alloc(5000, 'x')],
      ['__MACOSX/._a', small]
    ])
    expect(await contents(archive)).toEqual(
      new Map([
        ['a/b.txt', 'hello'],
        ['é.txt', 'x'.repeat(5000)]
      ])
    )
    expect(firstEntryName(archive)).toBe('a/b.txt')
    expect(firstEntryName(Buffer.from('a,b\n'.repeat(20)))).toBeNull()
  })

  it.each([
    ['aaaaaaaa', '../../xx'],
    ['aaaaaaaa', '/etc/abc'],
    ['aaaaaaaa', 'C:/abcde'],
    ['aaaaaaaa', 'a\\..\\bcd'],
    ['aaaaaaaa', 'a/./bcde'],
    ['aaaaaaaa', 'a/nul.cd'],
    ['aaaaaaaa', 'abc/def.'],
    ['aaaaaaaa', 'abc/def '],
    ['aaaaaaaa', 'abc\ndefg'],
    ['aaaaaaaa', 'a//bcdef'],
    ['aaaaaaaa', 'BBBBBBBB']
  ])('refuses the name %s → %j', async (from, to) => {
    const archive = await zipOf([
      ['aaaaaaaa', small],
      ['bbbbbbbb', small]
    ])
    await expect(contents(renamed(archive, from, to))).rejects.toMatchObject({ code: 'unsafe-zip' })
  })

  it('refuses links', async () => {
    await expect(contents(await zipOf([['a', small]], 0o120777))).rejects.toMatchObject({ code: 'unsafe-zip' })
  })

  it('refuses encrypted, overlapping and nested entries', async () => {
    const archive = await zipOf([
      ['a', Buffer.from('abcabcabc')],
      ['b', small]
    ])
    const encrypted = Buffer.from(archive)
    encrypted.writeUInt16LE(
      encrypted.readUInt16LE(encrypted.indexOf('PK\x01\x02') + 8) | 1,
      encrypted.indexOf('PK\x01\x02') + 8
    )
    await expect(contents(encrypted)).rejects.toMatchObject({ code: 'encrypted-zip' })
    // The second entry says that its bytes are those of the first.
    const overlapping = Buffer.from(archive)
    overlapping.writeUInt32LE(0, overlapping.lastIndexOf('PK\x01\x02') + 42)
    await expect(contents(overlapping)).rejects.toMatchObject({ code: 'unsafe-zip' })
    await expect(contents(await zipOf([['b.bin', archive]]))).rejects.toMatchObject({ code: 'nested-archive' })
  })

  it('refuses too many entries, too many bytes and bombs', async () => {
    const many = await zipOf(Array.from({ length: 101 }, (_, i) => [`${i}`, small] as const))
    await expect(contents(many)).rejects.toMatchObject({ code: 'zip-too-large' })
    const zeros = await zipOf([['zeros', Buffer.alloc(4_000_000)]])
    await expect(contents(zeros)).rejects.toMatchObject({ code: 'zip-too-large' })
    await expect(contents(zeros, { ...limits, ratio: 2000 })).resolves.toBeDefined()
    await expect(contents(zeros, { ...limits, ratio: 2000, bytes: 1_000_000 })).rejects.toMatchObject({
      code: 'zip-too-large'
    })
    // A size in the directory that is too small: the bytes are counted all the same.
    const lying = Buffer.from(zeros)
    lying.writeUInt32LE(10, lying.indexOf('PK\x01\x02') + 24)
    await expect(contents(lying, { ...limits, ratio: 2000 })).rejects.toMatchObject({ code: 'damaged-zip' })
  })

  it('checks the checksum', async () => {
    const archive = await zipOf([['a', small]])
    const damaged = Buffer.from(archive)
    const at = damaged.indexOf('PK\x01\x02') + 16
    damaged.writeUInt32LE((damaged.readUInt32LE(at) ^ 1) >>> 0, at)
    await expect(contents(damaged)).rejects.toMatchObject({ code: 'damaged-zip' })
  })

  it('says what is wrong with a path, and reads while open only', async () => {
    await expect(openZip(join(folder, 'nowhere.zip'), limits)).rejects.toMatchObject({ code: 'file-not-found' })
    await expect(contents(Buffer.from('PK\x03\x04 no zip'))).rejects.toMatchObject({ code: 'damaged-zip' })
    const zip = await openZip(saved(await zipOf([['a', small]])), limits)
    zip.close()
    const [entry] = zip.entries
    if (entry === undefined) throw new Error('an entry was expected')
    await expect(zip.read(entry)).rejects.toMatchObject({ code: 'damaged-zip' })
  })

  it('is cancelled', async () => {
    const path = saved(await zipOf([['a', small]]))
    await expect(openZip(path, limits, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('damaged anywhere, gives the same or a typed error', async () => {
    const archive = await zipOf([
      ['a.txt', Buffer.from('some text '.repeat(20))],
      ['b.txt', small]
    ])
    const names = ['a.txt', 'b.txt']
    await fc.assert(
      fc.asyncProperty(
        fc.nat(archive.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.boolean(),
        async (at, byte, cut) => {
          const damaged = cut ? archive.subarray(0, at) : Buffer.from(archive)
          if (!cut) damaged[at] = byte
          try {
            for (const name of (await contents(damaged)).keys()) expect(name.length).toBe(names[0]?.length)
          } catch (error) {
            expect(error).toBeInstanceOf(DataFormatError)
          }
        }
      ),
      { numRuns: 300 }
    )
  })
})
