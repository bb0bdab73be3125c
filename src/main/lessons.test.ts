import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MAX_LESSON_BYTES, MAX_OWN_LESSONS } from '../shared/lessons/lesson-file'
import { Lessons } from './lessons'

let folder = ''
let own = ''
let lessons: Lessons
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-lessons-'))
  own = path.join(folder, 'own')
  await mkdir(path.join(folder, 'built-in'))
  lessons = new Lessons(path.join(folder, 'built-in'), own)
})
afterEach(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Uint8Array = `# ${name}`): Promise<string> {
  const place = path.join(folder, name)
  await mkdir(path.dirname(place), { recursive: true })
  await writeFile(place, content)
  return place
}

describe('the list of lessons', () => {
  it('has those of the studio in the order of their names, then the own ones', async () => {
    await file('built-in/02-b.md')
    await file('built-in/01-a.md')
    await file('own/a.md', '\uFEFF# mine')
    expect(await lessons.list()).toEqual([
      { id: 'built-in:01-a.md', fileName: '01-a.md', own: false, text: '# built-in/01-a.md', problem: null },
      { id: 'built-in:02-b.md', fileName: '02-b.md', own: false, text: '# built-in/02-b.md', problem: null },
      { id: 'own:a.md', fileName: 'a.md', own: true, text: '# mine', problem: null }
    ])
  })

  it('has those that come with the studio', async () => {
    const builtIn = fileURLToPath(new URL('../../resources/lessons/', import.meta.url))
    const listed = await new Lessons(builtIn, own).list()
    expect(listed.map(({ fileName }) => fileName)).toEqual((await readdir(builtIn)).sort())
    expect(listed.every(({ text, problem }) => text !== '' && problem === null)).toBe(true)
  })

  it('is empty without folders', async () => {
    expect(await new Lessons(path.join(folder, 'none'), own).list()).toEqual([])
  })

  it('is empty, and says why in the log, where a folder is none', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(await new Lessons(await file('no-folder'), own).list()).toEqual([])
    expect(log).toHaveBeenCalledOnce()
    log.mockRestore()
  })

  it('leaves out what is no lesson: other endings, folders, links, pipes, hidden files', async () => {
    await file('own/note.txt')
    await file('own/.hidden.md')
    await mkdir(path.join(own, 'folder.md'))
    await symlink(await file('secret.md'), path.join(own, 'link.md'))
    if (process.platform !== 'win32') execFileSync('mkfifo', [path.join(own, 'pipe.md')])
    expect(await lessons.list()).toEqual([])
  })

  it('says of files that cannot be used why', async () => {
    await file('own/large.md', 'x'.repeat(MAX_LESSON_BYTES + 1))
    await file('own/latin.md', Uint8Array.of(0x23, 0x20, 0xe4))
    await file('own/right.md', 'x'.repeat(MAX_LESSON_BYTES))
    const listed = await lessons.list()
    expect(listed.map(({ text, problem }) => [text.length, problem])).toEqual([
      [0, 'large.md is larger than 256 KB, the most that a lesson may have. Make it two lessons.'],
      [0, 'latin.md is no text in UTF-8. Save it as UTF-8 in your editor, then add it again.'],
      [MAX_LESSON_BYTES, null]
    ])
  })

  // Whoever may read everything cannot be kept from it.
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('says what may not be read', async () => {
    await chmod(await file('own/closed.md'), 0)
    expect(await lessons.list()).toMatchObject([
      {
        text: '',
        problem: 'closed.md cannot be read: the system answered EACCES. Choose a file, and see that you may read it.'
      }
    ])
  })
})

describe('adding a lesson', () => {
  it('copies it whole and leaves nothing else behind', async () => {
    const added = await lessons.add(await file('elsewhere/My lesson.markdown', '\uFEFF# ü'))
    expect(added).toEqual({
      ...{ id: 'own:My lesson.md', fileName: 'My lesson.md', own: true, text: '# ü', problem: null }
    })
    expect(await lessons.list()).toEqual([added])
    expect(await readdir(own)).toEqual(['My lesson.md'])
    expect(await readFile(path.join(own, 'My lesson.md'), 'utf8')).toBe('# ü')
  })

  it('gives a number to a name that is taken, also when both are added at once', async () => {
    const [one, other] = [await file('one/a.md', 'one'), await file('other/a.md', 'other')]
    const added = await Promise.all([one, other, one].map((each) => lessons.add(each)))
    expect(added.map(({ fileName, text }) => [fileName, text])).toEqual([
      ['a.md', 'one'],
      ['a-2.md', 'other'],
      ['a-3.md', 'one']
    ])
    expect(await lessons.list()).toHaveLength(3)
  })

  it.each([
    ['.md', 'md.md'],
    ['...md', 'lesson.md'],
    [`${'n'.repeat(200)}.md`, `${'n'.repeat(80)}.md`],
    ['UPPER.MD', 'UPPER.md']
  ])('names a file %j %j', async (given, name) => {
    expect((await lessons.add(await file(`elsewhere/${given}`))).fileName).toBe(name)
    expect(await lessons.list()).toHaveLength(1)
  })

  it.each([
    ['large.md', 'x'.repeat(MAX_LESSON_BYTES + 1), 'lesson-too-large'],
    ['latin.md', Uint8Array.of(0xe4), 'lesson-not-text']
  ])('refuses %s', async (name, content, code) => {
    await expect(lessons.add(await file(name, content))).rejects.toMatchObject({ code })
    expect(await lessons.list()).toEqual([])
  })

  it('refuses what is no file, and tells no path', async () => {
    for (const place of [path.join(folder, 'nothing.md'), folder]) {
      const refused = lessons.add(place)
      await expect(refused).rejects.toMatchObject({ code: 'lesson-unreadable' })
      await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining(tmpdir()) as string })
    }
  })

  it('says when it cannot be written, tells no path, and goes on', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await writeFile(own, 'a file where the folder would be')
    const refused = lessons.add(await file('a.md'))
    await expect(refused).rejects.toMatchObject({
      code: 'lesson-not-saved',
      message:
        "a.md could not be copied into the studio's folder: the system answered EEXIST. Make room on the disk, then add it again."
    })
    log.mockRestore()
    await rm(own)
    expect((await lessons.add(await file('a.md'))).fileName).toBe('a.md')
  })

  it(`keeps at most ${MAX_OWN_LESSONS}`, async () => {
    for (let number = 0; number < MAX_OWN_LESSONS; number++) await file(`own/${number}.md`)
    await expect(lessons.add(await file('one-more.md'))).rejects.toMatchObject({ code: 'too-many-lessons' })
  })
})

describe('removing a lesson', () => {
  it('takes away an own one', async () => {
    await file('own/b.md')
    const { id } = await lessons.add(await file('a.md'))
    await lessons.remove(id)
    expect((await lessons.list()).map(({ fileName }) => fileName)).toEqual(['b.md'])
  })

  it('knows no other', async () => {
    await file('built-in/a.md')
    await file('own/.hidden.md')
    const outside = await file('outside.md')
    for (const id of ['own:a.md', 'built-in:a.md', 'own:../outside.md', `own:${outside}`, 'own:.hidden.md', 'own:', ''])
      await expect(lessons.remove(id)).rejects.toMatchObject({ code: 'unknown-lesson' })
    expect(await readdir(folder)).toContain('outside.md')
  })
})
