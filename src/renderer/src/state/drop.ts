import type { ErrorValue } from '../../../shared/errors'

/** What is wrong with what was dropped on the window, or null when it is one file. */
export function checkDrop(files: number): ErrorValue | null {
  if (files > 1) {
    const message = `${files} files were dropped; the studio opens one dataset at a time. Drop a single file, or a single folder of images.`
    return { code: 'several-files', message, details: { files } }
  }
  if (files === 0) {
    const message = 'Nothing that can be read as a file was dropped. Drop a file from your file manager.'
    return { code: 'nothing-dropped', message, details: {} }
  }
  return null
}
