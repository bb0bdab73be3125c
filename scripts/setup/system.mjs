/** The system libraries that Electron needs on Linux, and Xvfb, the virtual display for tests. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { findProgram, hasDisplay } from './display.mjs'
import { readText } from './paths.mjs'
import { SetupError, say } from './report.mjs'

/** Debian's package for each library. Since 2024 some are called `…t64`; `availableName` finds out which. */
const packageOfLibrary = new Map([
  ['libasound.so.2', 'libasound2'],
  ['libatk-1.0.so.0', 'libatk1.0-0'],
  ['libatk-bridge-2.0.so.0', 'libatk-bridge2.0-0'],
  ['libatspi.so.0', 'libatspi2.0-0'],
  ['libcairo.so.2', 'libcairo2'],
  ['libcups.so.2', 'libcups2'],
  ['libdbus-1.so.3', 'libdbus-1-3'],
  ['libdrm.so.2', 'libdrm2'],
  ['libexpat.so.1', 'libexpat1'],
  ['libgbm.so.1', 'libgbm1'],
  ['libgdk-3.so.0', 'libgtk-3-0'],
  ['libgdk_pixbuf-2.0.so.0', 'libgdk-pixbuf-2.0-0'],
  ['libgio-2.0.so.0', 'libglib2.0-0'],
  ['libglib-2.0.so.0', 'libglib2.0-0'],
  ['libgobject-2.0.so.0', 'libglib2.0-0'],
  ['libgtk-3.so.0', 'libgtk-3-0'],
  ['libnspr4.so', 'libnspr4'],
  ['libnss3.so', 'libnss3'],
  ['libnssutil3.so', 'libnss3'],
  ['libsmime3.so', 'libnss3'],
  ['libpango-1.0.so.0', 'libpango-1.0-0'],
  ['libpangocairo-1.0.so.0', 'libpangocairo-1.0-0'],
  ['libudev.so.1', 'libudev1'],
  ['libX11.so.6', 'libx11-6'],
  ['libX11-xcb.so.1', 'libx11-xcb1'],
  ['libxcb.so.1', 'libxcb1'],
  ['libXcomposite.so.1', 'libxcomposite1'],
  ['libXdamage.so.1', 'libxdamage1'],
  ['libXext.so.6', 'libxext6'],
  ['libXfixes.so.3', 'libxfixes3'],
  ['libxkbcommon.so.0', 'libxkbcommon0'],
  ['libXrandr.so.2', 'libxrandr2']
])

/**
 * Makes sure that Electron can run: as root on Debian and Ubuntu what is missing is installed, elsewhere the command
 * that installs it is the error.
 * @param {string} executable
 * @param {{ tests: boolean }} purpose whether tests will run, which need Xvfb where there is no display
 */
export function ensureSystem(executable, purpose) {
  if (process.platform !== 'linux') return
  const before = missing(executable, purpose)
  if (before.libraries.length === 0 && !before.xvfb) return
  if (findProgram('apt-get') === null) throw new SetupError(describe(before))
  if (process.getuid?.() === 0) {
    aptInstall(before)
    const after = missing(executable, purpose)
    if (after.libraries.length > 0 || after.xvfb) throw new SetupError(describe(after))
  } else {
    const packages = packagesFor(before).join(' ')
    throw new SetupError(
      `${describe(before)}\nRun this, then the same command again:\n\n  sudo apt-get update && sudo apt-get install -y ${packages}\n`
    )
  }
}

/**
 * Electron's sandbox needs either unprivileged user namespaces or a helper that belongs to root. Some systems, such as
 * Ubuntu 24.04, have neither after an install by npm; then the command that sets up the helper is the error.
 * @param {string} executable
 */
export function ensureSandbox(executable) {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return
  const restricted =
    readText('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')?.trim() === '1' ||
    readText('/proc/sys/kernel/unprivileged_userns_clone')?.trim() === '0'
  const helper = path.join(path.dirname(executable), 'chrome-sandbox')
  const ready = fs.existsSync(helper) && fs.statSync(helper).uid === 0 && (fs.statSync(helper).mode & 0o4000) !== 0
  if (!restricted || ready) return
  throw new SetupError(
    `This system does not let programs sandbox themselves, so Electron needs its sandbox helper to belong to root.\nRun this, then the same command again:\n\n  sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'\n`
  )
}

/** @typedef {{ libraries: string[], xvfb: boolean }} Missing */

/**
 * @param {string} executable
 * @param {{ tests: boolean }} purpose
 * @returns {Missing}
 */
function missing(executable, purpose) {
  return {
    libraries: missingLibraries(spawnSync('ldd', [executable], { encoding: 'utf8' }).stdout ?? ''),
    xvfb: purpose.tests && !hasDisplay() && findProgram('Xvfb') === null
  }
}

/**
 * @param {string} lddOutput
 * @returns {string[]} names of libraries, as `libnss3.so`
 */
export function missingLibraries(lddOutput) {
  return [...new Set(Array.from(lddOutput.matchAll(/^\s*(\S+) => not found/gm), ([, library = '']) => library))]
}

/** @param {Missing} what */
function aptInstall(what) {
  // Without fresh lists a new machine knows no packages. If some list fails, the ones we need may still be there.
  aptGet(['update', '-qq'])
  const packages = packagesFor(what)
  say(`installing system packages with apt-get: ${packages.join(' ')} …`)
  const result = aptGet(['install', '-y', '-qq', '--no-install-recommends', ...packages])
  if (result.status !== 0) {
    const command = `apt-get update && apt-get install -y ${packages.join(' ')}`
    throw new SetupError(
      `${describe(what)}\napt-get could not install it:\n${result.stderr.trim()}\nThe command was: ${command}`
    )
  }
}

/** @param {string[]} args */
function aptGet(args) {
  return spawnSync('apt-get', args, { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
}

/** @param {Missing} what */
function packagesFor(what) {
  const names = what.libraries.map((library) => packageOfLibrary.get(library)).filter((name) => name !== undefined)
  return [...new Set([...names.map(availableName), ...(what.xvfb ? ['xvfb'] : [])])]
}

/**
 * The name under which this release of Debian or Ubuntu has a package.
 * @param {string} name
 */
function availableName(name) {
  const renamed = `${name}t64`
  const known = spawnSync('apt-cache', ['show', renamed], { stdio: 'ignore' }).status === 0
  return known ? renamed : name
}

/** @param {Missing} what */
function describe(what) {
  const parts = [...what.libraries, ...(what.xvfb ? ['Xvfb (the virtual display for tests)'] : [])]
  return `Electron is installed, but this system lacks: ${parts.join(', ')}.`
}
