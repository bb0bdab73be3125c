/** What the page has drawn or asked for becomes a file where the person says. */
import { app, dialog, type BrowserWindow } from 'electron'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { StorageError } from '../shared/errors'

/**
 * @param name suggested, with its ending @param title of the dialog
 * @param content is asked for once the person has chosen a place
 * @returns the name it was saved under; null when the person thought better of it
 * @throws StorageError `file-not-saved`
 */
export async function saveFile(
  window: BrowserWindow,
  name: string,
  title: string,
  content: () => Promise<Uint8Array | string>
): Promise<string | null> {
  const extension = path.extname(name).slice(1)
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title,
    defaultPath: path.join(app.getPath('documents'), path.basename(name)),
    filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
    properties: ['showOverwriteConfirmation']
  })
  if (canceled || filePath === '') return null
  const file = path.basename(filePath)
  const whole = await content()
  try {
    await writeFile(filePath, whole)
  } catch (error) {
    // The message of the system names the whole path, which is not for the page to see.
    const why =
      error instanceof Error && 'code' in error ? `the system answered ${String(error.code)}` : 'it is not known why'
    throw new StorageError(
      'file-not-saved',
      `${file} could not be written: ${why}. Choose another folder, or make room on the disk.`,
      { file }
    )
  }
  return file
}
