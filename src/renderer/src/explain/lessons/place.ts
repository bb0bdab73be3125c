/** Where a block stands: what its answers are kept under. */
import type { BenchBlock } from '../../../../shared/lessons/lesson'
import type { LessonKey } from './progress'

export interface BlockPlace {
  readonly lesson: LessonKey
  readonly page: number
  readonly index: number
  readonly benches: readonly BenchBlock[]
}

/** Names the block among all of all lessons. */
export function placeKey({ lesson, page, index }: BlockPlace): string {
  return [lesson.id, lesson.hash, page, index].join(' ')
}
