/** What a run folder keeps of gradient checks: those after epochs with the epochs, those that a person asked for in a file of their own. */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { StorageError } from '../shared/errors'
import type { AskedCheck, ChecksSummary, EpochCheck } from '../shared/gradient-checks'
import { issueSentence } from '../shared/issue-words'
import { writeFileAtomic } from './atomic'
import { readPlain } from './plain-file'
import { CHECKS, DAMAGED } from './run-files'
import { errnoOf, writeError } from './storage-error'

const MAX_BYTES = 2 ** 20
/** Checks that a person asked for; of more, the oldest go. */
const MOST_ASKED = 100
const MAX_NAME = 200

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
/** A number that was not finite is null in the file. */
const value = v.pipe(
  v.nullable(v.pipe(v.number(), v.finite())),
  v.transform((number) => number ?? NaN)
)

const entries = {
  rows: count,
  parameters: count,
  checked: count,
  kinks: count,
  maxRelativeError: value,
  tooSmall: v.boolean(),
  worst: v.nullable(
    v.strictObject({
      parameter: v.pipe(v.string(), v.maxLength(MAX_NAME)),
      index: count,
      analytic: value,
      numeric: value,
      relativeError: value
    })
  )
}

/** As `JSON.stringify` writes it. */
export const epochCheckSchema = v.strictObject(entries) satisfies v.GenericSchema<unknown, EpochCheck>

/** `largest` with null for what is no number. */
export const checksSummarySchema = v.strictObject({
  checks: count,
  failed: count,
  largest: v.nullable(v.strictObject({ error: value, epoch: count }))
}) satisfies v.GenericSchema<unknown, ChecksSummary>

const fileSchema = v.strictObject({
  formatVersion: v.literal(1),
  checks: v.pipe(
    v.array(
      v.strictObject({
        at: v.pipe(v.string(), v.isoTimestamp()),
        epoch: count,
        step: count,
        seed: count,
        ...entries
      })
    ),
    v.maxLength(MOST_ASKED)
  )
}) satisfies v.GenericSchema<unknown, { checks: AskedCheck[] }>

/**
 * Those that a person asked for, the newest last; nothing where there is no such file.
 * @throws StorageError `checks-damaged`
 */
export async function readAskedChecks(folder: string): Promise<readonly AskedCheck[]> {
  const path = join(folder, CHECKS)
  try {
    const bytes = await readPlain(path, MAX_BYTES, (size) =>
      damaged(folder, `it has ${size} bytes, more than the ${MAX_BYTES} it may have`)
    )
    const json: unknown = JSON.parse(bytes.toString('utf8'))
    const result = v.safeParse(fileSchema, json)
    if (!result.success) throw damaged(folder, issueSentence(result.issues[0], 'value'))
    return result.output.checks
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return []
    if (thrown instanceof StorageError) throw thrown
    throw damaged(folder, errno === null ? 'it is not JSON' : `it cannot be read (${errno})`)
  }
}

/**
 * Keeps one more, and answers with all. A damaged file is kept as `gradient-checks.json.damaged`.
 * @throws StorageError of `writeFileAtomic`
 */
export async function keepAskedCheck(folder: string, check: AskedCheck): Promise<readonly AskedCheck[]> {
  const path = join(folder, CHECKS)
  const before = await readAskedChecks(folder).catch(async (thrown: unknown): Promise<readonly AskedCheck[]> => {
    if (!(thrown instanceof StorageError)) throw thrown
    await rename(path, path + DAMAGED).catch((failure: unknown) => {
      throw writeError(path, failure)
    })
    return []
  })
  const checks = newest([...before, check])
  const json = JSON.stringify({ formatVersion: 1, checks }, null, 2)
  await writeFileAtomic(path, new TextEncoder().encode(`${json}\n`))
  return checks
}

/** As many as are kept. */
export function newest(checks: readonly AskedCheck[]): readonly AskedCheck[] {
  return checks.slice(-MOST_ASKED)
}

function damaged(folder: string, reason: string): StorageError {
  return new StorageError(
    'checks-damaged',
    `The gradient checks of the run "${folder}" cannot be read: ${CHECKS}: ${reason}. The run itself is not concerned; check anew.`,
    { path: folder, file: CHECKS }
  )
}
