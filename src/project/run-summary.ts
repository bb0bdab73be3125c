/** What the table of runs says of a run folder: read from as little as tells it, so that a thousand are listed at once. */
import { readdir, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { errorValue, StorageError, type ErrorValue } from '../shared/errors'
import { summaryOfChecks, type AskedCheck } from '../shared/gradient-checks'
import { issueSentence } from '../shared/issue-words'
import type { KeptStatus, RunNotes, RunSummary } from '../shared/run-views'
import { settingsOf } from '../shared/setting-texts'
import type { Setup } from '../shared/setup'
import { listCheckpoints } from './checkpoint'
import { readAt } from './framed-log'
import { readAskedChecks } from './gradient-checks'
import { measuredOf } from './measured'
import { notReadable, openPlain, readPlain } from './plain-file'
import { readPlan, type Plan } from './plan'
import { epochRecordSchema, FORMAT_VERSION, runFileSchema } from './record'
import { CHECKPOINTS, CHECKS, EVENTS, limits, LOCK, METRICS, NOTES, PLAN, RECORD, WEIGHTS } from './run-files'
import { requireKnownFormat } from './run-format'
import { lockedBy } from './run-lock'
import { readNotes } from './run-notes'
import { progressOf, type Progress } from './run-progress'
import { errnoOf } from './storage-error'

/** What is read of `run.json`: neither the network nor the preparation, which may be large. */
const { entries } = runFileSchema
const finishedSchema = v.object({
  formatVersion: entries.formatVersion,
  id: entries.id,
  createdAt: entries.createdAt,
  engineVersion: entries.engineVersion,
  status: entries.status,
  setup: entries.setup,
  data: entries.data,
  epochs: entries.epochs,
  steps: entries.steps,
  parameters: entries.parameters,
  executor: entries.executor,
  gradientChecks: entries.gradientChecks,
  files: entries.files
})
type Finished = v.InferOutput<typeof finishedSchema>

export interface KeptRun {
  readonly summary: RunSummary
  /** In force in the end; null where it cannot be read. */
  readonly setup: Setup | null
}

/**
 * The run in that folder as far as it can be told; what cannot be read is named in `error`. Null where there is no run: the
 * folder has none of a run's files.
 */
export async function keptRun(folder: string, name: string): Promise<KeptRun | null> {
  const names = new Set(await readdir(folder).catch(() => []))
  if (![RECORD, PLAN, METRICS, WEIGHTS, EVENTS, CHECKPOINTS].some((file) => names.has(file))) return null
  const failures: ErrorValue[] = []
  const told = async <T>(isThere: boolean, work: () => Promise<T>): Promise<T | null> => {
    if (!isThere) return null
    return work().catch((thrown: unknown) => {
      failures.push(errorValue(thrown))
      return null
    })
  }
  const [finished, plan, notes, checkpoints, bytes, owner] = await Promise.all([
    told(names.has(RECORD), () => readFinished(folder)),
    told(names.has(PLAN), () => readPlan(folder)),
    told(names.has(NOTES), () => readNotes(folder)),
    told(names.has(CHECKPOINTS), () => listCheckpoints(join(folder, CHECKPOINTS))),
    sizeOfAll(folder, names),
    told(names.has(LOCK), () => lockedBy(folder))
  ])
  const asked = await told(names.has(CHECKS), () => readAskedChecks(folder))
  const steps = checkpoints?.[0]?.step ?? 0
  const measured = await told(finished !== null && names.has(METRICS), () => measuredIn(join(folder, METRICS)))
  const going = await told(finished === null && plan !== null && names.has(EVENTS), () =>
    progressOf(folder, plan?.setup ?? null, checkpoints ?? [])
  )
  if (finished === null && plan === null && failures.length === 0) failures.push(withoutRecord(folder).toValue())
  const parts = { finished, plan, going, measured, notes: notes ?? {}, asked: asked ?? [], steps }
  const setup = finished?.setup ?? going?.setup ?? plan?.setup ?? null
  return {
    setup,
    summary: {
      ...known(name, parts, setup, owner !== null),
      resumable: (checkpoints?.length ?? 0) > 0 && plan !== null,
      bytes,
      error: failures[0] ?? null
    }
  }
}

/** As `keptRun`. */
export async function summaryOf(folder: string, name: string): Promise<RunSummary | null> {
  return (await keptRun(folder, name))?.summary ?? null
}

interface Parts {
  readonly finished: Finished | null
  readonly plan: Plan | null
  readonly going: Progress | null
  readonly measured: Pick<Progress, 'best' | 'last' | 'elapsedMs'> | null
  readonly notes: RunNotes
  readonly asked: readonly AskedCheck[]
  /** Of the newest checkpoint. */
  readonly steps: number
}

function known(
  name: string,
  parts: Parts,
  setup: Setup | null,
  isLocked: boolean
): Omit<RunSummary, 'resumable' | 'bytes' | 'error'> {
  const { finished, plan, going, measured, notes, asked } = parts
  const data = finished?.data ?? plan?.data
  const status: KeptStatus = isLocked ? 'running' : (finished?.status ?? 'interrupted')
  return {
    name,
    runId: finished?.id ?? plan?.id ?? '',
    title: notes.title ?? plan?.title ?? name,
    status,
    startedAt: plan?.startedAt ?? finished?.createdAt ?? '',
    endedAt: finished?.createdAt ?? null,
    dataset: { fileName: data?.fileName ?? '', sha256: data?.sha256 ?? '', rows: data?.rows ?? 0 },
    task: setup?.task ?? '',
    epochs: finished?.epochs ?? going?.epochs ?? 0,
    plannedEpochs: setup?.epochs ?? 0,
    steps: finished?.steps ?? Math.max(going?.steps ?? 0, parts.steps),
    elapsedMs: (measured ?? going)?.elapsedMs ?? null,
    parameters: finished?.parameters ?? plan?.parameters ?? 0,
    best: (measured ?? going)?.best ?? null,
    last: (measured ?? going)?.last ?? null,
    settings: setup === null ? [] : settingsOf(setup),
    seed: setup?.seed ?? 0,
    engineVersion: finished?.engineVersion ?? plan?.engineVersion ?? '',
    environment: environmentText(plan, finished?.executor ?? null),
    parent: plan?.parent ?? null,
    weightsSha256: finished?.files.find((file) => file.name === WEIGHTS)?.sha256 ?? null,
    gradientChecks: summaryOfChecks(asked, finished?.gradientChecks ?? going?.checks ?? null),
    notes: notes.notes ?? '',
    tags: notes.tags ?? [],
    starred: notes.starred ?? false,
    archived: notes.archived ?? false
  }
}

const platforms: ReadonlyMap<string, string> = new Map([
  ['linux', 'Linux'],
  ['darwin', 'macOS'],
  ['win32', 'Windows']
])

/** "Linux x64, 8 processors, wasm on 2 threads". */
function environmentText(plan: Plan | null, executor: Plan['executor'] | null): string | null {
  const { name, threads } = executor ?? plan?.executor ?? { name: null, threads: 0 }
  const work = name === null ? [] : [`${name} on ${threads} ${threads === 1 ? 'thread' : 'threads'}`]
  if (plan === null) return work[0] ?? null
  const { platform, arch, processors } = plan.environment
  const counted = `${processors} ${processors === 1 ? 'processor' : 'processors'}`
  return [`${platforms.get(platform) ?? platform} ${arch}`, counted, ...work].join(', ')
}

async function readFinished(folder: string): Promise<Finished> {
  const path = join(folder, RECORD)
  const limit = limits.get(RECORD) ?? 0
  let json: unknown
  try {
    const bytes = await readPlain(path, limit, (size) =>
      damaged(folder, RECORD, `it has ${size} bytes, more than the ${limit} a run may have`)
    )
    json = JSON.parse(bytes.toString('utf8'))
  } catch (thrown) {
    if (thrown instanceof StorageError) throw thrown
    const errno = errnoOf(thrown)
    throw damaged(folder, RECORD, errno === null ? 'it is not JSON' : `it cannot be read (${errno})`)
  }
  requireKnownFormat(folder, json, FORMAT_VERSION)
  const result = v.safeParse(finishedSchema, json)
  if (result.success) return result.output
  throw damaged(folder, RECORD, issueSentence(result.issues[0], 'value'))
}

/** Read backwards at once. */
const PIECE = 2 ** 16

/** The last epoch of `metrics.ndjson` and its best one, from its end; runs of earlier studios, which mark none, to its beginning. */
async function measuredIn(path: string): Promise<Pick<Progress, 'best' | 'last' | 'elapsedMs'>> {
  const handle = await openPlain(path).catch((thrown: unknown) => {
    throw notReadable(path, thrown)
  })
  try {
    let last: Epoch | null = null
    let best: Epoch | null = null
    for await (const line of linesBackwards(handle)) {
      const isMarked = line.includes('"best":')
      if (last !== null && isMarked && !line.includes('"best":true')) continue
      const epoch = epochIn(path, line)
      last ??= epoch
      if (epoch.best === true) {
        best = epoch
        break
      }
      if (!isMarked && (best === null || lossOf(epoch) <= lossOf(best))) best = epoch
    }
    return { best: best && measuredOf(best), last: last && measuredOf(last), elapsedMs: last?.elapsedMs ?? null }
  } finally {
    await handle.close()
  }
}

type Epoch = v.InferOutput<typeof epochRecordSchema>

function epochIn(path: string, line: string): Epoch {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    throw damaged(path, METRICS, 'a line is not JSON')
  }
  const result = v.safeParse(epochRecordSchema, json)
  if (result.success) return result.output
  throw damaged(path, METRICS, issueSentence(result.issues[0], 'value'))
}

async function* linesBackwards(handle: FileHandle): AsyncGenerator<string, void, void> {
  let { size: at } = await handle.stat()
  // The beginning of a line whose end was seen.
  let rest = Buffer.alloc(0)
  while (at > 0) {
    const from = Math.max(0, at - PIECE)
    const piece = Buffer.concat([await readAt(handle, from, at - from), rest])
    at = from
    let end = piece.length
    for (;;) {
      const start = piece.subarray(0, end).lastIndexOf(10)
      if (start < 0 && at > 0) break
      const line = piece.toString('utf8', start + 1, end)
      if (line !== '') yield line
      if (start < 0) return
      end = start
    }
    rest = piece.subarray(0, end)
  }
}

/** As measured; what was not finite is null here. */
function lossOf({ validationLoss, trainLoss }: Pick<Epoch, 'validationLoss' | 'trainLoss'>): number {
  return validationLoss ?? trainLoss ?? Infinity
}

async function sizeOfAll(folder: string, names: ReadonlySet<string>): Promise<number> {
  const checkpoints = names.has(CHECKPOINTS) ? await readdir(join(folder, CHECKPOINTS)).catch(() => []) : []
  const paths = [...names].map((name) => join(folder, name))
  const all = [...paths, ...checkpoints.map((name) => join(folder, CHECKPOINTS, name))]
  const sizes = await Promise.all(
    all.map((path) =>
      stat(path).then(
        (stats) => (stats.isFile() ? stats.size : 0),
        () => 0
      )
    )
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** What the list needs to tell of a run in which the record and the plan are both missing. */
function withoutRecord(folder: string): StorageError {
  return damaged(folder, RECORD, `it is missing, and so is ${PLAN}`)
}

function damaged(folder: string, file: string, reason: string): StorageError {
  return new StorageError(
    'run-damaged',
    `The run "${folder}" is damaged: ${file}: ${reason}. Restore the folder from a copy, or train again.`,
    { path: folder, file }
  )
}
