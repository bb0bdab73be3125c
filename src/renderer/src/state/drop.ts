import type { ErrorValue } from '../../../shared/errors'

/** What is wrong with what was dropped on the window, or null when it is one file. */
export function checkDrop(files: number, folders: number): ErrorValue | null {
  if (folders > 0) {
    const message = 'A folder was dropped; the studio opens one table at a time. Drop a single CSV or TSV file.'
    return { code: 'folder-dropped', message, details: { folders } }
  }
  if (files > 1) {
    const message = `${files} files were dropped; the studio opens one table at a time. Drop a single CSV or TSV file.`
    return { code: 'several-files', message, details: { files } }
  }
  if (files === 0) {
    const message = 'Nothing that can be read as a file was dropped. Drop a CSV or TSV file from your file manager.'
    return { code: 'nothing-dropped', message, details: {} }
  }
  return null
}
