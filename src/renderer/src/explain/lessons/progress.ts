/** How far a learner is in each lesson, and what was answered: pure, so that it can be kept and tested. */
import * as v from 'valibot'

const index = v.pipe(v.number(), v.integer(), v.minValue(0))

/** What a learner has answered at a block of a page. */
const answerSchema = v.variant('kind', [
  /** Choices that were checked, the newest last. */
  v.object({ kind: v.literal('choice'), tried: v.pipe(v.array(index), v.readonly()) }),
  /** What was written, whether it was right, and whether the answer was shown. */
  v.object({ kind: v.literal('number'), typed: v.string(), right: v.boolean(), shown: v.boolean() }),
  /** What was predicted before it was run; null: nothing. */
  v.object({ kind: v.literal('prediction'), chosen: v.nullable(index) })
])

const recordSchema = v.object({
  /** Id of the lesson, and what its text was. */
  lesson: v.string(),
  hash: v.string(),
  /** Where one is, from 0. */
  page: index,
  /** Pages that were gone on from. */
  done: v.pipe(v.array(index), v.readonly()),
  answers: v.pipe(v.array(v.object({ page: index, block: index, answer: answerSchema })), v.readonly())
})

export const progressSchema = v.pipe(v.array(recordSchema), v.readonly())

export type Answer = Readonly<v.InferOutput<typeof answerSchema>>
export type LessonRecord = Readonly<v.InferOutput<typeof recordSchema>>
export type Progress = readonly LessonRecord[]

/** A lesson, by what its progress is kept under: one whose text was changed is another one. */
export interface LessonKey {
  readonly id: string
  readonly hash: string
}

/** Lessons that are remembered, the ones touched last. */
const MOST_KEPT = 300

export function recordOf(progress: Progress, { id, hash }: LessonKey): LessonRecord {
  const found = progress.find((record) => record.lesson === id && record.hash === hash)
  return found ?? { lesson: id, hash, page: 0, done: [], answers: [] }
}

/** With that record in place of what was known of the lesson, also of an earlier text. */
export function withRecord(progress: Progress, record: LessonRecord): Progress {
  return [...withoutLesson(progress, record.lesson), record].slice(-MOST_KEPT)
}

export function withoutLesson(progress: Progress, id: string): Progress {
  return progress.filter(({ lesson }) => lesson !== id)
}

export function answerAt(record: LessonRecord, page: number, block: number): Answer | null {
  return record.answers.find((each) => each.page === page && each.block === block)?.answer ?? null
}

export function withAnswer(record: LessonRecord, page: number, block: number, answer: Answer): LessonRecord {
  const others = record.answers.filter((each) => each.page !== page || each.block !== block)
  return { ...record, answers: [...others, { page, block, answer }] }
}

/** On another page; the one that is left counts as done where one goes on from it. */
export function atPage(record: LessonRecord, page: number, leftDone: boolean): LessonRecord {
  const done = leftDone && !record.done.includes(record.page) ? [...record.done, record.page] : record.done
  return { ...record, page, done }
}

export type Standing =
  | { readonly kind: 'not-begun' }
  | { readonly kind: 'under-way'; readonly page: number; readonly done: number }
  | { readonly kind: 'done' }

/** @param pages of the lesson */
export function standingOf(record: LessonRecord, pages: number): Standing {
  const done = record.done.filter((page) => page < pages).length
  if (done === pages) return { kind: 'done' }
  const page = Math.min(record.page, pages - 1)
  if (done === 0 && page === 0 && record.answers.length === 0) return { kind: 'not-begun' }
  return { kind: 'under-way', page, done }
}

export function standingText(standing: Standing, pages: number): string {
  if (standing.kind === 'done') return 'Done'
  return standing.kind === 'not-begun' ? 'Not begun' : `Page ${standing.page + 1} of ${pages}`
}

/** The lesson to go on with: the one touched last that is under way, else the first that is not done; null when all are. */
export function nextLesson<L extends LessonKey & { readonly pages: number }>(
  progress: Progress,
  lessons: readonly L[]
): L | null {
  const standing = (lesson: L) => standingOf(recordOf(progress, lesson), lesson.pages).kind
  const touched = progress.toReversed().flatMap((record) => lessons.filter(({ id }) => id === record.lesson))
  return (
    touched.find((lesson) => standing(lesson) === 'under-way') ??
    lessons.find((lesson) => standing(lesson) !== 'done') ??
    null
  )
}
