/** What a person is told when the trainer died: what happened, what came back, what did not. */
import path from 'node:path'
import { nameOfFiles } from '../shared/file-names'
import type { RunKept } from '../shared/ipc/contract'

export interface Exit {
  readonly code: number | null
  /** Electron's word for it; null when only the exit code is known. */
  readonly reason: string | null
}

/** How far a restart got. */
export type Restored = 'everything' | 'nothing' | { readonly failed: string }

/** A clause that follows "The training process". */
export function describeExit({ code, reason }: Exit): string {
  switch (reason) {
    case 'killed':
      return `was ended from outside the studio (signal ${code ?? 'unknown'})`
    case 'crashed':
      return `crashed (code ${code ?? 'unknown'})`
    case 'oom':
    case 'memory-eviction':
      return 'ran out of memory'
    case 'launch-failed':
      return 'could not be started'
    default:
      return `ended unexpectedly (exit code ${code ?? 'unknown'})`
  }
}

/**
 * @param what as from `describeExit`
 * @param was whether a run would be lost or is kept on disk, and the paths of the files that were open
 */
export function restartedSentence(
  what: string,
  restored: Restored,
  was: RunKept & { readonly files: readonly string[] | null }
): string {
  const name = was.files === null ? null : nameOfFiles(was.files.map((file) => path.basename(file)))
  const run = was.unsaved
    ? ', but the run that was in memory is lost'
    : was.savedAs === null
      ? ''
      : `; the finished run is kept as "${was.savedAs}"`
  if (restored === 'everything' && name !== null) {
    return `The training process ${what} and was restarted: "${name}" is open with your settings as before${run}.`
  }
  if (name === null) return `The training process ${what} and was restarted; nothing was open, so nothing is lost.`
  const why = typeof restored === 'object' ? ` (${restored.failed})` : ''
  return `The training process ${what} and was restarted, but "${name}" could not be opened again${why}${run}; please open a dataset.`
}

export function goneSentence(what: string, restarts: number, minutes: number): string {
  return (
    `The training process ${what} and was not restarted, because it had already been restarted ${restarts} times ` +
    `in ${minutes} minutes. Your files are untouched; close and open Backprop Studio to go on.`
  )
}
