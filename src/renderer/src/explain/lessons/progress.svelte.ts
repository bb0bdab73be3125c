/** The learner's progress, kept on this computer. */
import * as v from 'valibot'
import {
  answerAt,
  atPage,
  progressSchema,
  recordOf,
  withAnswer,
  withoutLesson,
  withRecord,
  type Answer,
  type LessonKey,
  type LessonRecord,
  type Progress
} from './progress'

const KEY = 'lessons'

class ProgressStore {
  all = $state.raw<Progress>(read())

  of(lesson: LessonKey): LessonRecord {
    return recordOf(this.all, lesson)
  }

  answer(lesson: LessonKey, page: number, block: number): Answer | null {
    return answerAt(this.of(lesson), page, block)
  }

  keepAnswer(lesson: LessonKey, page: number, block: number, answer: Answer): void {
    this.#keep(withRecord(this.all, withAnswer(this.of(lesson), page, block, answer)))
  }

  /** @param leftDone one has gone on from the page that is left */
  turn(lesson: LessonKey, page: number, leftDone: boolean): void {
    this.#keep(withRecord(this.all, atPage(this.of(lesson), page, leftDone)))
  }

  startOver(id: string): void {
    this.#keep(withoutLesson(this.all, id))
  }

  #keep(progress: Progress): void {
    this.all = progress
    localStorage.setItem(KEY, JSON.stringify(progress))
  }
}

/** What was kept by an earlier window; nothing where it cannot be read. */
function read(): Progress {
  try {
    const kept = v.safeParse(progressSchema, JSON.parse(localStorage.getItem(KEY) ?? '[]'))
    return kept.success ? kept.output : []
  } catch {
    return []
  }
}

export const progress = new ProgressStore()
