/** `notes.json`: what a person says of a kept run. It is written whole, beside the run's own files, which stay as they are. */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { StorageError } from '../shared/errors'
import { issueSentence } from '../shared/issue-words'
import type { RunNotes } from '../shared/run-views'
import { writeFileAtomic } from './atomic'
import { readPlain } from './plain-file'
import { DAMAGED, NOTES } from './run-files'
import { errnoOf, writeError } from './storage-error'

const MAX_BYTES = 2 ** 20

const notesSchema = v.strictObject({
  formatVersion: v.literal(1),
  title: v.optional(v.string()),
  notes: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  starred: v.optional(v.boolean()),
  archived: v.optional(v.boolean())
})

/**
 * Nothing where there is no such file.
 * @throws StorageError `notes-damaged`
 */
export async function readNotes(folder: string): Promise<RunNotes> {
  const path = join(folder, NOTES)
  try {
    const bytes = await readPlain(path, MAX_BYTES, (size) =>
      damaged(folder, `it has ${size} bytes, more than the ${MAX_BYTES} it may have`)
    )
    const json: unknown = JSON.parse(bytes.toString('utf8'))
    const result = v.safeParse(notesSchema, json)
    if (!result.success) throw damaged(folder, issueSentence(result.issues[0], 'value'))
    const { formatVersion: _version, ...notes } = result.output
    return notes
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return {}
    if (thrown instanceof StorageError) throw thrown
    throw damaged(folder, errno === null ? 'it is not JSON' : `it cannot be read (${errno})`)
  }
}

/**
 * Changes what is given and leaves the rest. Damaged notes are kept as `notes.json.damaged`.
 * @throws StorageError of `writeFileAtomic`
 */
export async function changeNotes(folder: string, changes: RunNotes): Promise<void> {
  const path = join(folder, NOTES)
  const before = await readNotes(folder).catch(async (thrown: unknown): Promise<RunNotes> => {
    if (!(thrown instanceof StorageError)) throw thrown
    await rename(path, path + DAMAGED).catch((failure: unknown) => {
      throw writeError(path, failure)
    })
    return {}
  })
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const json = JSON.stringify({ formatVersion: 1, ...before, ...given }, null, 2)
  await writeFileAtomic(path, new TextEncoder().encode(`${json}\n`))
}

function damaged(folder: string, reason: string): StorageError {
  return new StorageError(
    'notes-damaged',
    `The notes of the run "${folder}" cannot be read: ${NOTES}: ${reason}. The run itself is not concerned; write them anew.`,
    { path: folder, file: NOTES }
  )
}
