/**
 * Makes a fresh checkout ready; npm runs it before `start`, `test` and `cli`. Needs nothing but Node and npm.
 *
 *   node scripts/setup.mjs          everything that tests need
 *   node scripts/setup.mjs start    what `npm start` needs here: without a display that is the packages alone
 *   node scripts/setup.mjs cli      the packages alone
 *
 * Once all is in place a stamp in node_modules says so, and the next start only compares it.
 */
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { ensureDependencies } from './setup/dependencies.mjs'
import { hasDisplay } from './setup/display.mjs'
import { ensureElectron, findElectron } from './setup/electron.mjs'
import { withLock } from './setup/lock.mjs'
import { modules, readJson, readText, root, stampFile } from './setup/paths.mjs'
import { SetupError, say } from './setup/report.mjs'
import { ensureSandbox, ensureSystem } from './setup/system.mjs'

const oldestNode = [20, 19]

const purpose = process.argv[2] ?? 'test'
const needsElectron = purpose === 'test' || (purpose === 'start' && hasDisplay())
const needs = needsElectron ? `electron ${purpose}` : 'packages'

try {
  checkNode()
  if (!isReady()) await withLock(setUp)
  // Only now: the packages that this needs may just have been installed.
  const { ensureKernels } = await import('./build-kernels.mjs')
  await ensureKernels()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exitCode = 1
}

async function setUp() {
  // Another set-up may have done the work while this one waited for the lock.
  if (isReady()) return
  ensureDependencies()
  if (needsElectron) {
    const executable = await ensureElectron()
    ensureSystem(executable, { tests: purpose === 'test' })
    if (purpose === 'start') ensureSandbox(executable)
  }
  const ready = new Set(stampMatches() ? readJson(stampFile).ready : [])
  fs.mkdirSync(path.dirname(stampFile), { recursive: true })
  fs.writeFileSync(
    stampFile,
    JSON.stringify({ fingerprint: fingerprint(), ready: [...ready.add(needs).add('packages')] })
  )
}

function isReady() {
  return stampMatches() && readJson(stampFile).ready.includes(needs) && (!needsElectron || findElectron() !== null)
}

function stampMatches() {
  return readJson(stampFile)?.fingerprint === fingerprint()
}

/** Changes whenever there may be something to do: other packages wanted or installed, another machine. */
function fingerprint() {
  const hash = crypto.createHash('sha256')
  for (const file of ['package.json', 'package-lock.json']) hash.update(readText(path.join(root, file)) ?? '')
  hash.update(readText(path.join(modules, '.package-lock.json')) ?? '')
  hash.update([process.platform, process.arch, process.versions.modules, String(hasDisplay())].join())
  return hash.digest('hex')
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  throw new SetupError(`Node ${oldestNode.join('.')} or newer is needed; this is ${process.versions.node}.`)
}
