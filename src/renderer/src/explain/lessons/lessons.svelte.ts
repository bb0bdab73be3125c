/** The lessons there are, and which one is open. */
import type { ErrorValue } from '../../../../shared/errors'
import type { Lesson } from '../../../../shared/lessons/lesson'
import type { LessonFile } from '../../../../shared/lessons/lesson-file'
import { parseLesson } from '../../../../shared/lessons/parse'
import type { LessonProblem } from '../../../../shared/lessons/problems'
import { api } from '../../api'
import { textHash } from './textHash'

interface Listed {
  readonly id: string
  readonly fileName: string
  readonly own: boolean
}

export interface ReadLesson extends Listed {
  readonly lesson: Lesson
  readonly hash: string
  readonly pages: number
}

/** A file that cannot be opened as a lesson. */
export interface BrokenLesson extends Listed {
  /** Why it could not be read at all. */
  readonly unreadable: string | null
  /** What is wrong with its text. */
  readonly problems: readonly LessonProblem[]
}

export type ListedLesson = ReadLesson | BrokenLesson

export function isRead(listed: ListedLesson): listed is ReadLesson {
  return 'lesson' in listed
}

function listedOf({ id, fileName, own, text, problem }: LessonFile): ListedLesson {
  if (problem !== null) return { id, fileName, own, unreadable: problem, problems: [] }
  const parsed = parseLesson(text)
  if ('problems' in parsed) return { id, fileName, own, unreadable: null, problems: parsed.problems }
  return { id, fileName, own, lesson: parsed.lesson, hash: textHash(text), pages: parsed.lesson.pages.length }
}

class Lessons {
  /** null until they have come. */
  all = $state.raw<readonly ListedLesson[] | null>(null)
  error = $state.raw<ErrorValue | null>(null)
  /** Id of the one that is open. */
  openId = $state<string | null>(null)

  readonly builtIn: readonly ListedLesson[] = $derived((this.all ?? []).filter(({ own }) => !own))
  readonly own: readonly ListedLesson[] = $derived((this.all ?? []).filter(({ own }) => own))
  readonly readable: readonly ReadLesson[] = $derived((this.all ?? []).filter(isRead))
  readonly open: ReadLesson | null = $derived(this.readable.find(({ id }) => id === this.openId) ?? null)

  /** Reads the list again: files may have been changed by an editor meanwhile. */
  async load(): Promise<void> {
    const reply = await api.listLessons()
    if (reply.ok) this.all = reply.value.map(listedOf)
    this.error = reply.ok ? null : reply.error
  }

  /** Asks for a file. @returns the lesson it holds; null when none was added */
  async add(): Promise<ListedLesson | null> {
    const reply = await api.addLesson()
    if (!reply.ok) {
      this.error = reply.error
      return null
    }
    await this.load()
    const { value } = reply
    return value === null ? null : (this.all?.find(({ id }) => id === value.id) ?? null)
  }

  async remove(id: string): Promise<void> {
    const reply = await api.removeLesson(id)
    if (reply.ok) await this.load()
    else this.error = reply.error
  }
}

export const lessons = new Lessons()
