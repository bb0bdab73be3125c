/**
 * `events.log`: every step's loss and learning rate, the epochs, the changes of settings and the resumptions of a run.
 *
 * It only grows. When a run goes on from a checkpoint, a record says from where, and what had been written after that counts no
 * more: read again, the log is that of a run that was never interrupted.
 */
import type { FileHandle } from 'node:fs/promises'
import type { StepEvent } from '../engine'
import type { RunChange, StepSeries } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import {
  clipped,
  eventFrame,
  EVENTS_MAGIC,
  recordLine,
  recordsPayload,
  stepsPayload,
  type EventRecord,
  type KeptBlock
} from './event-frames'
import { FramedLog, framesOf, MAGIC_BYTES, openFrames, type Frame } from './framed-log'
import type { EpochRecord } from './record'
import { Envelope, StepPlaces, StepPyramid, type StepBlock, type StepColumns } from './step-series'

/** Steps that are buffered at most. */
const BUFFERED = 2 ** 17
/** Time of training between two writes. */
const WRITE_EVERY_MS = 250
/** Bytes that wait for a disk that takes none; beyond them the oldest steps are given up. */
const MAX_WAITING_BYTES = 64 * 2 ** 20
/** Blocks whose places in the file are known one by one. */
const MAX_INDEXED = 2 ** 16

/** Where a run stood: steps and epochs behind it, and changes made. */
export interface LogPlace {
  readonly step: number
  readonly epochs: number
  readonly changes: number
}

export interface LoggedChange {
  readonly change: RunChange
  readonly setup: Setup
}

/** What a log tells, and where in it the steps are. */
interface Content {
  readonly epochs: EpochRecord[]
  readonly changes: LoggedChange[]
  readonly pyramid: StepPyramid
  readonly places: StepPlaces
  /** First step and place of each block that counts, in order. */
  readonly index: BlockIndex
}

class BlockIndex {
  private firsts: number[] = []
  private offsets: number[] = []

  add(first: number, offset: number): void {
    // Every second one is forgotten; what it began is found by the one before it.
    if (this.firsts.length >= MAX_INDEXED) {
      this.firsts = this.firsts.filter((_, i) => i % 2 === 0)
      this.offsets = this.offsets.filter((_, i) => i % 2 === 0)
    }
    this.firsts.push(first)
    this.offsets.push(offset)
  }

  /** The part of the file in which the steps from one to another are; null for the whole of it. */
  rangeOf(from: number, to: number, end: number): { from: number; to: number } | null {
    const before = (step: number) => {
      let [low, high] = [0, this.firsts.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if ((this.firsts[middle] ?? 0) <= step) low = middle + 1
        else high = middle
      }
      return low
    }
    const start = this.offsets[Math.max(0, before(from) - 1)]
    return start === undefined ? null : { from: start, to: this.offsets[before(to)] ?? end }
  }
}

/** Blocks from frames that follow one another; what a resumption undid is left out. */
async function blocksOf(frames: AsyncIterable<Frame>, path: string): Promise<KeptBlock[]> {
  let blocks: KeptBlock[] = []
  for await (const { payload } of frames) {
    const frame = eventFrame(payload, path)
    if (frame.type === 'steps') blocks.push(frame.block())
    else
      for (const record of frame.records)
        if (record.type === 'resumed') blocks = blocks.flatMap((block) => clipped(block, record.step) ?? [])
  }
  return blocks
}

/** Reads all of a log. `cut` is a resumption that is not in it yet. */
async function contentOf(
  frames: () => AsyncIterable<Frame>,
  path: string,
  begin: { readonly step: number; readonly epochs: number },
  cut?: LogPlace
): Promise<Content> {
  const epochs: EpochRecord[] = []
  const changes: LoggedChange[] = []
  /** Where each resumption stands in the file, and the last step before it that counts. */
  const cuts: { at: number; step: number }[] = []
  const cutTo = ({ step, ...place }: LogPlace, at: number) => {
    cuts.push({ at, step })
    epochs.length = Math.min(epochs.length, Math.max(0, place.epochs - begin.epochs))
    changes.length = Math.min(changes.length, place.changes)
  }
  for await (const { payload, at } of frames()) {
    const frame = eventFrame(payload, path)
    if (frame.type === 'steps') continue
    for (const record of frame.records) {
      if (record.type === 'epoch') epochs.push(record.epoch)
      else if (record.type === 'change') changes.push({ change: record.change, setup: record.setup })
      else cutTo(record, at)
    }
  }
  if (cut !== undefined) cutTo(cut, Infinity)
  const content: Content = {
    ...{ epochs, changes },
    pyramid: new StepPyramid(begin.step),
    // With the epochs of the run that it came from, positions are known from the first step on.
    places: new StepPlaces({ epochs: begin.epochs, step: begin.epochs === 0 ? 0 : begin.step }),
    index: new BlockIndex()
  }
  for (const { step } of epochs) content.places.endEpoch(step)
  for await (const { payload, at } of frames()) {
    const frame = eventFrame(payload, path)
    if (frame.type === 'records') continue
    const last = cuts.reduce((least, each) => (each.at > at ? Math.min(least, each.step) : least), Infinity)
    const block = frame.first > last ? null : clipped(frame.block(), last)
    if (block === null || block.first <= content.pyramid.lastStep) continue
    content.pyramid.add(block)
    content.places.took(block)
    content.index.add(block.first, at)
  }
  return content
}

/** Some of the steps, thinned to about so many points. */
async function stepsOf(
  { pyramid, places, index }: Content,
  request: { readonly from: number; readonly to: number; readonly points: number },
  blocks: (range: { from: number; to: number } | null) => Promise<KeptBlock[]>
): Promise<StepSeries> {
  const from = Math.max(1, request.from)
  const to = Math.min(request.to, pyramid.lastStep)
  const points = Math.max(2, request.points)
  if (to < from) return new Envelope(1, 1, 2).series(places)
  if (!pyramid.isFine(from, to, points)) {
    const envelope = new Envelope(from, to, points)
    // What the disk does not give, memory has, if not as fine.
    const read = await blocks(index.rangeOf(from, to, Infinity)).catch(() => null)
    if (read !== null && tellAll(read, from, to, envelope)) return envelope.series(places)
  }
  const envelope = new Envelope(from, to, points)
  pyramid.tell(from, to, envelope)
  return envelope.series(places)
}

/** False when steps at the end are not among the blocks. */
function tellAll(blocks: readonly KeptBlock[], from: number, to: number, envelope: Envelope): boolean {
  let next = from
  for (const { first, losses, rates } of blocks) {
    for (let i = Math.max(0, next - first); i < losses.length && first + i <= to; i++) {
      envelope.add(first + i, losses[i] ?? NaN, typeof rates === 'number' ? rates : (rates[i] ?? NaN))
      next = first + i + 1
    }
  }
  return next > to
}

function areAll(values: Float64Array, one: number): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== one) return false
  return true
}

interface Waiting {
  readonly payload: Uint8Array
  /** Of a block of steps. */
  readonly first: number | null
}

/** A log that is written to. */
export class EventLog {
  private readonly losses = new Float64Array(BUFFERED)
  private readonly rates = new Float64Array(BUFFERED)
  private buffered = 0
  private first = 0
  private elapsedFrom = 0
  private elapsedTo = 0
  private positionFrom = 0
  private position = 0
  /** Written as lines when they are sealed: many at once take less than each by itself. */
  private records: EventRecord[] = []
  private waiting: Waiting[] = []
  private waitingBytes = 0
  private sealedAt = 0
  private drained: Promise<void> = Promise.resolve()
  private failed: Error | null = null

  private constructor(
    private readonly path: string,
    private readonly log: FramedLog,
    private readonly content: Content,
    elapsedMs: number
  ) {
    this.elapsedTo = this.sealedAt = elapsedMs
    this.position = content.places.position(content.pyramid.lastStep)
  }

  /**
   * Opens or makes the log.
   * @param begin steps behind the run when it was begun, and epochs of which nothing is known
   * @param resume from where the run goes on, and how long it had been trained; all after it is dropped
   * @throws StorageError `log-damaged`, and those of `writeError`
   */
  static async open(
    path: string,
    begin: { readonly step: number; readonly epochs: number },
    resume?: LogPlace & { readonly elapsedMs: number }
  ): Promise<EventLog> {
    const log = await FramedLog.open(path, EVENTS_MAGIC)
    try {
      const content = await contentOf(() => log.read(), path, begin, resume)
      const opened = new EventLog(path, log, content, resume?.elapsedMs ?? 0)
      if (resume !== undefined) {
        const { step, epochs, changes } = resume
        opened.add({ type: 'resumed', at: new Date().toISOString(), step, epochs, changes })
        await opened.flush()
      }
      return opened
    } catch (thrown) {
      await log.close()
      throw thrown
    }
  }

  /** Those that it told when it was opened; whoever tells it of more has them. */
  get epochs(): readonly EpochRecord[] {
    return this.content.epochs
  }

  get changes(): readonly LoggedChange[] {
    return this.content.changes
  }

  /** Why the last write failed; null once one has succeeded again. */
  get problem(): Error | null {
    return this.failed
  }

  step({ step, loss, learningRate, position }: StepEvent, elapsedMs: number): void {
    this.makeRoom(step, 1)
    this.losses[this.buffered] = loss
    this.rates[this.buffered++] = learningRate
    this.elapsedTo = elapsedMs
    this.position = position
    if (elapsedMs - this.sealedAt >= WRITE_EVERY_MS) this.writeSoon()
  }

  /** As `step` for each of them, at most 131,072. */
  addSteps({ first, positions, elapsedMs, losses, rates }: StepColumns): void {
    const count = losses.length
    if (count === 0) return
    this.makeRoom(first, count)
    this.losses.set(losses, this.buffered)
    this.rates.set(rates, this.buffered)
    this.buffered += count
    this.elapsedTo = elapsedMs[count - 1] ?? this.elapsedTo
    this.position = positions[count - 1] ?? this.position
    if (this.elapsedTo - this.sealedAt >= WRITE_EVERY_MS) this.writeSoon()
  }

  epoch(epoch: EpochRecord): void {
    this.content.places.endEpoch(epoch.step)
    this.add({ type: 'epoch', epoch })
  }

  change(change: RunChange, setup: Setup): void {
    this.content.changes.push({ change, setup })
    this.add({ type: 'change', change, setup })
    this.writeSoon()
  }

  /** Resolves when all that was told until now is written. @throws StorageError of `writeError` */
  async flush(): Promise<void> {
    this.seal()
    await this.drain()
    if (this.failed !== null) throw this.failed
  }

  /** `flush`, and it stays, come what may. */
  async sync(): Promise<void> {
    await this.flush()
    await this.log.sync()
  }

  async steps(from: number, to: number, points: number): Promise<StepSeries> {
    this.seal()
    return stepsOf(this.content, { from, to, points }, async (range) => {
      await this.drain()
      return blocksOf(this.log.read(range ?? undefined), this.path)
    })
  }

  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.log.close()
    }
  }

  /** For steps that follow one another. */
  private makeRoom(first: number, count: number): void {
    if (this.buffered + count > BUFFERED || (this.buffered > 0 && first !== this.first + this.buffered)) this.seal()
    if (this.buffered > 0) return
    this.first = first
    this.elapsedFrom = this.elapsedTo
    this.positionFrom = this.position
  }

  private add(record: EventRecord): void {
    this.records.push(record)
  }

  private writeSoon(): void {
    this.seal()
    void this.drain()
  }

  /** Makes frames of what is buffered. */
  private seal(): void {
    this.sealedAt = this.elapsedTo
    if (this.buffered > 0) {
      const block = this.block()
      this.buffered = 0
      this.content.pyramid.add(block)
      this.content.places.took(block)
      this.wait({ payload: stepsPayload(block), first: block.first })
    }
    if (this.records.length > 0) {
      this.wait({ payload: recordsPayload(this.records.map(recordLine)), first: null })
      this.records = []
    }
  }

  private block(): KeptBlock {
    const rates = this.rates.slice(0, this.buffered)
    const one = rates[0] ?? NaN
    return {
      first: this.first,
      losses: this.losses.slice(0, this.buffered),
      rates: areAll(rates, one) ? one : rates,
      elapsedMs: [this.elapsedFrom, this.elapsedTo],
      positionFrom: this.positionFrom,
      position: this.position
    } satisfies StepBlock & KeptBlock
  }

  private wait(frame: Waiting): void {
    this.waiting.push(frame)
    this.waitingBytes += frame.payload.byteLength
    while (this.waitingBytes > MAX_WAITING_BYTES) {
      const oldest = this.waiting.findIndex(({ first }) => first !== null)
      const [given] = oldest < 0 ? [] : this.waiting.splice(oldest, 1)
      if (given === undefined) break
      this.waitingBytes -= given.payload.byteLength
    }
  }

  /** Writes what waits; what fails waits on, to be tried again with the next. Never rejects. */
  private drain(): Promise<void> {
    return (this.drained = this.drained.then(() => this.write()))
  }

  private async write(): Promise<void> {
    const taken = this.waiting
    if (taken.length === 0) return
    this.waiting = []
    this.waitingBytes = 0
    try {
      const places = await this.log.append(taken.map(({ payload }) => [payload]))
      for (const [i, { first }] of taken.entries()) if (first !== null) this.content.index.add(first, places[i] ?? 0)
      this.failed = null
    } catch (thrown) {
      this.failed = thrown instanceof Error ? thrown : new Error(String(thrown))
      const since = this.waiting
      this.waiting = []
      this.waitingBytes = 0
      for (const frame of [...taken, ...since]) this.wait(frame)
    }
  }
}

/** What a log tells, which somebody else may be writing to. */
export interface ReadLog {
  readonly epochs: readonly EpochRecord[]
  readonly changes: readonly LoggedChange[]
  readonly lastStep: number
  steps(from: number, to: number, points: number): Promise<StepSeries>
  close(): Promise<void>
}

/** @throws StorageError `log-damaged`; what the system says when it cannot be opened */
export async function readEventLog(
  path: string,
  begin: { readonly step: number; readonly epochs: number }
): Promise<ReadLog> {
  const handle: FileHandle = await openFrames(path, EVENTS_MAGIC)
  try {
    const { size } = await handle.stat()
    const content = await contentOf(() => framesOf(handle, { from: MAGIC_BYTES, to: size }), path, begin)
    return {
      epochs: content.epochs,
      changes: content.changes,
      lastStep: content.pyramid.lastStep,
      steps: (from, to, points) =>
        stepsOf(content, { from, to, points }, (range) =>
          blocksOf(framesOf(handle, range === null ? { from: MAGIC_BYTES, to: size } : range), path)
        ),
      close: () => handle.close()
    }
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}
