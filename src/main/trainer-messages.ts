/** What a person is told when the trainer died: in one sentence what happened, what came back, what did not. */
import path from 'node:path'
import { nameOfFiles } from '../shared/file-names'
import type { RunKept } from '../shared/ipc/contract'
import type { RunProgress } from '../shared/views'
import { goesOn, type Work } from './open-work'

export interface Exit {
  readonly code: number | null
  /** Electron's word for it; null when only the exit code is known. */
  readonly reason: string | null
  /** It did not respond, and the person asked for another one. */
  readonly asked: boolean
  /** V8 said that its heap was full: the exit alone looks like any crash. */
  readonly heapFull: boolean
}

/** How far a restart got. */
export type Restored =
  | { readonly what: 'nothing' }
  /** The dataset could not be opened again. */
  | { readonly what: 'failed'; readonly why: string }
  /** The dataset with the settings, and where the run stands that was resumed; else why none was, where one should have been. */
  | { readonly what: 'dataset'; readonly run: RunProgress | null; readonly why: string | null }

/** A clause that follows "The training process". */
export function describeExit({ code, reason, asked, heapFull }: Exit): string {
  if (asked) return 'did not respond'
  if (heapFull) return 'ran out of memory'
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
 * @param work what was open; null for nothing
 */
export function restartedSentence(what: string, restored: Restored, work: Work | null): string {
  const beginning = `The training process ${what} and was restarted`
  if (work === null) return `${beginning}; nothing was open, so nothing is lost.`
  const name = nameOfFiles(work.paths.map((file) => path.basename(file)))
  if (restored.what === 'dataset') {
    const run = restored.run === null ? fateOf(work.run, restored.why) : resumedRun(work.run, restored.run)
    return `${beginning}: "${name}" is open with your settings as before${run}.`
  }
  const why = restored.what === 'failed' ? ` (${unended(restored.why)})` : ''
  const run = fateOf(work.run, null)
  return `${beginning}, but "${name}" could not be opened again${why}${run}; please open a dataset.`
}

/** @param run the run that was in view */
export function goneSentence(what: string, restarts: number, minutes: number, run: RunKept): string {
  const kept = goesOn(run) ? fateOf(run, null) : ''
  return (
    `The training process ${what} and was not restarted, because it had already been restarted ${restarts} times ` +
    `in ${minutes} minutes. Your files are untouched${kept}; close and open Backprop Studio to go on.`
  )
}

function resumedRun({ title, status }: RunKept, { epoch, step }: RunProgress): string {
  const place = epoch === 0 ? 'from its beginning' : `from its last checkpoint, in epoch ${epoch} at step ${step}`
  return status === 'running'
    ? `, and training of "${title ?? ''}" goes on ${place}`
    : `, and "${title ?? ''}" can go on ${place}`
}

/** What became of a run that is not in view any more. */
function fateOf(run: RunKept, why: string | null): string {
  if (run.unsaved) return ', but the run that was in memory is lost'
  if (run.name === null) return ''
  if (!goesOn(run)) return `; the finished run is kept as "${run.name}"`
  if (why !== null) return `, but its run could not go on (${unended(why)}); it is kept as "${run.name}"`
  return `, and the run is kept as "${run.name}" up to its last checkpoint and can be resumed`
}

/** A sentence as a part of another one. */
function unended(sentence: string): string {
  return sentence.replace(/\.$/, '')
}
