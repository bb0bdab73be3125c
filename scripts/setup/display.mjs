/** Whether there is a screen, and the virtual one that tests use where there is none. */
import fs from 'node:fs'
import path from 'node:path'

/** Whether a window can be opened here. Windows and macOS always have a display; on Linux the session names it. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY']) || Boolean(process.env['WAYLAND_DISPLAY'])
}

/**
 * The full path of a program on the PATH, or null.
 * @param {string} name
 */
export function findProgram(name) {
  for (const folder of [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin']) {
    if (folder !== '' && fs.existsSync(path.join(folder, name))) return path.join(folder, name)
  }
  return null
}
