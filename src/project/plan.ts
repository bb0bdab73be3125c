/** `plan.json`: what a run was begun with. It is written before the first step, so that an interrupted run can go on. */
import { arch, cpus, platform } from 'node:os'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { executorNames } from '../engine'
import { StorageError } from '../shared/errors'
import { issueSentence } from '../shared/issue-words'
import { readAsSchema } from '../shared/read-as'
import type { RunParent } from '../shared/run-views'
import { modelSpecSchema, setupSchema } from '../shared/setup'
import { writeFileAtomic } from './atomic'
import { readPlain } from './plain-file'
import { limits, PLAN } from './run-files'
import { requireKnownFormat } from './run-format'
import { runNotFound } from './run-place'
import { errnoOf } from './storage-error'
import { parseStrictJson } from './strict-json'

/** Grows by one when a file of a newer studio could be misread by an older one. */
export const PLAN_VERSION = 1
const DEPTH = 64

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const text = (length: number) => v.pipe(v.string(), v.maxLength(length))
const settingChangeSchema = v.strictObject({ label: text(1000), before: text(100_000), after: text(100_000) })
export const settingChangesSchema = v.pipe(v.array(settingChangeSchema), v.maxLength(1000), v.readonly())

const parentSchema = v.strictObject({
  runId: v.pipe(v.string(), v.uuid()),
  name: text(255),
  title: text(1000),
  epoch: count,
  settings: settingChangesSchema
}) satisfies v.GenericSchema<unknown, RunParent>

const planSchema = v.strictObject({
  formatVersion: v.literal(PLAN_VERSION),
  /** Of the run. */
  id: v.pipe(v.string(), v.uuid()),
  title: text(1000),
  /** UTC. */
  startedAt: v.pipe(v.string(), v.isoTimestamp()),
  /** The studio that began it. */
  engineVersion: text(64),
  environment: v.strictObject({
    /** As Node calls them: `linux`, `x64`. */
    platform: text(64),
    arch: text(64),
    processors: count,
    node: text(64)
  }),
  setup: setupSchema,
  model: modelSpecSchema,
  /** Trained numbers. */
  parameters: count,
  data: v.strictObject({
    fileName: v.string(),
    sha256,
    rows: count,
    readAs: v.optional(readAsSchema),
    files: v.optional(v.array(v.strictObject({ fileName: v.string(), sha256, rows: count }))),
    /** Where it was read from. */
    paths: v.pipe(v.array(text(32_768)), v.maxLength(100_000), v.readonly())
  }),
  executor: v.strictObject({ name: v.picklist(executorNames), threads: v.pipe(count, v.minValue(1)) }),
  /** The file its first weights came from; null when they were drawn by the seed, or are another run's. */
  initialWeights: v.nullable(v.strictObject({ fileName: v.string(), sha256 })),
  /** Epochs and steps behind it when it was begun: of the run that it was forked from, else 0. */
  begunAt: v.strictObject({ epochs: count, step: count }),
  parent: v.nullable(parentSchema),
  /** Name of the folder of the run that this one repeats. */
  repeats: v.nullable(text(255))
})
export type Plan = Readonly<v.InferOutput<typeof planSchema>>

export function environmentNow(): Plan['environment'] {
  return { platform: platform(), arch: arch(), processors: cpus().length, node: process.versions.node }
}

/** @throws StorageError of `writeFileAtomic` */
export function writePlan(folder: string, plan: Plan): Promise<void> {
  return writeFileAtomic(join(folder, PLAN), new TextEncoder().encode(JSON.stringify(plan, null, 2) + '\n'))
}

/**
 * What a run was begun with.
 * @throws StorageError `run-not-found` when there is no folder, `plan-missing` when it has none (a run of an earlier studio, or
 *   no run), `plan-damaged`, `run-too-new`
 */
export async function readPlan(folder: string): Promise<Plan> {
  const json = parsePlan(folder, await planBytes(folder))
  requireKnownFormat(folder, json, PLAN_VERSION)
  const result = v.safeParse(planSchema, json)
  if (result.success) return result.output
  throw damaged(folder, issueSentence(result.issues[0], 'value'))
}

function parsePlan(folder: string, bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), { depth: DEPTH })
  } catch (thrown) {
    throw damaged(folder, `it is not JSON (${thrown instanceof Error ? thrown.message : String(thrown)})`)
  }
}

async function planBytes(folder: string): Promise<Uint8Array> {
  const path = join(folder, PLAN)
  const limit = limits.get(PLAN) ?? 0
  try {
    return await readPlain(path, limit, (size) =>
      damaged(folder, `it has ${size} bytes, more than the ${limit} it may have`)
    )
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === null || thrown instanceof StorageError) throw thrown
    if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw damaged(folder, `it cannot be read (${errno})`)
    const isFolder = await stat(folder).then(
      (stats) => stats.isDirectory(),
      () => false
    )
    if (!isFolder) throw await runNotFound(folder)
    throw new StorageError(
      'plan-missing',
      `"${folder}" holds no ${PLAN}, so it is no run that can be gone on with: an earlier studio made it, or it is none. Train again.`,
      { path: folder }
    )
  }
}

function damaged(folder: string, reason: string): StorageError {
  return new StorageError(
    'plan-damaged',
    `The run "${folder}" is damaged: ${PLAN}: ${reason}. Restore the folder from a copy, or train again.`,
    { path: folder, file: PLAN }
  )
}
