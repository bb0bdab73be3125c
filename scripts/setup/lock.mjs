/** One set-up at a time: `npm start` and `npm test` in two terminals must not both replace node_modules. */
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readText, root } from './paths.mjs'
import { say } from './report.mjs'

const lockFile = path.join(root, '.setup.lock')
const pollMs = 250

/**
 * Runs `work` while holding the lock. A lock whose process is gone is taken over.
 * @param {() => Promise<void>} work
 */
export async function withLock(work) {
  for (let waited = false; !take(); waited = true) {
    if (!waited) say('waiting for another set-up to finish …')
    await delay(pollMs)
  }
  try {
    await work()
  } finally {
    fs.rmSync(lockFile, { force: true })
  }
}

function take() {
  // Written under a name of our own and linked into place, so that no one ever sees a lock without its process.
  const mine = `${lockFile}.${process.pid}`
  fs.writeFileSync(mine, String(process.pid))
  try {
    fs.linkSync(mine, lockFile)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    const holder = Number(readText(lockFile))
    if (holder > 0 && !isRunning(holder)) fs.rmSync(lockFile, { force: true })
    return false
  } finally {
    fs.rmSync(mine, { force: true })
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
