/** The files of a run folder. */
import { createHash } from 'node:crypto'

export const RECORD = 'run.json'
export const WEIGHTS = 'weights.safetensors'
export const METRICS = 'metrics.ndjson'
export const SAMPLE = 'sample.json'

/** Sizes in bytes. A file over its limit is refused before it is read: memory must not depend on what a file claims. */
export const limits = new Map([
  [RECORD, 64 * 2 ** 20],
  [METRICS, 384 * 2 ** 20],
  [SAMPLE, 64 * 2 ** 20],
  // 100 million parameters of 4 bytes, and the header.
  [WEIGHTS, 512 * 2 ** 20]
])

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
