/** The offer to go on with the work of last time, in one line. */
import type { SavedSessionView } from '../../../shared/ipc/contract'
import { formatAgo } from '../state/format'

/** When it ended and how, and how far its run was: "closed 5 min ago, “iris 1” was 43 % trained". */
export function savedSessionWords({ closed, savedAt, run }: SavedSessionView, nowMs: number): string {
  const ago = formatAgo(savedAt, nowMs)
  const end = closed ? `closed ${ago}` : `not closed properly; as it was ${ago}`
  // Down, so that a run that has not ended is never all of itself.
  return run === null ? end : `${end} – “${run.title}” was ${Math.floor(run.share * 100)} % trained`
}
