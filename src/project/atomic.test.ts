import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, parse } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rehearseFolder, retrying, setAside, writeAll, writeFileAtomic, writeFolderAtomic } from './atomic'

const bytes = (text: string) => new TextEncoder().encode(text)
const files = [
  { name: 'a.txt', bytes: bytes('first') },
  { name: 'b.txt', bytes: bytes('second') }
]

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-atomic-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Runs `use` in a small file system of its own; false when this user may not mount one. */
async function withMount(options: string, use: (place: string) => Promise<void>): Promise<boolean> {
  const place = join(folder, 'mount')
  await mkdir(place)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', place], { stdio: 'ignore' })
  } catch {
    return false
  }
  try {
    await use(place)
  } finally {
    execFileSync('umount', [place])
  }
  return true
}

describe('writeFileAtomic', () => {
  it('writes a new file and replaces an old one, leaving nothing else', async () => {
    const path = join(folder, 'file.bin')
    await writeFileAtomic(path, bytes('old'))
    await writeFileAtomic(path, bytes('new content'))
    expect(await readFile(path, 'utf8')).toBe('new content')
    expect(await readdir(folder)).toEqual(['file.bin'])
  })

  it('writes files larger than one call of the system takes', async () => {
    const large = new Uint8Array(5_000_001).map((_, i) => i % 251)
    await writeFileAtomic(join(folder, 'large'), large)
    expect(Buffer.compare(await readFile(join(folder, 'large')), large)).toBe(0)
  })

  it('says so when the folder does not exist, a part of the path is a file, or the path is a folder', async () => {
    await writeFile(join(folder, 'file'), 'x')
    await mkdir(join(folder, 'taken'))
    await expect(writeFileAtomic(join(folder, 'none', 'x'), bytes('x'))).rejects.toMatchObject({
      code: 'folder-not-found'
    })
    await expect(writeFileAtomic(join(folder, 'file', 'x'), bytes('x'))).rejects.toMatchObject({ code: 'not-a-folder' })
    await expect(writeFileAtomic(join(folder, 'taken'), bytes('x'))).rejects.toMatchObject({ code: 'is-a-folder' })
    await expect(writeFileAtomic(join(folder, 'n'.repeat(300)), bytes('x'))).rejects.toMatchObject({
      code: 'name-too-long'
    })
    await expect(writeFileAtomic(join(folder, 'a\0b'), bytes('x'))).rejects.toMatchObject({ code: 'invalid-name' })
    expect((await readdir(folder)).sort()).toEqual(['file', 'taken'])
  })

  it('writes names as long as the system allows', async () => {
    const name = 'ü'.repeat(127)
    await writeFileAtomic(join(folder, name), bytes('x'))
    expect(await readdir(folder)).toEqual([name])
  })

  it('keeps the old file on a full disk', async ({ skip }) => {
    const mounted = await withMount('size=1m', async (place) => {
      const path = join(place, 'file')
      await writeFileAtomic(path, bytes('old'))
      await expect(writeFileAtomic(path, new Uint8Array(4_000_000))).rejects.toMatchObject({ code: 'disk-full' })
      expect(await readFile(path, 'utf8')).toBe('old')
      expect(await readdir(place)).toEqual(['file'])
    })
    if (!mounted) skip('this user may not mount a small disk')
  })

  it('says so on a read-only disk', async ({ skip }) => {
    const mounted = await withMount('ro', async (place) => {
      await expect(writeFileAtomic(join(place, 'x'), bytes('x'))).rejects.toMatchObject({ code: 'not-writable' })
      await expect(writeFolderAtomic(join(place, 'runs', 'x'), files, false)).rejects.toMatchObject({
        code: 'not-writable'
      })
    })
    if (!mounted) skip('this user may not mount a read-only disk')
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'says so in a folder without permission',
    async () => {
      await chmod(folder, 0o555)
      await expect(writeFileAtomic(join(folder, 'x'), bytes('x'))).rejects.toMatchObject({ code: 'not-writable' })
      await chmod(folder, 0o755)
    }
  )
})

describe('writeFolderAtomic', () => {
  it('writes all files, making the folders above', async () => {
    const target = join(folder, 'runs', 'deep', 'first')
    await writeFolderAtomic(target, files, false)
    expect((await readdir(target)).sort()).toEqual(['a.txt', 'b.txt'])
    expect(await readdir(join(folder, 'runs', 'deep'))).toEqual(['first'])
  })

  it('refuses what exists, takes an empty folder, and replaces only when told to', async () => {
    const target = join(folder, 'first')
    await mkdir(target)
    await writeFolderAtomic(target, files, false)
    await expect(writeFolderAtomic(target, files, false)).rejects.toMatchObject({ code: 'folder-exists' })
    await writeFolderAtomic(target, [{ name: 'c.txt', bytes: bytes('third') }], true)
    expect(await readdir(target)).toEqual(['c.txt'])
    expect(await readdir(folder)).toEqual(['first'])
    expect(await setAside(target)).toEqual([])
  })

  it('refuses a file of that name, also when replacing', async () => {
    await writeFile(join(folder, 'first'), 'mine')
    await expect(writeFolderAtomic(join(folder, 'first'), files, true)).rejects.toMatchObject({ code: 'not-a-folder' })
    await expect(writeFolderAtomic(join(folder, 'first', 'x'), files, false)).rejects.toMatchObject({
      code: 'not-a-folder'
    })
    expect(await readFile(join(folder, 'first'), 'utf8')).toBe('mine')
    expect(await readdir(folder)).toEqual(['first'])
  })

  it('leaves the old folder and nothing else when a file fails, and removes the folders it made', async () => {
    const target = join(folder, 'first')
    await writeFolderAtomic(target, files, false)
    // The second file stands in a folder that does not exist, so writing fails half-way.
    const failing = [...files, { name: join('none', 'c.txt'), bytes: bytes('x') }]
    await expect(writeFolderAtomic(target, failing, true)).rejects.toMatchObject({ code: 'folder-not-found' })
    await expect(writeFolderAtomic(join(folder, 'made', 'too', 'x'), failing, false)).rejects.toThrow()
    expect((await readdir(target)).sort()).toEqual(['a.txt', 'b.txt'])
    expect(await readdir(folder)).toEqual(['first'])
  })

  it('keeps the old folder on a full disk', async ({ skip }) => {
    const mounted = await withMount('size=1m', async (place) => {
      const target = join(place, 'run')
      await writeFolderAtomic(target, files, false)
      const large = [...files, { name: 'large', bytes: new Uint8Array(4_000_000) }]
      await expect(writeFolderAtomic(target, large, true)).rejects.toMatchObject({ code: 'disk-full' })
      await expect(writeFolderAtomic(join(place, 'runs', 'x'), large, false)).rejects.toMatchObject({
        code: 'disk-full'
      })
      expect((await readdir(target)).sort()).toEqual(['a.txt', 'b.txt'])
      expect(await readdir(place)).toEqual(['run'])
    })
    if (!mounted) skip('this user may not mount a small disk')
  })
})

describe('rehearseFolder', () => {
  it('finds nothing wrong with free places, side by side, and leaves nothing', async () => {
    const places = Array.from({ length: 8 }, (_, i) => join(folder, 'runs', 'deep', `${i}`))
    await Promise.all(places.map((place) => rehearseFolder(place, false)))
    expect(await readdir(folder)).toEqual([])
    await Promise.all(
      places.map(async (place) => {
        await rehearseFolder(place, false)
        await writeFolderAtomic(place, files, false)
      })
    )
    expect(await readdir(join(folder, 'runs', 'deep'))).toHaveLength(8)
  })

  it('refuses what writing would refuse', async () => {
    await writeFolderAtomic(join(folder, 'first'), files, false)
    await writeFile(join(folder, 'file'), 'mine')
    const cases = [
      [join(folder, 'first'), false, 'folder-exists'],
      [join(folder, 'file'), true, 'not-a-folder'],
      [join(folder, 'file', 'x'), false, 'not-a-folder'],
      [join(folder, 'n'.repeat(300)), true, 'name-too-long'],
      [join(folder, 'none', 'n'.repeat(300)), true, 'name-too-long'],
      [parse(folder).root, true, 'not-writable']
    ] as const
    for (const [place, replace, code] of cases) {
      await expect(rehearseFolder(place, replace)).rejects.toMatchObject({ code })
      await expect(writeFolderAtomic(place, files, replace)).rejects.toMatchObject({ code })
    }
    await rehearseFolder(join(folder, 'first'), true)
    expect((await readdir(folder)).sort()).toEqual(['file', 'first'])
    expect((await readdir(join(folder, 'first'))).sort()).toEqual(['a.txt', 'b.txt'])
  })

  it('notices a full disk, and the root of a disk', async ({ skip }) => {
    const mounted = await withMount('size=1m', async (place) => {
      await expect(rehearseFolder(place, false)).rejects.toMatchObject({ code: 'not-writable' })
      await rehearseFolder(join(place, 'run'), false)
      await writeFile(join(place, 'large'), new Uint8Array(2 ** 20))
      await expect(rehearseFolder(join(place, 'run'), false)).rejects.toMatchObject({ code: 'disk-full' })
      expect(await readdir(place)).toEqual(['large'])
    })
    if (!mounted) skip('this user may not mount a small disk')
  })
})

describe('writeAll and retrying', () => {
  it.skipIf(process.platform !== 'linux')('passes on a full disk', async () => {
    const handle = await open('/dev/full', 'w')
    await expect(writeAll(handle, bytes('x'))).rejects.toMatchObject({ code: 'ENOSPC' })
    await handle.close()
  })

  it('tries again while the system says that the file is in use, and no longer', async () => {
    let calls = 0
    const busy = (failures: number) => () => {
      calls++
      return calls > failures ? Promise.resolve() : Promise.reject(Object.assign(new Error('busy'), { code: 'EPERM' }))
    }
    await retrying(busy(2), [1, 1, 1])
    expect(calls).toBe(3)
    calls = 0
    await expect(retrying(busy(9), [1, 1])).rejects.toMatchObject({ code: 'EPERM' })
    expect(calls).toBe(3)
    calls = 0
    const full = () => {
      calls++
      return Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    }
    await expect(retrying(full, [1, 1])).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(calls).toBe(1)
  })
})
