/** Begins a run that is written down from its first moment. */
import { mkdir, rename, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { StorageError } from '../shared/errors'
import type { RunParent } from '../shared/run-views'
import { hiddenSibling, makeFolders, removeQuietly, renameRetrying, syncFolder } from './atomic'
import { writeCheckpoint } from './checkpoint'
import { EventLog } from './event-log'
import type { Experiment } from './experiment'
import { measuredEpochs } from './measured'
import { environmentNow, PLAN_VERSION, writePlan, type Plan } from './plan'
import { FolderRecorder, type RunRecorder } from './recorder'
import { CHECKPOINTS, EVENTS } from './run-files'
import { lockRun, type RunLock } from './run-lock'
import { requireRunPlace, runExists } from './save-run'
import { errnoOf, writeError } from './storage-error'
import { Timeline } from './timeline'
import { studioVersion } from './version'

export interface RunAbout {
  /** Files of the dataset. */
  readonly paths: readonly string[]
  readonly title: string
  /** The run that it was forked from. */
  readonly parent?: RunParent
  /** Name of the folder of the run that it repeats. */
  readonly repeats?: string
  /** Whether a run that is there is replaced. It comes back if nothing comes of this one. */
  readonly overwrite?: boolean
  /** Least time between two checkpoints that nobody asked for, in milliseconds; about 20 s unless given. */
  readonly checkpointEvery?: number
}

/**
 * Makes the folder of a run that is about to train, with its plan and a first checkpoint: from here on it can be gone on with
 * whatever happens.
 * @param experiment before its first step
 * @throws StorageError of `requireRunPlace`, `run-in-use`; the folder is then as it was
 */
export async function beginRun(folder: string, experiment: Experiment, about: RunAbout): Promise<RunRecorder> {
  await requireRunPlace(folder, { overwrite: about.overwrite === true })
  const target = resolve(folder)
  const temporary = hiddenSibling(target, 'tmp')
  const made: string[] = []
  let lock: RunLock | null = null
  let aside: string | null = null
  let wasEmpty = false
  let moved = false
  try {
    await makeFolders(dirname(target), made)
    await mkdir(temporary)
    lock = await lockRun(temporary)
    const plan = planOf(experiment, about)
    await writePlan(temporary, plan)
    await mkdir(join(temporary, CHECKPOINTS))
    await writeCheckpoint(join(temporary, CHECKPOINTS), firstCheckpoint(plan, experiment))
    // Somebody else may have begun a run there meanwhile.
    if (about.overwrite === true) aside = await putAside(target)
    else wasEmpty = await removeEmpty(target)
    await renameRetrying(temporary, target)
    moved = true
    await syncFolder(dirname(target))
    return await openRecorder(target, { plan, experiment, lock: lock.movedTo(target), aside }, about)
  } catch (thrown) {
    await lock?.release()
    await removeQuietly(moved ? target : temporary)
    if (aside !== null) await rename(aside, target).catch(() => undefined)
    if (wasEmpty) await mkdir(target).catch(() => undefined)
    for (const empty of made.reverse()) await rmdir(empty).catch(() => undefined)
    throw taken(folder, inPlace(writeError(folder, thrown), temporary, folder))
  }
}

/** An error names the place that was asked for: the hidden one is gone. */
function inPlace(thrown: unknown, temporary: string, folder: string): unknown {
  if (!(thrown instanceof StorageError) || !thrown.message.includes(temporary)) return thrown
  return new StorageError(thrown.code, thrown.message.replaceAll(temporary, folder), {
    ...thrown.details,
    path: folder
  })
}

function taken(folder: string, thrown: unknown): unknown {
  return thrown instanceof StorageError && thrown.code === 'folder-exists' ? runExists(folder) : thrown
}

async function openRecorder(
  folder: string,
  parts: { plan: Plan; experiment: Experiment; lock: RunLock; aside: string | null },
  { checkpointEvery }: RunAbout
): Promise<RunRecorder> {
  const { plan, experiment } = parts
  const log = await EventLog.open(join(folder, EVENTS), plan.begunAt)
  try {
    for (const epoch of experiment.epochs) log.epoch(epoch)
    const state = experiment.state()
    const timeline = await Timeline.open(folder, { origin: state.epochs })
    const elapsedMs = experiment.epochs.at(-1)?.elapsedMs ?? 0
    const recorder = new FolderRecorder({
      ...{ folder, log, timeline, elapsedMs, checkpointEvery, record: null, checkpointStep: state.step },
      ...parts
    })
    recorder.snapshot(state)
    return recorder
  } catch (thrown) {
    await log.close().catch(() => undefined)
    throw thrown
  }
}

function planOf(experiment: Experiment, { paths, title, parent, repeats }: RunAbout): Plan {
  const { id, setup, model, parameterCount, data, training, initialWeights, epochs } = experiment
  const { name, threads } = training.executor
  const { step, epochs: ended } = experiment.state()
  return {
    formatVersion: PLAN_VERSION,
    ...{ id, title, setup, initialWeights },
    startedAt: new Date().toISOString(),
    engineVersion: studioVersion,
    environment: environmentNow(),
    model: model.spec,
    parameters: parameterCount,
    data: { ...data, paths },
    executor: { name, threads },
    begunAt: { step, epochs: ended - epochs.length },
    parent: parent ?? null,
    repeats: repeats ?? null
  }
}

function firstCheckpoint({ id, data, executor, engineVersion }: Plan, experiment: Experiment) {
  const { fileName, sha256, rows } = data
  return {
    ...{ id, executor, engineVersion },
    savedAt: new Date().toISOString(),
    setup: experiment.setup,
    data: { fileName, sha256, rows },
    elapsedMs: experiment.epochs.at(-1)?.elapsedMs ?? 0,
    changes: 0,
    loss: null,
    measured: measuredEpochs(experiment.epochs),
    state: experiment.state()
  }
}

/**
 * Where the run that stood there is now; null when there was nothing.
 * @throws StorageError `run-in-use` when somebody works on it
 */
async function putAside(target: string): Promise<string | null> {
  const aside = hiddenSibling(target, 'old')
  const lock = await lockRun(target).catch((thrown: unknown) => {
    if (thrown instanceof StorageError && thrown.code === 'folder-not-found') return null
    throw thrown
  })
  if (lock === null) return null
  try {
    await renameRetrying(target, aside)
  } catch (thrown) {
    await lock.release()
    throw thrown
  }
  await lock.movedTo(aside).release()
  return aside
}

/**
 * Whether an empty folder stood there.
 * @throws what the system says of one that is not empty
 */
async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
    return true
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return false
    // As some systems call what is not empty.
    throw errnoOf(thrown) === 'EEXIST' ? Object.assign(new Error('not empty'), { code: 'ENOTEMPTY' }) : thrown
  }
}
