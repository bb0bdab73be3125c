/** Goes on with a run from its newest checkpoint that is whole. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Table } from '../data'
import type { ExecutorName, TrainOptions } from '../engine'
import { ConfigError, StorageError } from '../shared/errors'
import { settingChanges } from '../shared/run-changes'
import type { RunChange } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import type { Notice } from '../shared/views'
import { isLeftover, removeQuietly, setAside } from './atomic'
import { removeSkipped, type Checkpoint, type SkippedFile } from './checkpoint'
import { EventLog } from './event-log'
import { openExperiment, type Experiment } from './experiment'
import { notReadable, readPlain } from './plain-file'
import { readPlan, type Plan } from './plan'
import { FORMAT_VERSION } from './record'
import { FolderRecorder, type RunRecorder } from './recorder'
import { CHECKPOINTS, EVENTS, limits, RECORD, TIMELINE } from './run-files'
import { requireKnownFormat } from './run-format'
import { lockRun, removeLockLeftovers, type RunLock } from './run-lock'
import { notice, putAway, stateOnDisk } from './state-on-disk'
import { errnoOf, writing } from './storage-error'
import { Timeline } from './timeline'
import { studioVersion } from './version'

export interface ResumeOptions {
  /** As it was, unless given. */
  readonly executor?: ExecutorName
  /** Settings to go on with; those of the checkpoint unless given. */
  readonly setup?: Setup
  /** Epochs in all, with the other settings as they are. */
  readonly epochs?: number
  /** See `TrainOptions.watch`; as often as it takes little of the time, unless given. */
  readonly watch?: TrainOptions['watch']
  /** See `RunAbout`. */
  readonly checkpointEvery?: number
  /** Asked before anything is written; what it throws leaves the run as it was. */
  readonly check?: (experiment: Experiment) => void
}

export interface ResumedRun {
  readonly experiment: Experiment
  readonly recorder: RunRecorder
  readonly restored: {
    readonly step: number
    readonly epoch: number
    readonly elapsedMs: number
    readonly changes: readonly RunChange[]
    /** Checkpoints that were passed over. */
    readonly skipped: readonly SkippedFile[]
    readonly notices: readonly Notice[]
  }
}

/**
 * Goes on with a run: the same bits as if it had never stopped. Without a checkpoint it goes on from a snapshot, else begins anew.
 * @param table the data of the run
 * @throws StorageError of `readPlan`, `run-in-use`, `checkpoint-missing` when there is nothing to go on from, and of writing;
 *   DataFormatError `data-changed` when it is other data; those of `openExperiment` and `Experiment.change`
 */
export async function resumeRun(folder: string, table: Table, options: ResumeOptions = {}): Promise<ResumedRun> {
  const plan = await readPlan(folder)
  requireSameData(folder, plan, table)
  const lock = await lockRun(folder)
  let opened: Experiment | null = null
  try {
    await requireKnownRecord(folder)
    const found = await stateOnDisk(folder, plan)
    const from = found.checkpoint
    if (from === null) requireNewBegin(folder, plan, found.skipped)
    const setup = from?.setup ?? plan.setup
    const wanted = options.setup ?? { ...setup, epochs: options.epochs ?? setup.epochs }
    const { changes, refused } = settingChanges(setup, wanted)
    if (refused[0] !== undefined) throw notChangeable(refused[0].label)
    const executor = options.executor ?? ((from ?? plan).executor.name === 'reference' ? 'reference' : undefined)
    const experiment = (opened = openExperiment(table, setup, {
      ...{ id: plan.id, watch: options.watch ?? performance, history: found.epochs },
      ...(plan.initialWeights === null ? {} : { initialWeights: plan.initialWeights }),
      ...(executor === undefined ? {} : { executor }),
      ...(from === null ? {} : { from: from.state })
    }))
    options.check?.(experiment)
    if (changes.length > 0) experiment.change(wanted)
    await writing(folder, () => mkdir(join(folder, CHECKPOINTS), { recursive: true }))
    const recorder = await openRecorder(folder, { plan, experiment, lock, from }, options)
    await removeSkipped(join(folder, CHECKPOINTS), found.skipped)
    await removeLeftovers(folder)
    const step = from?.state.step ?? 0
    const elapsedMs = from?.elapsedMs ?? 0
    if (changes.length > 0) {
      const { position } = experiment.training
      recorder.recorder.change({ step, position, elapsedMs, settings: changes }, experiment.setup)
      await recorder.recorder.checkpoint()
    }
    return {
      experiment,
      recorder: recorder.recorder,
      restored: {
        ...{ step, elapsedMs, epoch: from?.state.epochs ?? 0 },
        changes: recorder.log.changes.map(({ change }) => change),
        skipped: found.skipped,
        notices: [...found.notices, ...differences(plan, from, experiment)]
      }
    }
  } catch (thrown) {
    opened?.training.close()
    await lock.release()
    throw thrown
  }
}

async function openRecorder(
  folder: string,
  { plan, experiment, lock, from }: { plan: Plan; experiment: Experiment; lock: RunLock; from: Checkpoint | null },
  { checkpointEvery }: ResumeOptions
): Promise<{ recorder: FolderRecorder; log: EventLog }> {
  const state = experiment.state()
  const elapsedMs = from?.elapsedMs ?? 0
  const place = { step: state.step, epochs: state.epochs, changes: from?.changes ?? 0, elapsedMs }
  const log = await EventLog.open(join(folder, EVENTS), plan.begunAt, place)
  let timeline: Timeline | null = null
  try {
    const origin = plan.begunAt.epochs === 0 && plan.begunAt.step === 0 ? 0 : originOf(log, plan)
    timeline = await openTimeline(folder, origin, state.epochs)
    const record = await takeRecord(folder)
    const [aside = null] = await setAside(folder)
    const recorder = new FolderRecorder({
      ...{ folder, plan, experiment, log, timeline, lock, record, elapsedMs, checkpointEvery },
      aside,
      checkpointStep: from?.state.step ?? null
    })
    if (state.epochs === origin && timeline.wants(origin)) recorder.snapshot(state)
    return { recorder, log }
  } catch (thrown) {
    await timeline?.close().catch(() => undefined)
    await log.close().catch(() => undefined)
    throw thrown
  }
}

/** Epochs behind the run when it was begun. */
function originOf({ epochs }: EventLog, { begunAt }: Plan): number {
  return begunAt.epochs + epochs.filter(({ step }) => step <= begunAt.step).length
}

/** Snapshots that cannot be read are no reason not to go on. */
async function openTimeline(folder: string, origin: number, keepTo: number): Promise<Timeline> {
  try {
    return await Timeline.open(folder, { origin, keepTo })
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.code !== 'log-damaged') throw thrown
    await putAway(join(folder, TIMELINE))
    return Timeline.open(folder, { origin, keepTo })
  }
}

/** Removes what killed processes left half written. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter(isLeftover)) await removeQuietly(join(folder, name))
  await removeLockLeftovers(folder)
}

/** What a damaged record says is not needed; what one of a newer studio says must not be lost. */
async function requireKnownRecord(folder: string): Promise<void> {
  const bytes = await recordBytes(folder)
  if (bytes !== null) requireKnownFormat(folder, jsonOrNull(bytes), FORMAT_VERSION)
}

function jsonOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}

/** A run that goes on has no record: see `FolderRecorder.finish`. */
async function takeRecord(folder: string): Promise<Uint8Array | null> {
  const bytes = await recordBytes(folder)
  if (bytes === null) return null
  const path = join(folder, RECORD)
  await writing(path, () => rm(path))
  return bytes
}

async function recordBytes(folder: string): Promise<Uint8Array | null> {
  const path = join(folder, RECORD)
  try {
    const limit = limits.get(RECORD) ?? 0
    return await readPlain(path, limit, (size) => {
      const what = `"${path}" has ${size} bytes, more than the ${limit} it may have. Move it away and try again.`
      return new StorageError('run-damaged', what, { path })
    })
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null
    throw notReadable(path, thrown)
  }
}

function requireSameData(folder: string, { data }: Plan, table: Table): void {
  if (table.sha256 === data.sha256) return
  throw new StorageError(
    'data-changed',
    `The run "${folder}" learns from "${data.fileName}" with the SHA-256 ${data.sha256}, and "${table.fileName}" has ${table.sha256}: it is other data. Open the file as it was, or train anew.`,
    { path: folder, fileName: table.fileName, expected: data.sha256, got: table.sha256 }
  )
}

/** Beginning anew must come to the same run. */
function requireNewBegin(folder: string, plan: Plan, skipped: readonly SkippedFile[]): void {
  if (plan.initialWeights === null && plan.begunAt.step === 0) return
  const why = skipped.length === 0 ? '' : ` ${skipped.map(({ file, reason }) => `${file}: ${reason}`).join('; ')}.`
  const source = plan.initialWeights === null ? 'another run' : `"${plan.initialWeights.fileName}"`
  throw new StorageError(
    'checkpoint-missing',
    `The run "${folder}" has no checkpoint to go on from, and cannot begin anew, since its first weights came from ${source}.${why} Train again.`,
    { path: folder }
  )
}

function notChangeable(setting: string): ConfigError {
  return new ConfigError(
    'not-changeable',
    `"${setting}" cannot change while a run goes on. Leave it as it was, or begin a new run.`,
    { setting }
  )
}

/** What may make the numbers other ones than they would have been. */
function differences(plan: Plan, from: Checkpoint | null, { training }: Experiment): Notice[] {
  const before = from ?? plan
  const { name, threads } = training.executor
  const notices: Notice[] = []
  if (from === null)
    notices.push(notice('begun-anew', 'There was no checkpoint to go on from, so the run begins anew.'))
  if (before.engineVersion !== studioVersion) {
    const what = `The run was interrupted in version ${before.engineVersion} and goes on in ${studioVersion}: its numbers may differ slightly from those of a run in one go.`
    notices.push(notice('other-version', what))
  }
  if (from !== null && (name !== before.executor.name || threads !== before.executor.threads)) {
    const was = `${before.executor.name} on ${before.executor.threads} threads`
    const what = `The run was interrupted with ${was} and goes on with ${name} on ${threads}: its numbers may differ slightly from those of a run in one go.`
    notices.push(notice('other-executor', what))
  }
  return notices
}
