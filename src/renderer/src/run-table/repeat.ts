/** What came of a run that was trained again exactly. */
import type { RunSummary } from '../../../shared/run-views'
import type { RunView } from '../../../shared/views'

export interface RepeatText {
  readonly runId: string
  readonly identical: boolean
  readonly text: string
}

/** Null for other runs, and while it goes on. */
export function repeatText(
  run: Pick<RunView, 'runId' | 'facts'> | null,
  all: readonly Pick<RunSummary, 'name' | 'title'>[]
): RepeatText | null {
  if (run === null) return null
  const { runId, facts } = run
  const { repeats, title, kept } = facts
  if (repeats === null || repeats.identical === null) return null
  const original = all.find(({ name }) => name === repeats.name)?.title ?? repeats.name
  const hash = kept.weightsSha256 === null ? '' : ` and begins with ${kept.weightsSha256.slice(0, 12)}`
  const text = repeats.identical
    ? `“${title}” is bit-identical to “${original}”: the SHA-256 of its weights is the same${hash}.`
    : `“${title}” is not identical to “${original}”: the SHA-256 of its weights is another one. The engine or the number of threads may have changed since.`
  return { runId, identical: repeats.identical, text }
}
