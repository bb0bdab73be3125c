/** Charts that the page has drawn become files where the person says. */
import { app, dialog, type BrowserWindow } from 'electron'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { StorageError } from '../shared/errors'

/**
 * @param name suggested, with its ending
 * @returns the name it was saved under; null when the person thought better of it
 * @throws StorageError `chart-not-saved`
 */
export async function saveChart(window: BrowserWindow, name: string, bytes: Uint8Array): Promise<string | null> {
  const extension = path.extname(name).slice(1)
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Export chart',
    defaultPath: path.join(app.getPath('documents'), path.basename(name)),
    filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
    properties: ['showOverwriteConfirmation']
  })
  if (canceled || filePath === '') return null
  const file = path.basename(filePath)
  try {
    await writeFile(filePath, bytes)
  } catch (error) {
    // The message of the system names the whole path, which is not for the page to see.
    const why =
      error instanceof Error && 'code' in error ? `the system answered ${String(error.code)}` : 'it is not known why'
    throw new StorageError(
      'chart-not-saved',
      `${file} could not be written: ${why}. Choose another folder, or make room on the disk.`,
      { file }
    )
  }
  return file
}
