/** Whether the built app in out/ is as new as its sources. */
import fs from 'node:fs'
import path from 'node:path'
import { root } from './setup/paths.mjs'

const sources = ['src', 'package.json', 'package-lock.json', 'electron.vite.config.ts', 'tsconfig.base.json']
/** One file of each part, in the order in which they are built. */
const built = ['out/main/index.js', 'out/preload', 'out/renderer/index.html']

/** False when something was never built, or a source has changed since. */
export function isBuildCurrent() {
  const builtAt = built.map((name) => changedAt(path.join(root, name), Math.min))
  const changed = sources.map((name) => changedAt(path.join(root, name), Math.max) ?? 0)
  // What was never built counts as built before everything else.
  return Math.max(...changed) <= Math.min(...builtAt.map((time) => time ?? 0))
}

/**
 * When a file was last changed; for a folder, that of all files in it combined by `combine`. Null without any file.
 * @param {string} location
 * @param {(...times: number[]) => number} combine
 * @returns {number | null}
 */
function changedAt(location, combine) {
  const stats = fs.statSync(location, { throwIfNoEntry: false })
  if (stats === undefined) return null
  if (!stats.isDirectory()) return stats.mtimeMs
  const times = fs
    .readdirSync(location)
    .map((name) => changedAt(path.join(location, name), combine))
    .filter((time) => time !== null)
  return times.length === 0 ? null : combine(...times)
}
