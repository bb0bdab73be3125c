/**
 * `npm test`: every check of the project, in order of price. A phase that fails does not keep the later ones from
 * running. The last line is `N passed, N failed`: each unit and end-to-end test counts as one, and so do type check,
 * lint and build.
 *
 *   node scripts/test.mjs                  all phases
 *   node scripts/test.mjs build e2e        some of them
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { program } from './programs.mjs'
import { root } from './setup/paths.mjs'
import { playwrightCounts, vitestCounts } from './test/counts.mjs'
import { runEach, runTool } from './test/tools.mjs'
import { openVirtualDisplay } from './virtual-display.mjs'

/** @typedef {{ passed: number, failed: number }} Counts */

const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'backprop-studio-test-'))

/** @type {Record<string, () => Promise<Counts>>} */
const phases = {
  typecheck: () =>
    asOne(
      runEach([
        ...['engine', 'node', 'electron', 'renderer-tests', 'scripts'].map((name) => ({
          title: `tsc -p tsconfig.${name}.json`,
          args: [...program('typescript', 'tsc'), '--noEmit', '-p', `tsconfig.${name}.json`]
        })),
        {
          title: 'svelte-check',
          args: [...program('svelte-check'), '--tsconfig', './tsconfig.renderer.json', '--fail-on-warnings']
        }
      ])
    ),
  lint: () =>
    asOne(
      runEach([
        { title: 'eslint', args: [...program('eslint'), '.', '--max-warnings', '0'] },
        { title: 'prettier', args: [...program('prettier'), '--check', '--log-level', 'warn', '.'] }
      ])
    ),
  unit: async () => {
    const report = path.join(reports, 'unit.json')
    const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const ok = await runTool([...program('vitest'), 'run', ...options])
    return vitestCounts(report, ok)
  },
  build: () => asOne(runTool([...program('electron-vite'), 'build', '--logLevel', 'warn'])),
  e2e: async () => {
    const report = path.join(reports, 'e2e.json')
    const display = await openVirtualDisplay()
    const close = () => display?.close()
    process.once('exit', close)
    try {
      const reporter = process.stdout.isTTY ? 'line,json' : 'list,json'
      const ok = await runTool([...program('@playwright/test', 'playwright'), 'test', `--reporter=${reporter}`], {
        PLAYWRIGHT_JSON_OUTPUT_FILE: report,
        ...(display === null ? {} : { DISPLAY: display.display, WAYLAND_DISPLAY: '' })
      })
      return playwrightCounts(report, ok)
    } finally {
      close()
      process.off('exit', close)
    }
  }
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => process.exit(130))
}
process.chdir(root)
const total = { passed: 0, failed: 0 }
try {
  for (const [name, run] of chosenPhases()) {
    console.log(`\n── ${name} ──`)
    const { passed, failed } = await run()
    total.passed += passed
    total.failed += failed
    if (failed > 0) console.log(`── ${name} FAILED ──`)
  }
} finally {
  fs.rmSync(reports, { recursive: true, force: true })
}
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0

function chosenPhases() {
  const names = process.argv.slice(2)
  const unknown = names.find((name) => !Object.hasOwn(phases, name))
  if (unknown !== undefined) throw new Error(`no phase "${unknown}"; there are ${Object.keys(phases).join(', ')}`)
  return Object.entries(phases).filter(([name]) => names.length === 0 || names.includes(name))
}

/**
 * @param {Promise<boolean>} success
 * @returns {Promise<Counts>}
 */
async function asOne(success) {
  return (await success) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}
