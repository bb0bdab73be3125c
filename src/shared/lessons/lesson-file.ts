/** Files of lessons, as main reads them and the window gets them. */

/** Longest file of a lesson. */
export const MAX_LESSON_BYTES = 256 * 1024
/** Own lessons that one person may have. */
export const MAX_OWN_LESSONS = 200
/** What the files are called. */
export const LESSON_ENDING = '.md'

export interface LessonFile {
  /** Names it, to the studio alone: `own:<file>` or `built-in:<file>`. */
  readonly id: string
  readonly fileName: string
  /** Added by the person; else it came with the studio. */
  readonly own: boolean
  /** Markdown; empty when the file could not be read. */
  readonly text: string
  /** Why it could not be read. */
  readonly problem: string | null
}
