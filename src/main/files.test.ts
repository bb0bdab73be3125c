import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileHandles } from './files'

let folder = ''
let list = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-files-'))
  list = path.join(folder, 'recent.json')
})
afterEach(() => rm(folder, { recursive: true }))

async function csv(name: string): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, 'a,b\n1,2\n')
  return file
}

describe('handles', () => {
  it('stand for a path and tell nothing of it', async () => {
    const files = new FileHandles(list)
    const file = await csv('iris.csv')
    const handle = await files.register([file])
    expect(handle).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    expect(files.pathsOf(handle)).toEqual([file])
    expect(await files.register([file])).toBe(handle)
  })

  it('that were not given out are refused', () => {
    const files = new FileHandles(list)
    expect(() => files.pathsOf('00000000-0000-4000-8000-000000000000')).toThrow(
      expect.objectContaining({ code: 'unknown-handle' })
    )
  })

  it.each([
    ['a file without a place on the disk', '', 'no-path'],
    ['a relative path', 'iris.csv', 'no-path'],
    ['a path with a NUL', '/tmp/a\0.csv', 'no-path'],
    ['what is not there', '/nowhere/iris.csv', 'file-not-found']
  ])('are not given for %s', async (_what, file, code) => {
    await expect(new FileHandles(list).register([file])).rejects.toMatchObject({ code })
  })

  it('are given for a folder, not for a device', async () => {
    const files = new FileHandles(list)
    expect(files.pathsOf(await files.register([folder]))).toEqual([folder])
    await expect(files.register(['/dev/null'])).rejects.toMatchObject({ code: 'not-a-file' })
  })
})

describe('recent files', () => {
  it('are kept over a restart, newest first, each once, at most ten', async () => {
    let minute = 0
    const clock = (): Date => new Date(Date.UTC(2030, 0, 1, 0, minute++))
    const files = new FileHandles(list, clock)
    for (let i = 0; i < 12; i++) await files.noteOpened([await csv(`${i}.csv`)])
    await files.noteOpened([await csv('5.csv')])
    const again = new FileHandles(list)
    const recent = await again.listRecent()
    expect(recent.map(({ fileName }) => fileName)).toEqual(
      ['5', '11', '10', '9', '8', '7', '6', '4', '3', '2'].map((n) => `${n}.csv`)
    )
    expect(recent[0]?.openedAt).toBe('2030-01-01T00:12:00.000Z')
    expect(again.pathsOf(recent[0]?.handle ?? '')).toEqual([path.join(folder, '5.csv')])
  })

  it('are read as they were read last, but not when they are dropped anew', async () => {
    const files = new FileHandles(list)
    const file = await csv('a.csv')
    await files.noteOpened([file], { delimiter: ';' })
    await files.noteReadAs([file], { header: false, missingWords: ['-'] })
    await files.noteReadAs([path.join(folder, 'never opened.csv')], { header: true })
    const again = new FileHandles(list)
    const [entry, ...others] = await again.listRecent()
    expect(others).toEqual([])
    expect(again.readAsOf(entry?.handle ?? '')).toEqual({ header: false, missingWords: ['-'] })
    expect(again.readAsOf(await again.register([file]))).toEqual({})
    expect(again.readAsOf('00000000-0000-4000-8000-000000000000')).toEqual({})
    await again.noteOpened([file])
    expect(again.readAsOf(entry?.handle ?? '')).toEqual({})
  })

  it('are remembered without what was said of them where that would not fit into the list', async () => {
    const files = new FileHandles(list)
    const file = await csv('a.csv')
    const missingWords = Array.from({ length: 1000 }, (_, index) => `${index} `.repeat(100))
    await files.noteOpened([file], { missingWords })
    const [entry] = await new FileHandles(list).listRecent()
    expect(entry?.fileName).toBe('a.csv')
    expect(files.readAsOf((await files.listRecent())[0]?.handle ?? '')).toEqual({})
  })

  it('of lists that were saved before are still there', async () => {
    const file = await csv('a.csv')
    await writeFile(
      list,
      JSON.stringify({ formatVersion: 1, files: [{ path: file, openedAt: '2030-01-01T00:00:00.000Z' }] })
    )
    const files = new FileHandles(list)
    const [entry] = await files.listRecent()
    expect(files.readAsOf(entry?.handle ?? '')).toEqual({})
    expect(files.pathsOf(entry?.handle ?? '')).toEqual([file])
  })

  it('are listed by all their names, and opened together again', async () => {
    const files = new FileHandles(list)
    const [a, b, c] = [await csv('a.csv'), await csv('b.csv'), await csv('c.csv')]
    await files.noteOpened([a])
    await files.noteOpened([a, b, c])
    await files.noteOpened([a, b], { header: true })
    const again = new FileHandles(list)
    const recent = await again.listRecent()
    expect(recent.map(({ fileName }) => fileName)).toEqual(['a.csv + b.csv', '3 files', 'a.csv'])
    expect(recent.map(({ handle }) => again.pathsOf(handle))).toEqual([[a, b], [a, b, c], [a]])
    expect(again.readAsOf(recent[0]?.handle ?? '')).toEqual({ header: true })
    await rm(b)
    expect((await again.listRecent()).map(({ fileName }) => fileName)).toEqual(['a.csv'])
  })

  it('of so many files that the list would not be read back are not remembered', async () => {
    const files = new FileHandles(list)
    await files.noteOpened(Array.from({ length: 100 }, (_, index) => `/${'x'.repeat(600)}/${index}.csv`))
    await files.noteOpened([await csv('a.csv')])
    expect((JSON.parse(await readFile(list, 'utf8')) as { files: unknown[] }).files).toHaveLength(1)
  })

  it('that are gone are left out', async () => {
    const files = new FileHandles(list)
    const gone = await csv('gone.csv')
    await files.noteOpened([gone])
    await files.noteOpened([await csv('here.csv')])
    await rm(gone)
    expect((await files.listRecent()).map(({ fileName }) => fileName)).toEqual(['here.csv'])
  })

  it.each([
    ['is damaged', '{"formatVersion":1,"files":[{"pa'],
    ['has another form', '{"formatVersion":2,"files":[]}'],
    ['holds a relative path', '{"formatVersion":1,"files":[{"path":"a.csv","openedAt":"2030-01-01T00:00:00.000Z"}]}'],
    ['holds unknown keys', '{"formatVersion":1,"files":[],"x":1}'],
    [
      'says what cannot be said of a file',
      '{"formatVersion":1,"files":[{"path":"/a.csv","openedAt":"2030-01-01T00:00:00.000Z","readAs":{"delimiter":"ab"}}]}'
    ]
  ])('begin empty when the list %s, and are saved again', async (_what, text) => {
    await writeFile(list, text)
    const files = new FileHandles(list)
    expect(await files.listRecent()).toEqual([])
    await files.noteOpened([await csv('a.csv')])
    expect(await new FileHandles(list).listRecent()).toHaveLength(1)
  })

  it('leave nothing half-written beside the list', async () => {
    const files = new FileHandles(list)
    const file = await csv('a.csv')
    await Promise.all([files.noteOpened([file]), files.noteOpened([file]), files.noteOpened([file])])
    expect((await readdir(folder)).sort()).toEqual(['a.csv', 'recent.json'])
    expect(JSON.parse(await readFile(list, 'utf8'))).toMatchObject({ formatVersion: 1, files: [{ path: file }] })
  })

  it('that cannot be saved do not stop the work', async () => {
    const files = new FileHandles(path.join(folder, 'no', 'such', 'recent.json'))
    const errors: unknown[] = []
    const log = console.error
    console.error = (...args: unknown[]) => void errors.push(args)
    try {
      await files.noteOpened([await csv('a.csv')])
    } finally {
      console.error = log
    }
    expect(errors).toHaveLength(1)
    expect(await files.listRecent()).toHaveLength(1)
  })
})
