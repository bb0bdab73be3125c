import type { ErrorValue } from '../../../shared/errors'
import { MAX_FILES, tooManyFiles } from '../../../shared/file-names'

/** What is wrong with what was dropped on the window, or null when it can be opened. */
export function checkDrop(files: number): ErrorValue | null {
  if (files > MAX_FILES) return { code: 'several-files', message: tooManyFiles(files), details: { files } }
  if (files === 0) {
    const message = 'Nothing that can be read as a file was dropped. Drop a file from your file manager.'
    return { code: 'nothing-dropped', message, details: {} }
  }
  return null
}
