/** Where a trained run goes when its own place has become unusable since training began. */
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { Run } from './record'
import { saveRun } from './save-run'

/** Characters kept of the name: with what is added, and up to 4 bytes each, under the 255-byte limit of a name. */
const KEPT_NAME_LENGTH = 40

/**
 * Saves the run as `<folder>.rescued-<time>-<random>`, or under that name in the system's folder for temporary files.
 * @returns the folder it is in, or null when neither place could be written to
 */
export async function rescueRun(folder: string, run: Run): Promise<string | null> {
  const target = resolve(folder)
  const time = new Date().toISOString().replace(/\.\d+|[-:]/g, '')
  const name = `${basename(target).slice(0, KEPT_NAME_LENGTH)}.rescued-${time}-${randomBytes(3).toString('hex')}`
  for (const place of [join(dirname(target), name), join(tmpdir(), name)]) {
    try {
      await saveRun(place, run)
      return place
    } catch {
      // The failure to report is that of the place that was asked for, and the caller has it.
    }
  }
  return null
}
