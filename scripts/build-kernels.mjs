/**
 * Compiles src/engine/kernels (AssemblyScript) to resources/kernels: `relaxed.wasm` with fused multiply-adds, and
 * `strict.wasm` for machines without them. Does nothing when they were made from the same sources by the same compiler.
 *
 *   node scripts/build-kernels.mjs
 */
import { spawn } from 'node:child_process'
import crypto from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { program } from './programs.mjs'
import { modules, readJson, readText, root } from './setup/paths.mjs'

const sourceFolder = path.join(root, 'src/engine/kernels')
const outputFolder = path.join(root, 'resources/kernels')
const stampFile = path.join(outputFolder, 'sources.sha256')

const flags = [
  ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert', '--runtime', 'stub'],
  // One memory for all: the planner lays it out, and threads may share it.
  ...['--importMemory', '--noExportMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ...['--enable', 'simd', '--enable', 'threads'],
  // Functions made for a network are called through a table.
  '--importTable',
  // The functions that exchange vectors do so within the module only.
  '--disableWarning',
  '112'
]

/** @type {Record<string, string[]>} */
const builds = { strict: [], relaxed: ['--enable', 'relaxed-simd'] }

/** Compiles what has changed. @throws Error with the compiler's messages */
export async function ensureKernels() {
  const fingerprint = fingerprintOf()
  const names = Object.keys(builds)
  if (readText(stampFile) === fingerprint && names.every((name) => fs.existsSync(fileOf(name)))) return
  fs.mkdirSync(outputFolder, { recursive: true })
  await Promise.all(names.map(compile))
  fs.writeFileSync(stampFile, fingerprint)
}

/**
 * Compiles one build beside its place first, so that nobody loads half a file.
 * @param {string} name
 */
async function compile(name) {
  const temporary = `${fileOf(name)}.${process.pid}`
  const files = [path.join(sourceFolder, 'index.ts'), '--outFile', temporary]
  const args = [...program('assemblyscript', 'asc'), ...files, ...flags, ...(builds[name] ?? [])]
  const compiler = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let messages = ''
  for (const stream of [compiler.stdout, compiler.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (messages += text))
  }
  const [status] = await once(compiler, 'close')
  if (status !== 0) throw new Error(`The kernels do not compile (${name}).\n${messages}`)
  fs.renameSync(temporary, fileOf(name))
}

/** @param {string} name */
function fileOf(name) {
  return path.join(outputFolder, `${name}.wasm`)
}

function fingerprintOf() {
  const hash = crypto.createHash('sha256')
  for (const name of fs.readdirSync(sourceFolder).sort()) {
    hash.update(`${name}\n${readText(path.join(sourceFolder, name)) ?? ''}\n`)
  }
  hash.update(JSON.stringify([flags, builds, readJson(path.join(modules, 'assemblyscript/package.json'))?.version]))
  return hash.digest('hex')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await ensureKernels()
