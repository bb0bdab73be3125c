/** How far a run came that has not ended, read from as little as tells it. */
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChecksSummary } from '../shared/gradient-checks'
import type { Measured } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import { readCheckpointHeader } from './checkpoint'
import { eventFrame, EVENTS_MAGIC } from './event-frames'
import { framesOf, openFrames } from './framed-log'
import { measuredEpochs } from './measured'
import type { EpochRecord } from './record'
import { CHECKPOINTS, EVENTS } from './run-files'

/** Bytes of a log that is not read just to list its run. */
const LONG_LOG = 2 ** 20

/** How far a run came that has not ended. */
export interface Progress {
  readonly setup: Setup
  readonly epochs: number
  readonly steps: number
  readonly elapsedMs: number | null
  readonly best: Measured | null
  readonly last: Measured | null
  readonly checks: ChecksSummary | null
}

/**
 * Of a run that has not ended: what its log tells, or, where that is long, its newest checkpoint, which is a few seconds older
 * while the run goes on.
 */
export async function progressOf(
  folder: string,
  planned: Setup | null,
  checkpoints: readonly { readonly name: string }[]
): Promise<Progress | null> {
  if (planned === null) return null
  const path = join(folder, EVENTS)
  const handle = await openFrames(path, EVENTS_MAGIC)
  try {
    if ((await handle.stat()).size > LONG_LOG) {
      for (const { name } of checkpoints) {
        const told = await progressAt(join(folder, CHECKPOINTS, name))
        if (told !== null) return told
      }
    }
    return await progressIn(handle, path, planned)
  } finally {
    await handle.close()
  }
}

/** Null for a checkpoint that cannot be used. */
async function progressAt(path: string): Promise<Progress | null> {
  const header = await readCheckpointHeader(path).catch(() => null)
  if (header?.measured === undefined) return null
  const { setup, elapsedMs, state, measured } = header
  return { setup, epochs: measured.last?.epoch ?? 0, steps: state.step, elapsedMs, ...measured }
}

/** What a log tells, in which a resumption undoes what came after where it began. */
async function progressIn(handle: FileHandle, path: string, planned: Setup): Promise<Progress> {
  const epochs: Omit<EpochRecord, 'layers'>[] = []
  const setups: Setup[] = []
  let steps = 0
  for await (const { payload } of framesOf(handle)) {
    const frame = eventFrame(payload, path)
    if (frame.type === 'steps') {
      steps = Math.max(steps, frame.first + frame.count - 1)
      continue
    }
    for (const record of frame.records) {
      if (record.type === 'change') setups.push(record.setup)
      else if (record.type === 'epoch') {
        const { layers: _layers, ...epoch } = record.epoch
        epochs.push(epoch)
      } else {
        steps = Math.min(steps, record.step)
        epochs.length = epochs.filter(({ epoch }) => epoch <= record.epochs).length
        setups.length = Math.min(setups.length, record.changes)
      }
    }
  }
  const last = epochs.at(-1)
  return {
    setup: setups.at(-1) ?? planned,
    epochs: last?.epoch ?? 0,
    steps: Math.max(steps, last?.step ?? 0),
    elapsedMs: last?.elapsedMs ?? null,
    ...measuredEpochs(epochs)
  }
}
