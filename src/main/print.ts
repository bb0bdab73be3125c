/** Pages of our own making as PDF. */
import { BrowserWindow } from 'electron'

/**
 * @param html a whole page that needs nothing from elsewhere
 * @returns the bytes of a PDF, A4
 */
export async function printed(html: string): Promise<Uint8Array> {
  // Nobody sees this window, nothing runs in it, and it shares nothing with the studio's own.
  const window = new BrowserWindow({
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, javascript: false, partition: 'print' }
  })
  try {
    await window.loadURL(`data:text/html;charset=utf-8;base64,${Buffer.from(html, 'utf8').toString('base64')}`)
    return await window.webContents.printToPDF({ pageSize: 'A4', printBackground: true, generateTaggedPDF: true })
  } finally {
    window.destroy()
  }
}
