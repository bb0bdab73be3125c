/** Xvfb, a display without a screen, for tests that open windows. */
import { spawn } from 'node:child_process'
import { findProgram } from './setup/display.mjs'

const size = '1600x1000x24'

/**
 * Starts Xvfb on a display number that it finds free itself. Null where there is none to start: on Windows and macOS,
 * and on Linux where it is not installed.
 * @returns {Promise<{ display: string, close: () => void } | null>}
 */
export async function openVirtualDisplay() {
  const xvfb = process.platform === 'linux' ? findProgram('Xvfb') : null
  if (xvfb === null) return null
  const server = spawn(xvfb, ['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe']
  })
  let complaint = ''
  server.stderr?.on('data', (chunk) => (complaint += chunk))
  const number = await new Promise((resolve, reject) => {
    let text = ''
    server.stdio[3]?.on('data', (chunk) => {
      text += chunk
      if (text.includes('\n')) resolve(text.trim())
    })
    server.on('error', reject)
    server.on('exit', () => reject(new Error(`Xvfb did not start: ${complaint.trim()}`)))
  })
  return { display: `:${number}`, close: () => server.kill() }
}
