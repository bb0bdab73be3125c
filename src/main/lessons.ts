/** Files of lessons: those that come with the studio, and the person's own in the user's folder. */
import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { StorageError, StudioError } from '../shared/errors'
import { LESSON_ENDING, MAX_LESSON_BYTES, MAX_OWN_LESSONS, type LessonFile } from '../shared/lessons/lesson-file'
import { writeWhole } from './whole-file'

/** Longest part of a name that is kept; a number may follow. */
const MOST_OF_NAME = 80

export class Lessons {
  /** Adding and removing, one after the other. */
  private work: Promise<unknown> = Promise.resolve()

  /**
   * @param builtIn folder of the studio's lessons
   * @param ownFolder folder of the person's; made with the first of them
   */
  constructor(
    private readonly builtIn: string,
    private readonly ownFolder: string
  ) {}

  /** The studio's in the order of their names, then the person's own. */
  async list(): Promise<readonly LessonFile[]> {
    const [builtIn, own] = await Promise.all([
      lessonsIn(this.builtIn, false),
      lessonsIn(this.ownFolder, true, MAX_OWN_LESSONS)
    ])
    return [...builtIn, ...own]
  }

  /**
   * Copies a file into the person's folder; under another name where there is one of its name.
   * @throws StudioError `lesson-unreadable`, `lesson-too-large`, `lesson-not-text` or `too-many-lessons`
   * @throws StorageError `lesson-not-saved`
   */
  add(file: string): Promise<LessonFile> {
    return this.after(async () => {
      const text = await lessonText(file, constants.O_RDONLY)
      const there = await namesIn(this.ownFolder)
      if (there.length >= MAX_OWN_LESSONS)
        throw new StudioError(
          'too-many-lessons',
          `There are ${there.length} lessons of your own already; at most ${MAX_OWN_LESSONS} are kept. Remove one first.`
        )
      const fileName = await this.freeName(file)
      try {
        await mkdir(this.ownFolder, { recursive: true })
        await writeWhole(path.join(this.ownFolder, fileName), text)
      } catch (error) {
        // The message of the system names the whole path, which is not for the page to see.
        throw new StorageError(
          'lesson-not-saved',
          `${fileName} could not be copied into the studio's folder: ${systemWords(error)}. Make room on the disk, then add it again.`,
          { file: fileName }
        )
      }
      return { id: `own:${fileName}`, fileName, own: true, text, problem: null }
    })
  }

  /** @throws StudioError `unknown-lesson`, or StorageError `lesson-not-removed` */
  remove(id: string): Promise<void> {
    return this.after(async () => {
      const names = await namesIn(this.ownFolder)
      const fileName = names.find((name) => `own:${name}` === id)
      if (fileName === undefined)
        throw new StudioError(
          'unknown-lesson',
          'There is no such lesson of your own. It may have been removed already.'
        )
      await rm(path.join(this.ownFolder, fileName)).catch((error: unknown) => {
        throw new StorageError(
          'lesson-not-removed',
          `${fileName} could not be removed: ${systemWords(error)}. Close what has it open, then try again.`,
          { file: fileName }
        )
      })
    })
  }

  /** `name.md`, `name-2.md`, … */
  private async freeName(file: string): Promise<string> {
    const given = path
      .basename(file, path.extname(file))
      .replace(/[\p{Cc}/\\]+/gu, ' ')
      .trim()
    const stem = Array.from(given.replace(/^\.+/, '')).slice(0, MOST_OF_NAME).join('') || 'lesson'
    for (let number = 1; ; number++) {
      const name = `${stem}${number === 1 ? '' : `-${number}`}${LESSON_ENDING}`
      // Asked of the system, which may take capitals and small letters for the same.
      if ((await lstat(path.join(this.ownFolder, name)).catch(() => null)) === null) return name
    }
  }

  private after<T>(job: () => Promise<T>): Promise<T> {
    const done = this.work.then(job)
    this.work = done.catch(() => undefined)
    return done
  }
}

async function lessonsIn(folder: string, own: boolean, most = Infinity): Promise<readonly LessonFile[]> {
  const names = (await namesIn(folder)).slice(0, most)
  return Promise.all(
    names.map(async (fileName): Promise<LessonFile> => {
      const id = `${own ? 'own' : 'built-in'}:${fileName}`
      try {
        // What became a link since the folder was read is none of ours.
        const text = await lessonText(path.join(folder, fileName), constants.O_RDONLY | constants.O_NOFOLLOW)
        return { id, fileName, own, text, problem: null }
      } catch (error) {
        if (!(error instanceof StudioError)) throw error
        return { id, fileName, own, text: '', problem: error.message }
      }
    })
  )
}

/** Names of the lessons in a folder; links, folders and hidden files are none. A folder that is not there has none. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (!isSystemError(error) || error.code !== 'ENOENT') console.error('A folder of lessons cannot be read:', error)
    return []
  })
  return entries
    .filter(
      (entry) => entry.isFile() && !entry.name.startsWith('.') && entry.name.toLowerCase().endsWith(LESSON_ENDING)
    )
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? -1 : 1))
}

/** @throws StudioError `lesson-unreadable`, `lesson-too-large` or `lesson-not-text` */
async function lessonText(file: string, flags: number): Promise<string> {
  const details = { file: path.basename(file) }
  const bytes = await firstBytes(file, flags).catch((error: unknown) => {
    throw new StudioError(
      'lesson-unreadable',
      `${details.file} cannot be read: ${systemWords(error)}. Choose a file, and see that you may read it.`,
      details
    )
  })
  if (bytes.length > MAX_LESSON_BYTES)
    throw new StudioError(
      'lesson-too-large',
      `${details.file} is larger than ${MAX_LESSON_BYTES / 1024} KB, the most that a lesson may have. Make it two lessons.`,
      details
    )
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new StudioError(
      'lesson-not-text',
      `${details.file} is no text in UTF-8. Save it as UTF-8 in your editor, then add it again.`,
      details
    )
  }
}

/** All bytes of a file, or one more than a lesson may have. */
async function firstBytes(file: string, flags: number): Promise<Uint8Array> {
  // Without waiting: a pipe has nobody at its other end. (Where the system has no such flags, they are undefined, which adds none.)
  const handle = await open(file, flags | constants.O_NONBLOCK)
  try {
    if (!(await handle.stat()).isFile()) throw new Error('it is no file')
    const bytes = new Uint8Array(MAX_LESSON_BYTES + 1)
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return bytes.subarray(0, length)
  } finally {
    await handle.close()
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}

function systemWords(error: unknown): string {
  return isSystemError(error) ? `the system answered ${String(error.code)}` : 'it is no file'
}
