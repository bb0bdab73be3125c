/** The files of a run folder. */
import { createHash } from 'node:crypto'

export const RECORD = 'run.json'
export const WEIGHTS = 'weights.safetensors'
export const METRICS = 'metrics.ndjson'
export const SAMPLE = 'sample.json'
/** What a run was begun with. */
export const PLAN = 'plan.json'
export const EVENTS = 'events.log'
export const TIMELINE = 'timeline.log'
export const LOCK = 'lock'
/** What a person says of the run. */
export const NOTES = 'notes.json'
/** Gradient checks that a person asked for. */
export const CHECKS = 'gradient-checks.json'
/** What is put behind the name of a file that could not be read and was begun anew. */
export const DAMAGED = '.damaged'
/** A folder. */
export const CHECKPOINTS = 'checkpoints'

/** Sizes in bytes. A file over its limit is refused before it is read: memory must not depend on what a file claims. */
export const limits = new Map([
  [RECORD, 64 * 2 ** 20],
  [METRICS, 384 * 2 ** 20],
  [SAMPLE, 64 * 2 ** 20],
  // 100 million parameters of 4 bytes, and the header.
  [WEIGHTS, 512 * 2 ** 20],
  [PLAN, 64 * 2 ** 20]
])

/** Files that a run folder may hold. */
export const ownFiles: ReadonlySet<string> = new Set([
  ...[RECORD, WEIGHTS, METRICS, SAMPLE, PLAN],
  ...[EVENTS, TIMELINE, LOCK, NOTES, CHECKS],
  ...[EVENTS, TIMELINE, NOTES, CHECKS].map((name) => name + DAMAGED)
])

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
