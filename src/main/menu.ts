/** The application menu. Undo and redo are shown with their keys, but the keys belong to the page. */
import type { MenuItemConstructorOptions } from 'electron'
import type { OpenCommand } from '../shared/ipc/contract'

export interface MenuOptions {
  readonly open: (what: OpenCommand) => void
  readonly showAbout: () => void
  /** Reload and developer tools are for development alone. */
  readonly development: boolean
}

const separator: MenuItemConstructorOptions = { type: 'separator' }

export function menuTemplate({ open, showAbout, development }: MenuOptions): MenuItemConstructorOptions[] {
  const mac = process.platform === 'darwin'
  const file: MenuItemConstructorOptions = {
    label: '&File',
    submenu: [
      { id: 'open-dataset', label: '&Open dataset…', accelerator: 'CmdOrCtrl+O', click: () => open('dataset') },
      { id: 'open-folder', label: 'Open &folder of images…', click: () => open('folder') },
      separator,
      mac ? { role: 'close' } : { role: 'quit', accelerator: 'Ctrl+Q' }
    ]
  }
  const edit: MenuItemConstructorOptions = {
    label: '&Edit',
    submenu: [
      { role: 'undo', registerAccelerator: false },
      { role: 'redo', registerAccelerator: false },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' }
    ]
  }
  const developer: MenuItemConstructorOptions[] = [separator, { role: 'reload' }, { role: 'toggleDevTools' }]
  const view: MenuItemConstructorOptions = {
    label: '&View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
      ...(development ? developer : [])
    ]
  }
  const help: MenuItemConstructorOptions = {
    label: '&Help',
    role: 'help',
    submenu: [{ id: 'about', label: '&About Backprop Studio', click: showAbout }]
  }
  const appMenu: MenuItemConstructorOptions[] = mac ? [{ role: 'appMenu' }] : []
  const windowMenu: MenuItemConstructorOptions[] = mac ? [{ role: 'windowMenu' }] : []
  return [...appMenu, file, edit, view, ...windowMenu, help]
}
