/** The packages in node_modules, exactly as package-lock.json says. */
import path from 'node:path'
import { npm } from './npm.mjs'
import { modules, readJson, root } from './paths.mjs'
import { SetupError, say } from './report.mjs'

/** Runs `npm ci` unless what is installed already is what the lock file asks for. */
export function ensureDependencies() {
  if (dependenciesMatch()) return
  say('installing the packages of package-lock.json (npm ci) …')
  // Development packages build the studio and run the command line, so they are needed under any NODE_ENV.
  // Cached packages are taken without asking the registry: this is what lets a second machine image work offline.
  if (!npm(['ci', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], root)) {
    throw new SetupError(
      'npm ci failed; its own message is above. Check the network and `npm config get registry`, then run the same command again.'
    )
  }
}

function dependenciesMatch() {
  return sameInstall(
    readJson(path.join(root, 'package.json')),
    readJson(path.join(root, 'package-lock.json')),
    readJson(path.join(modules, '.package-lock.json'))
  )
}

/**
 * Whether the packages that npm recorded as installed are those of the lock file. npm writes its record last, so
 * an install that was cut short counts as missing.
 * @param {any} manifest package.json
 * @param {any} lock package-lock.json
 * @param {any} installed node_modules/.package-lock.json
 * @returns {boolean}
 */
export function sameInstall(manifest, lock, installed) {
  if (!lock?.packages || !installed?.packages) return false
  const wanted = lock.packages['']
  for (const group of ['dependencies', 'devDependencies']) {
    if (JSON.stringify(sorted(manifest?.[group])) !== JSON.stringify(sorted(wanted?.[group]))) return false
  }
  for (const [name, entry] of Object.entries(lock.packages)) {
    if (name === '') continue
    const found = installed.packages[name]
    // Optional packages of other platforms are in the lock file but not installed.
    if (found === undefined ? !entry.optional && !entry.devOptional : found.version !== entry.version) return false
  }
  return Object.keys(installed.packages).every((name) => Object.hasOwn(lock.packages, name))
}

/** @param {Record<string, string> | undefined} versions */
function sorted(versions) {
  return Object.entries(versions ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
}
