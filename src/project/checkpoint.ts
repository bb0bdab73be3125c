/**
 * Checkpoints: all that a run needs to go on as if it had never stopped, in one file that is whole or is not used.
 *
 *   8 bytes   magic
 *   u32       version
 *   u32       length of the header, little-endian
 *   header    JSON (`headerSchema`)
 *   tensors   float32 or float64, one behind the other
 *   32 bytes  SHA-256 of all before
 *
 * A file is written beside its place under a hidden name, forced to the disk and renamed to a name that is new; only then older
 * ones go. So there is always a whole one, whenever the process is killed.
 */
import { createHash, type Hash } from 'node:crypto'
import { open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import * as v from 'valibot'
import { executorNames, type TrainingState } from '../engine'
import { StorageError } from '../shared/errors'
import { issueSentence } from '../shared/issue-words'
import type { Measured } from '../shared/run-views'
import { setupSchema } from '../shared/setup'
import { hiddenSibling, isLeftover, removeQuietly, renameRetrying, syncFolder, writeAll } from './atomic'
import { readAt } from './framed-log'
import { checksSummarySchema } from './gradient-checks'
import { isNotPlain, notReadable, openPlain } from './plain-file'
import { sizeOfTensors, stateFrom, stateSchema, stateToJson, tensorBytes } from './state-file'
import { errnoOf, writeError } from './storage-error'
import { parseStrictJson } from './strict-json'

const MAGIC = Buffer.from('BPSCKPT\n', 'latin1')
export const CHECKPOINT_VERSION = 1
const PREFIX_BYTES = MAGIC.length + 8
const SUM_BYTES = 32
const MAX_HEADER_BYTES = 64 * 2 ** 20
/** Tensors of 100 million parameters with all that an optimizer keeps of them, and the best ones, are below it. */
const MAX_BYTES = 8 * 2 ** 30
/** Hashed, written and read at once, so that the event loop gets its turns. */
const PIECE_BYTES = 2 * 2 ** 20
/** Newest ones that are kept beside the best. */
const KEPT = 3
const NAME = /^step-(\d{12,16})\.ckpt$/

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))

const loss = v.nullable(v.pipe(v.number(), v.finite()))
/** Names of metrics beside their values: never a key. */
const measuredSchema = v.strictObject({
  epoch: count,
  trainLoss: loss,
  validationLoss: loss,
  metrics: v.pipe(
    v.array(v.tuple([v.string(), loss])),
    v.transform((pairs) => Object.fromEntries(pairs))
  )
})

const headerSchema = v.strictObject({
  /** Of the run. */
  id: v.pipe(v.string(), v.uuid()),
  savedAt: v.pipe(v.string(), v.isoTimestamp()),
  engineVersion: v.pipe(v.string(), v.maxLength(64)),
  /** In force. */
  setup: setupSchema,
  /** What it learns from. */
  data: v.strictObject({ fileName: v.string(), sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), rows: count }),
  executor: v.strictObject({ name: v.picklist(executorNames), threads: v.pipe(count, v.minValue(1)) }),
  /** Trained for so long. */
  elapsedMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** Times that settings were changed until then. */
  changes: count,
  /**
   * Loss of the last epoch that ended: of the validation rows, else of the training rows; null before the first. By it the best
   * of the checkpoints is known.
   */
  loss,
  /** The best and the last epoch until then, for lists of runs. */
  measured: v.optional(
    v.strictObject({
      best: v.nullable(measuredSchema),
      last: v.nullable(measuredSchema),
      /** What the gradient checks after epochs come to. */
      checks: v.optional(v.nullable(checksSummarySchema), null)
    })
  ),
  state: stateSchema
})

export type CheckpointHeader = Omit<v.InferOutput<typeof headerSchema>, 'state'>
export interface Checkpoint extends CheckpointHeader {
  readonly state: TrainingState
}

/** A file that was not used. */
export interface SkippedFile {
  readonly file: string
  readonly reason: string
}

export function isCheckpointName(name: string): boolean {
  return NAME.test(name)
}

export function checkpointName(step: number): string {
  return `step-${String(step).padStart(12, '0')}.ckpt`
}

/**
 * Writes a checkpoint into a folder that is there. Training may go on meanwhile: the state is a copy.
 * @throws StorageError of `writeError`; nothing is left behind, and what was there before stays
 */
export async function writeCheckpoint(folder: string, { state, measured, ...rest }: Checkpoint): Promise<string> {
  const name = checkpointName(state.step)
  const target = join(folder, name)
  const temporary = hiddenSibling(target, 'tmp')
  try {
    const told = measured && {
      best: measuredToJson(measured.best),
      last: measuredToJson(measured.last),
      checks: measured.checks
    }
    const header = Buffer.from(JSON.stringify({ ...rest, measured: told, state: stateToJson(state) }))
    const prefix = Buffer.alloc(PREFIX_BYTES)
    MAGIC.copy(prefix)
    prefix.writeUInt32LE(CHECKPOINT_VERSION, MAGIC.length)
    prefix.writeUInt32LE(header.length, MAGIC.length + 4)
    const handle = await open(temporary, 'wx')
    try {
      const hash = createHash('sha256')
      for (const part of [Buffer.concat([prefix, header]), ...tensorBytes(state)]) await writeHashed(handle, hash, part)
      await writeAll(handle, hash.digest())
      await handle.sync()
    } finally {
      await handle.close()
    }
    await renameRetrying(temporary, target)
    await syncFolder(folder)
    return name
  } catch (thrown) {
    await removeQuietly(temporary)
    throw writeError(target, thrown)
  }
}

function measuredToJson(measured: Measured | null): unknown {
  return measured && { ...measured, metrics: Object.entries(measured.metrics) }
}

async function writeHashed(handle: FileHandle, hash: Hash, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.byteLength; from += PIECE_BYTES) {
    const piece = bytes.subarray(from, from + PIECE_BYTES)
    hash.update(piece)
    await writeAll(handle, piece)
  }
}

/**
 * Reads a checkpoint and checks all of it.
 * @throws StorageError `checkpoint-damaged` with the reason, `checkpoint-too-new`; what the system says when it cannot be read
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const handle = await openPlain(path)
  try {
    const { size } = await handle.stat()
    const { header, at } = await readHeader(handle, path, size)
    const { state, ...rest } = header
    if (at + sizeOfTensors(state) + SUM_BYTES !== size)
      throw damaged(path, `it has ${size} bytes, its tensors need ${at + sizeOfTensors(state) + SUM_BYTES}`)
    await requireSum(handle, path, size)
    const bytes = await readAt(handle, at, size - SUM_BYTES - at)
    try {
      return { ...rest, state: stateFrom(state, bytes) }
    } catch (thrown) {
      if (thrown instanceof RangeError) throw damaged(path, thrown.message)
      throw thrown
    }
  } finally {
    await handle.close()
  }
}

/**
 * What stands before the tensors. What these are is not looked at: the file may be damaged all the same.
 * @throws as `readCheckpoint`
 */
export async function readCheckpointHeader(path: string): Promise<v.InferOutput<typeof headerSchema>> {
  const handle = await openPlain(path)
  try {
    return (await readHeader(handle, path, (await handle.stat()).size)).header
  } finally {
    await handle.close()
  }
}

async function requireSum(handle: FileHandle, path: string, size: number): Promise<void> {
  const hash = createHash('sha256')
  for (let at = 0; at < size - SUM_BYTES; at += PIECE_BYTES) {
    const piece = await readAt(handle, at, Math.min(PIECE_BYTES, size - SUM_BYTES - at))
    hash.update(piece)
  }
  const sum = await readAt(handle, size - SUM_BYTES, SUM_BYTES)
  if (!hash.digest().equals(sum)) throw damaged(path, 'its SHA-256 is not the one at its end')
}

async function readHeader(handle: FileHandle, path: string, size: number) {
  if (size < PREFIX_BYTES + SUM_BYTES) throw damaged(path, `it has only ${size} bytes`)
  if (size > MAX_BYTES) throw damaged(path, `it has ${size} bytes, more than the ${MAX_BYTES} one may have`)
  const prefix = await readAt(handle, 0, PREFIX_BYTES)
  if (prefix.length < PREFIX_BYTES || !prefix.subarray(0, MAGIC.length).equals(MAGIC))
    throw damaged(path, 'it does not begin as a checkpoint does')
  const version = prefix.readUInt32LE(MAGIC.length)
  if (version > CHECKPOINT_VERSION) {
    // All versions end alike, so that a damaged one is known from a newer one.
    await requireSum(handle, path, size)
    const what = `The checkpoint "${path}" has version ${version}; this studio reads up to ${CHECKPOINT_VERSION}. Open the run with a newer studio.`
    throw new StorageError('checkpoint-too-new', what, { path, version })
  }
  const length = prefix.readUInt32LE(MAGIC.length + 4)
  if (version === 0 || length > Math.min(MAX_HEADER_BYTES, size - PREFIX_BYTES - SUM_BYTES))
    throw damaged(path, 'its header is longer than it may be')
  const bytes = await readAt(handle, PREFIX_BYTES, length)
  const result = v.safeParse(headerSchema, parseHeader(path, bytes))
  if (!result.success) throw damaged(path, issueSentence(result.issues[0], 'value'))
  return { header: result.output, at: PREFIX_BYTES + length }
}

function parseHeader(path: string, bytes: Buffer): unknown {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), { depth: 64 })
  } catch {
    throw damaged(path, 'its header is not JSON')
  }
}

/**
 * Checkpoints of a folder by their names, the newest first.
 * @throws StorageError `not-readable` when something else stands there
 */
export async function listCheckpoints(folder: string): Promise<{ name: string; step: number }[]> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return []
    throw notReadable(folder, thrown)
  })
  return names
    .flatMap((name) => {
      const step = NAME.exec(name)?.[1]
      return step === undefined ? [] : [{ name, step: Number(step) }]
    })
    .sort((one, other) => other.step - one.step)
}

/**
 * The newest checkpoint that is whole and can be used, and why newer ones were passed over.
 * @param refusal why it cannot be used; null when it can
 * @throws StorageError `checkpoint-too-new`, `not-readable` when the system denies it: going on from an older one would give up
 *   what this one holds, which a newer studio or a person can still save
 */
export async function newestCheckpoint(
  folder: string,
  refusal: (checkpoint: Checkpoint) => string | null
): Promise<{ checkpoint: Checkpoint | null; skipped: SkippedFile[] }> {
  const skipped: SkippedFile[] = []
  for (const { name } of await listCheckpoints(folder)) {
    try {
      const checkpoint = await readCheckpoint(join(folder, name))
      const reason = refusal(checkpoint)
      if (reason === null) return { checkpoint, skipped }
      skipped.push({ file: name, reason })
    } catch (thrown) {
      if (!isLost(thrown)) throw notReadable(join(folder, name), thrown)
      skipped.push({ file: name, reason: reasonOf(thrown) })
    }
  }
  return { checkpoint: null, skipped }
}

/** Whether nothing will ever be read of it. */
function isLost(thrown: unknown): boolean {
  if (thrown instanceof StorageError) return thrown.code !== 'checkpoint-too-new'
  return isNotPlain(thrown) || ['EIO', 'ENOENT'].includes(errnoOf(thrown) ?? '')
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof StorageError && typeof thrown.details['reason'] === 'string') return thrown.details['reason']
  return thrown instanceof StorageError ? thrown.message : `it cannot be read (${String(errnoOf(thrown))})`
}

/**
 * Removes all but the newest three and the one with the lowest loss, and what killed processes left half written.
 * @param newest how many of the newest to keep
 */
export async function pruneCheckpoints(folder: string, newest = KEPT): Promise<void> {
  const found: { name: string; loss: number | null }[] = []
  for (const { name } of await listCheckpoints(folder)) {
    const loss = await lossOf(join(folder, name))
    if (loss !== undefined) found.push({ name, loss })
    await setImmediate()
  }
  let best: (typeof found)[number] | null = null
  for (const each of found) if (each.loss !== null && !(each.loss >= (best?.loss ?? Infinity))) best = each
  const kept = new Set([...found.slice(0, newest), ...(best === null ? [] : [best])].map(({ name }) => name))
  for (const name of await readdir(folder)) {
    if ((NAME.test(name) && !kept.has(name)) || isLeftover(name)) await removeQuietly(join(folder, name))
  }
}

/** Undefined when the file is of no use. */
async function lossOf(path: string): Promise<number | null | undefined> {
  return readCheckpointHeader(path).then(
    ({ loss }) => loss,
    () => undefined
  )
}

/** Removes files that were passed over: they count no more among the newest, nor as what comes after the one that was taken. */
export async function removeSkipped(folder: string, skipped: readonly SkippedFile[]): Promise<void> {
  for (const { file } of skipped) await rm(join(folder, file), { force: true }).catch(() => undefined)
}

function damaged(path: string, reason: string): StorageError {
  return new StorageError(
    'checkpoint-damaged',
    `The checkpoint "${path}" is damaged: ${reason}. An older one is used.`,
    {
      path,
      reason
    }
  )
}
