/** What the system says when a file cannot be read, as an error. */
import { DataFormatError } from '../../shared/errors'

/** A failure of the file system as an error people can act on; others are passed on as they are. */
export function readError(error: unknown, fileName: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return new DataFormatError('file-not-found', `There is no file "${fileName}" at that place. Check its path.`, {
      file: fileName
    })
  }
  const reason =
    error.code === 'EACCES' || error.code === 'EPERM'
      ? 'this user may not read it. Change its permissions or copy it'
      : error.code === 'EISDIR'
        ? 'it is a folder. Choose a file'
        : `the system says ${String(error.code)}. Check the disk or copy the file`
  return new DataFormatError('unreadable-file', `"${fileName}" cannot be read: ${reason}.`, { file: fileName })
}
