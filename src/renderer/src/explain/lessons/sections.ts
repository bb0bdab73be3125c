/** How the blocks of a page stand beside each other where there is room: texts at the left, what one works with at the right. */
import type { LessonBlock } from '../../../../shared/lessons/lesson'

export interface PlacedBlock {
  readonly block: LessonBlock
  /** Its place on the page, from 0. */
  readonly index: number
}

/** Texts, and what one works with; either may be none. */
export interface Section {
  readonly before: readonly PlacedBlock[]
  readonly work: readonly PlacedBlock[]
  readonly after: readonly PlacedBlock[]
}

const isTool = ({ kind }: LessonBlock): boolean => kind !== 'prose' && kind !== 'question'
const isQuestion = ({ kind }: LessonBlock): boolean => kind === 'question'

/**
 * In the order of the page. One works with pictures and trials; on a page without them with its questions. What follows the
 * last of them stands with it; what follows an earlier one leads to the next, except the questions right behind it.
 */
export function sectionsOf(blocks: readonly LessonBlock[]): readonly Section[] {
  const isWork = blocks.some(isTool) ? isTool : isQuestion
  const sections: Section[] = []
  let rest: readonly PlacedBlock[] = blocks.map((block, index) => ({ block, index }))
  while (rest.length > 0) {
    const [before, work, behind] = runs(rest, ({ block }) => isWork(block))
    const follows = behind.some(({ block }) => isWork(block)) ? behind.findIndex(({ block }) => !isQuestion(block)) : -1
    const count = follows === -1 ? behind.length : follows
    sections.push({ before, work, after: behind.slice(0, count) })
    rest = behind.slice(count)
  }
  return sections
}

/** What comes before the first run of those, the run, and what comes behind it. */
function runs<T>(all: readonly T[], isOne: (each: T) => boolean): readonly [readonly T[], readonly T[], readonly T[]] {
  const from = all.findIndex(isOne)
  if (from === -1) return [all, [], []]
  const end = all.findIndex((each, place) => place > from && !isOne(each))
  return [all.slice(0, from), all.slice(from, end === -1 ? undefined : end), end === -1 ? [] : all.slice(end)]
}
