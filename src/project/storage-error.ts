/** What the operating system says when a file cannot be written, as errors a person can act on. */
import { StorageError } from '../shared/errors'

interface Cause {
  readonly code: string
  readonly reason: string
  readonly advice: string
}

/** By the system's name of the error (`errno`). */
const causes: ReadonlyMap<string, Cause> = new Map([
  ['ENOSPC', { code: 'disk-full', reason: 'the disk is full', advice: 'Free some space or choose another place.' }],
  [
    'EDQUOT',
    { code: 'disk-full', reason: 'the disk quota is used up', advice: 'Free some space or choose another place.' }
  ],
  [
    'EFBIG',
    { code: 'file-too-large', reason: 'the file is larger than the system allows', advice: 'Choose another place.' }
  ],
  ['EACCES', { code: 'not-writable', reason: 'permission was denied', advice: 'Choose a folder you may write to.' }],
  ['EPERM', { code: 'not-writable', reason: 'permission was denied', advice: 'Choose a folder you may write to.' }],
  ['EROFS', { code: 'not-writable', reason: 'the disk is read-only', advice: 'Choose a folder you may write to.' }],
  [
    'EBUSY',
    { code: 'not-writable', reason: 'another program is using it', advice: 'Close the other program and try again.' }
  ],
  [
    'ENOTDIR',
    { code: 'not-a-folder', reason: 'a part of the path is a file, not a folder', advice: 'Choose another place.' }
  ],
  [
    'EEXIST',
    { code: 'not-a-folder', reason: 'a file stands where a folder is needed', advice: 'Choose another place.' }
  ],
  ['ENOTEMPTY', { code: 'folder-exists', reason: 'it exists already', advice: 'Choose another name.' }],
  ['EISDIR', { code: 'is-a-folder', reason: 'a folder of that name exists', advice: 'Choose another name.' }],
  [
    'ENOENT',
    { code: 'folder-not-found', reason: 'its folder does not exist', advice: 'Create the folder or choose another.' }
  ],
  ['ENAMETOOLONG', { code: 'name-too-long', reason: 'the name is too long', advice: 'Choose a shorter name.' }],
  ['EINVAL', { code: 'invalid-name', reason: 'the system does not accept this name', advice: 'Choose another name.' }]
])

/** The system's name of an error (`ENOSPC`), or null when it is no system error. */
export function errnoOf(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null
}

/**
 * The error to show when writing `path` failed: `disk-full`, `not-writable`, `not-a-folder`, `is-a-folder`,
 * `folder-not-found`, `name-too-long`, `file-too-large`, `invalid-name` or, for anything else the system says,
 * `write-failed`. What is no system error is given back unchanged.
 */
export function writeError(path: string, thrown: unknown): unknown {
  const errno = errnoOf(thrown)
  if (errno === null || thrown instanceof StorageError) return thrown
  if (errno === 'ERR_INVALID_ARG_VALUE') {
    return new StorageError('invalid-name', 'The path cannot be used: it holds a NUL character. Choose another name.')
  }
  const cause = causes.get(errno)
  if (cause === undefined) {
    return new StorageError(
      'write-failed',
      `"${path}" was not written: the system answered ${errno}. Nothing was changed.`,
      {
        path,
        errno
      }
    )
  }
  return new StorageError(
    cause.code,
    `"${path}" was not written: ${cause.reason} (${errno}). ${cause.advice} Nothing was changed.`,
    { path, errno }
  )
}

/** Does what writes `path`. @throws what `writeError` makes of what it throws */
export async function writing(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    throw writeError(path, thrown)
  }
}
