/** What is wrong with a lesson's file, for the person who wrote it. */
export interface LessonProblem {
  /** Of the file, from 1. */
  readonly line: number
  /** What was found there, what was expected, and what to do. */
  readonly message: string
}

export type Tell = (line: number, message: string) => void
