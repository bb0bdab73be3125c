/**
 * `npm run bench:import`: how long it takes until a large CSV file is ready to train. bench/README.md tells what is measured.
 *
 *   npm run bench:import                      1,000,000 rows of 20 columns
 *   npm run bench:import -- --rows 100000     so many
 *   npm run bench:import -- --file data.csv   a file of your own; --target names its target
 *   npm run --silent bench:import -- --json   one object
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepare, readTable, suggestSetup } from '../src/data'
import { RandomStream } from '../src/engine/random/stream'
import { Cancelled } from '../src/shared/errors'

/** How many imports are cancelled, each at another moment. */
const CANCELS = 8
const NUMBERS = 15

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    file: { type: 'string' },
    target: { type: 'string', default: 'y' },
    json: { type: 'boolean', default: false }
  }
})

const folder = mkdtempSync(join(tmpdir(), 'studio-bench-'))
try {
  const path = values.file ?? join(folder, 'import.csv')
  if (values.file === undefined) await makeFile(path, Number(values.rows))
  const result = await measure(path, values.target)
  const cancelMs = await worstCancel(path, result.importSeconds)
  print({ ...result, cancelMs })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Whole and decimal numbers, some missing; a counter, two columns of categories, one of dates, and the target `y`. */
async function makeFile(path: string, rows: number): Promise<void> {
  const random = new RandomStream(1, 'bench-import', 0)
  const below = (limit: number): number => Math.floor(random.uniform() * limit)
  const file = await open(path, 'w')
  const names = Array.from({ length: NUMBERS }, (_, index) => `x${index + 1}`)
  let part = `id,day,city,colour,${names.join(',')},y\n`
  for (let row = 0; row < rows; row++) {
    const numbers = names.map((_, index) => {
      if (below(50) === 0) return index % 2 === 0 ? '' : 'NA'
      if (index % 3 === 0) return String(below(10_000))
      return index % 3 === 1 ? (random.uniform() * 1000 - 500).toFixed(3) : (random.uniform() * 10).toFixed(5)
    })
    const day = new Date(Date.UTC(2000, 0, 1 + below(9000))).toISOString().slice(0, 10)
    const colour = ['red', 'green', 'blue'][below(3)] ?? ''
    part += `${row},${day},city ${below(12)},${colour},${numbers.join(',')},${(random.uniform() * 3).toFixed(4)}\n`
    if (part.length < 2 ** 20 && row < rows - 1) continue
    await file.write(part)
    part = ''
  }
  await file.close()
}

async function measure(path: string, target: string) {
  const start = performance.now()
  // The profile is part of reading: what is worth saying about a column follows from it.
  const table = await readTable(path)
  const imported = performance.now()
  const importBytes = peakBytes()
  const prepared = prepare(table, suggestSetup(table, target))
  const end = performance.now()
  return {
    bytes: statSync(path).size,
    rows: table.rows,
    columns: table.columns.length,
    inputs: prepared.training.features.shape[1] ?? 0,
    importSeconds: (imported - start) / 1000,
    prepareSeconds: (end - imported) / 1000,
    rowsPerSecond: Math.round(table.rows / ((imported - start) / 1000)),
    importBytes,
    peakBytes: peakBytes()
  }
}

/** The longest time in milliseconds from the moment an import was to be cancelled to its end. */
async function worstCancel(path: string, seconds: number): Promise<number> {
  let worst = 0
  for (let k = 0; k < CANCELS; k++) {
    const controller = new AbortController()
    const delay = ((k + 0.5) / CANCELS) * seconds * 1000
    // A timer is late while the process is busy, which is a part of the delay that a person feels.
    const planned = performance.now() + delay
    const timer = setTimeout(() => controller.abort(), delay)
    const thrown: unknown = await readTable(path, { signal: controller.signal }).catch((error: unknown) => error)
    clearTimeout(timer)
    if (thrown instanceof Cancelled) worst = Math.max(worst, performance.now() - planned)
  }
  return worst
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024
}

function print(result: Awaited<ReturnType<typeof measure>> & { cancelMs: number }): void {
  if (values.json) {
    console.log(JSON.stringify(result))
    return
  }
  const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`
  const { importSeconds, prepareSeconds } = result
  console.log(`file       ${result.rows} rows of ${result.columns} columns, ${megabytes(result.bytes)}`)
  console.log(
    `import     ${importSeconds.toFixed(2)} s with the profile, ${result.rowsPerSecond} rows/s; peak memory ${megabytes(result.importBytes)}`
  )
  console.log(`prepare    ${prepareSeconds.toFixed(2)} s, ${result.inputs} inputs`)
  console.log(`together   ${(importSeconds + prepareSeconds).toFixed(2)} s; peak memory ${megabytes(result.peakBytes)}`)
  console.log(`cancel     ${Math.round(result.cancelMs)} ms at most, of ${CANCELS} imports cancelled on their way`)
}
