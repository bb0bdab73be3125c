/**
 * Electron's fuses: switches in the executable itself, one character each behind a marker. See "Electron Fuses" in
 * Electron's documentation and the package @electron/fuses, which does the same for packaged apps.
 */
import fs from 'node:fs'

const marker = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const removed = 'r'

/** The fuses of Electron's own builds, in the order of the wire (version 1). */
const stock = {
  runAsNode: true,
  cookieEncryption: false,
  nodeOptionsVariable: true,
  nodeCliInspect: true,
  embeddedAsarIntegrity: false,
  onlyLoadAppFromAsar: false,
  ownBrowserSnapshot: false,
  fileProtocolPrivileges: true
}

/**
 * Sets every fuse that the executable has to the value it has in Electron's own builds.
 * @param {string} executable
 */
export function setStockFuses(executable) {
  const bytes = fs.readFileSync(executable)
  const start = bytes.indexOf(marker)
  if (start < 0 || bytes[start + marker.length] !== 1) throw new Error(`${executable} has no fuses of version 1`)
  const count = bytes[start + marker.length + 1] ?? 0
  const first = start + marker.length + 2
  const file = fs.openSync(executable, 'r+')
  try {
    for (const [index, on] of Object.values(stock).entries()) {
      if (index >= count || bytes[first + index] === removed.charCodeAt(0)) continue
      fs.writeSync(file, on ? '1' : '0', first + index)
    }
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
}
