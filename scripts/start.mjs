/**
 * `npm start`: opens the studio, building it first where a source is newer than the build. Where no window can be
 * opened it shows the same engine at work in the terminal instead.
 */
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { commandLine, program } from './programs.mjs'
import { hasDisplay } from './setup/display.mjs'
import { findElectron } from './setup/electron.mjs'
import { root } from './setup/paths.mjs'
import { isBuildCurrent } from './sources.mjs'

process.exitCode = hasDisplay() ? await openStudio() : trainInTerminal()

/** @returns {Promise<number>} */
async function openStudio() {
  if (!isBuildCurrent()) {
    console.error('[start] building the studio …')
    const build = spawnSync(process.execPath, [...program('electron-vite'), 'build', '--logLevel', 'warn'], {
      cwd: root,
      stdio: ['ignore', 2, 2]
    })
    if (build.status !== 0) return build.status ?? 1
  }
  const executable = findElectron()
  if (executable === null) {
    console.error('[start] Electron is not installed; run `npm run setup`.')
    return 1
  }
  // Chromium refuses to sandbox itself as root, as in a container.
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env
  const studio = spawn(executable, [...(asRoot ? ['--no-sandbox'] : []), root, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => studio.kill(signal))
  return new Promise((resolve, reject) => {
    studio.on('error', reject)
    studio.on('close', (code) => resolve(code ?? 1))
  })
}

/** @returns {number} */
function trainInTerminal() {
  console.log('No display was found, so no window can be opened: training the Iris sample in the terminal instead.')
  const run = freePlace(path.join('runs', 'iris'))
  const model = `${run}.onnx`
  const sample = path.join('resources', 'samples', 'iris.csv')
  const trained = cli(['train', sample, '--target', 'species', '--layers', '16,8', '--epochs', '60', '--out', run])
  if (trained !== 0) return trained
  const exported = cli(['export', run, '--format', 'onnx', '--out', model])
  if (exported !== 0) return exported
  console.log(`Run folder: ${path.join(root, run)}`)
  console.log(`ONNX file:  ${path.join(root, model)}`)
  return 0
}

/**
 * The name itself, or its first numbered sibling that is free for a run and its ONNX file: nothing is overwritten.
 * @param {string} wanted
 */
function freePlace(wanted) {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    if ([name, `${name}.onnx`].every((each) => !fs.existsSync(path.join(root, each)))) return name
  }
}

/** @param {string[]} args */
function cli(args) {
  return spawnSync(process.execPath, [...commandLine, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1
}
