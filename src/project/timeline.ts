/**
 * `timeline.log`: snapshots of a run, so that any of its moments can be gone back to.
 *
 *   frame     u32 length of the header | header: JSON (`snapshotSchema`) | tensors, one behind the other
 *
 * Snapshots are taken of the beginning and after epochs that are milestones (`isMilestone`), as far as they take little of the time. When they take more than their budget,
 * every second one goes, and from then on only every second milestone is kept, so that what is left stays spread alike over
 * the run. Memory holds only where they are.
 */
import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import * as v from 'valibot'
import { isMilestone, type TrainingState } from '../engine'
import { StorageError } from '../shared/errors'
import { hiddenSibling, renameRetrying, syncFolder } from './atomic'
import { FramedLog, framesOf, openFrames, type Frame } from './framed-log'
import { TIMELINE } from './run-files'
import { stateFrom, stateSchema, stateToJson, tensorBytes } from './state-file'
import { errnoOf, writeError } from './storage-error'

const MAGIC = 'BPSTIME\n'
const MIB = 2 ** 20
/** Bytes of a run's snapshots. */
export const SNAPSHOT_BUDGET = 64 * MIB
/** Of large networks at least so many, as long as they are not over `MOST_BYTES`; else none. */
const FEWEST = 4
const MOST_BYTES = 1024 * MIB

const snapshotSchema = v.strictObject({
  /** Of the milestones one in so many is kept: a power of two. */
  stride: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 40)),
  state: stateSchema
})

interface Place {
  readonly epoch: number
  readonly at: number
  readonly bytes: number
}

/** How many milestones there are up to one: see `isMilestone`. */
export function milestoneNumber(epoch: number): number {
  const doubling = Math.max(0, Math.floor(Math.log2(Math.max(1, epoch) / 128)))
  return 128 * doubling + epoch / 2 ** doubling
}

export interface TimelineOptions {
  /** Epochs behind the run when it was begun; that moment stays whatever happens. */
  readonly origin: number
  /** Epochs behind the run where it goes on; what is later is dropped. */
  readonly keepTo?: number
  readonly budget?: number
}

export class Timeline {
  private written: Promise<void> = Promise.resolve()
  /** Snapshots that wait to be written. */
  private pending = new Map<number, TrainingState>()
  private pendingBytes = 0
  /** The write of what is waiting now, once the one before it is done. */
  private next: Promise<void> | null = null
  /** Snapshots of this network are over every budget. */
  private tooLarge = false

  private constructor(
    private readonly folder: string,
    private log: FramedLog,
    private places: Place[],
    private stride: number,
    private readonly origin: number,
    private readonly budget: number
  ) {}

  /** @throws StorageError `log-damaged`, and those of `writeError` */
  static async open(folder: string, { origin, keepTo, budget = SNAPSHOT_BUDGET }: TimelineOptions): Promise<Timeline> {
    let places: Place[] = []
    let stride = 1
    const cut: { end: number | null } = { end: null }
    const log = await FramedLog.open(join(folder, TIMELINE), MAGIC, (frame) => {
      const header = headerOf(frame, folder)
      if (keepTo !== undefined && header.state.epochs > keepTo) cut.end ??= frame.at
      if (cut.end !== null) return
      stride = header.stride
      places = places.filter(({ epoch }) => epoch < header.state.epochs)
      places.push({ epoch: header.state.epochs, at: frame.at, bytes: frame.end - frame.at })
    })
    if (cut.end !== null) await log.cut(cut.end)
    const timeline = new Timeline(folder, log, places, stride, origin, budget)
    timeline.thin()
    return timeline
  }

  /** Epochs of which there are snapshots, in order. */
  get moments(): readonly number[] {
    const waiting = [...this.pending.keys()].filter((epoch) => !this.places.some((place) => place.epoch === epoch))
    return [...this.places.map(({ epoch }) => epoch), ...waiting].sort((one, other) => one - other)
  }

  /** Whether a snapshot after that epoch would be kept. */
  wants(epoch: number): boolean {
    if (this.tooLarge) return false
    if (epoch === this.origin) return !this.places.some((place) => place.epoch === epoch)
    return isMilestone(epoch) && milestoneNumber(epoch) % this.stride === 0
  }

  /**
   * Keeps a snapshot; the state is a copy. Resolves when it is written.
   * @throws StorageError of `writeError`
   */
  add(state: TrainingState): Promise<void> {
    this.pending.set(state.epochs, state)
    this.pendingBytes += bytesOf(state)
    return (this.next ??= this.writeNext())
  }

  /** Bytes of the snapshots that wait for the disk. */
  get waitingBytes(): number {
    return this.pendingBytes
  }

  /** The newest snapshot of an epoch up to that one; null when there is none. */
  async nearest(epoch: number): Promise<TrainingState | null> {
    await this.written
    const place = this.places.findLast((each) => each.epoch <= epoch)
    if (place === undefined) return null
    for await (const frame of this.log.read({ from: place.at, to: place.at + place.bytes }))
      return stateOf(frame, this.folder)
    throw damaged(this.folder, 'a snapshot in it cannot be read')
  }

  /** Resolves when what was added is written, as far as it can be. */
  settled(): Promise<void> {
    return this.written
  }

  async close(): Promise<void> {
    await this.written
    await this.log.close()
  }

  /**
   * What waits is written together: beside a training, every turn of the event loop takes its time, and whoever asks for a moment
   * waits for all that was added before.
   */
  private writeNext(): Promise<void> {
    const written = this.written.then(async () => {
      this.next = null
      const states = [...this.pending.values()]
      try {
        await this.write(states)
      } finally {
        for (const state of states) {
          this.pending.delete(state.epochs)
          this.pendingBytes -= bytesOf(state)
        }
      }
    })
    this.written = written.catch(() => undefined)
    return written
  }

  private async write(states: readonly TrainingState[]): Promise<void> {
    this.tooLarge = states.some((state) => bytesOf(state) * FEWEST > MOST_BYTES)
    if (this.tooLarge) return
    const frames = states.map((state) => {
      const header = Buffer.from(JSON.stringify({ stride: this.stride, state: stateToJson(state) }))
      const length = Buffer.alloc(4)
      length.writeUInt32LE(header.length)
      return [length, header, ...tensorBytes(state)]
    })
    const places = await this.log.append(frames)
    for (const [i, { epochs }] of states.entries()) {
      const at = places[i]
      if (at === undefined) continue
      this.places = this.places.filter(({ epoch }) => epoch < epochs)
      this.places.push({ epoch: epochs, at, bytes: (places[i + 1] ?? this.log.size) - at })
    }
    this.thin()
    if (this.log.size > 2 * this.keptBytes + MIB) await this.compact()
  }

  private get keptBytes(): number {
    return this.places.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Drops what is over the budget. */
  private thin(): void {
    const largest = Math.max(0, ...this.places.map(({ bytes }) => bytes))
    const budget = Math.max(this.budget, Math.min(MOST_BYTES, FEWEST * largest))
    this.keepByStride()
    while (this.keptBytes > budget && this.places.length > FEWEST) {
      this.stride *= 2
      this.keepByStride()
    }
  }

  private keepByStride(): void {
    this.places = this.places.filter(({ epoch }) => epoch === this.origin || milestoneNumber(epoch) % this.stride === 0)
  }

  /** Writes the snapshots that count into a new file, which takes the place of the old one. */
  private async compact(): Promise<void> {
    const path = join(this.folder, TIMELINE)
    const temporary = hiddenSibling(path, 'tmp')
    let next: FramedLog | null = null
    try {
      next = await FramedLog.open(temporary, MAGIC)
      const places: Place[] = []
      for (const place of this.places) {
        for await (const { payload } of this.log.read({ from: place.at, to: place.at + place.bytes })) {
          const length = payload.readUInt32LE(0)
          const head = Buffer.from(JSON.stringify({ stride: this.stride, state: rawState(payload, length) }))
          const size = Buffer.alloc(4)
          size.writeUInt32LE(head.length)
          const [at] = await next.append([[size, head, payload.subarray(4 + length)]])
          if (at !== undefined) places.push({ epoch: place.epoch, at, bytes: next.size - at })
        }
      }
      await next.sync()
      // Windows renames no file that is open.
      await next.close()
      next = null
      await this.log.close()
      await renameRetrying(temporary, path)
      await syncFolder(this.folder)
      this.places = places
    } catch (thrown) {
      await next?.close()
      await rm(temporary, { force: true }).catch(() => undefined)
      throw writeError(path, thrown)
    } finally {
      this.log = await reopened(this.log, path)
    }
  }
}

/**
 * Epochs of which a run has snapshots, in order; somebody else may be working on it. None where nothing was kept.
 * @throws StorageError `log-damaged`
 */
export async function listSnapshots(folder: string): Promise<readonly number[]> {
  const handle = await openFrames(join(folder, TIMELINE), MAGIC).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return null
    throw thrown
  })
  if (handle === null) return []
  try {
    let epochs: number[] = []
    for await (const frame of framesOf(handle)) {
      const { epochs: epoch } = headerOf(frame, folder).state
      epochs = [...epochs.filter((before) => before < epoch), epoch]
    }
    return epochs
  } finally {
    await handle.close()
  }
}

/**
 * The snapshot of an epoch, of a run that somebody else may be working on; null where there is none.
 * @throws StorageError `log-damaged`; what the system says when there are no snapshots
 */
export async function readSnapshot(folder: string, epoch: number): Promise<TrainingState | null> {
  const handle = await openFrames(join(folder, TIMELINE), MAGIC)
  try {
    for await (const frame of framesOf(handle))
      if (headerOf(frame, folder).state.epochs === epoch) return stateOf(frame, folder)
    return null
  } finally {
    await handle.close()
  }
}

/** The log itself where it is still open, else opened again. */
async function reopened(log: FramedLog, path: string): Promise<FramedLog> {
  return log.isOpen ? log : FramedLog.open(path, MAGIC)
}

/** Of its tensors. */
export function bytesOf({ tensors }: TrainingState): number {
  return [...tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
}

/** The state of the header as it stands in the file. */
function rawState(payload: Buffer, length: number): unknown {
  const json: unknown = JSON.parse(payload.toString('utf8', 4, 4 + length))
  return v.parse(v.object({ state: v.unknown() }), json).state
}

function headerOf({ payload }: Pick<Frame, 'payload'>, folder: string): v.InferOutput<typeof snapshotSchema> {
  const length = payload.length < 4 ? Infinity : payload.readUInt32LE(0)
  if (length > payload.length - 4) throw damaged(folder, 'a snapshot in it is cut short')
  let json: unknown
  try {
    json = JSON.parse(payload.toString('utf8', 4, 4 + length))
  } catch {
    throw damaged(folder, 'the header of a snapshot in it is not JSON')
  }
  const result = v.safeParse(snapshotSchema, json)
  if (!result.success) throw damaged(folder, 'the header of a snapshot in it is none that a studio writes')
  return result.output
}

function stateOf({ payload }: Frame, folder: string): TrainingState {
  const { state } = headerOf({ payload }, folder)
  try {
    return stateFrom(state, payload.subarray(4 + payload.readUInt32LE(0)))
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    throw damaged(folder, `a snapshot in it cannot be read: ${thrown.message}`)
  }
}

function damaged(folder: string, reason: string): StorageError {
  return new StorageError(
    'log-damaged',
    `The snapshots of the run "${folder}" cannot be used: ${TIMELINE}: ${reason}. Its curves and weights are not concerned.`,
    { path: folder, file: TIMELINE }
  )
}
