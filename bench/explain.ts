/**
 * `npx tsx bench/explain.ts`: how long the microscope takes to open on a run, and to answer what is asked of it.
 *
 *   npx tsx bench/explain.ts              784-128-10, with 10,000 rows, of which 8,000 are trained on
 *   npx tsx bench/explain.ts 60000        with so many rows
 */
import { fileURLToPath } from 'node:url'
import { suggestSetup, type Column, type Table } from '../src/data'
import { explainedWeight, Microscope, RandomStream, unitLines } from '../src/engine'
import { microscopeView, openExperiment, subjectOf, type Experiment } from '../src/project'
import { epochCheck } from '../src/project/explain/gradient-check'
import { loadKernels } from '../src/project/kernels'
import type { MicroscopeRows } from '../src/shared/explain-views'

const SIDE = 28
const CLASSES = 10
const RUNS = 9

const [rows = '10000'] = process.argv.slice(2)
loadKernels(fileURLToPath(new URL('../resources/kernels', import.meta.url)))
for (const [what, features] of [
  ['columns of numbers', numberColumns(Number(rows))],
  ['images', [imageColumn(Number(rows))]]
] as const) {
  const table = tableOf(Number(rows), features)
  const experiment = await steppedExperiment(table)
  for (const [on, choice] of [
    ['a row', { kind: 'row', row: 7 }],
    ['a batch of 32', { kind: 'batch', shown: 3 }]
  ] as const) {
    console.log(`${rows} rows of ${what}, on ${on}`)
    measure(experiment, table, choice)
  }
  for (const samples of [50, 1000]) await measureCheck(experiment, samples)
  experiment.training.close()
}

function measure(experiment: Experiment, table: Table, on: MicroscopeRows): void {
  const { preparation } = experiment.prepared
  const shown = on.kind === 'row' ? 0 : on.shown
  const state = experiment.state()
  const open = () => {
    const { subject, rows: shownRows } = subjectOf(experiment, table, state, on)
    const microscope = new Microscope(subject)
    const place = { id: 1, epoch: 0, kind: on.kind, rows: shownRows, shown, remembers: true }
    microscopeView(microscope, preparation, table, { ...place, of: { kind: 'view', runId: '', title: '' } })
    return microscope
  }
  const [first, ...later] = timed(open, RUNS)
  report('opening, at first', first ?? NaN)
  report('opening, then', median(later))
  report('  of it: the state', median(timed(() => experiment.state(), RUNS)))
  report('  of it: the frozen step and its rows', median(timed(() => subjectOf(experiment, table, state, on), RUNS)))
  const { subject } = subjectOf(experiment, table, state, on)
  report('  of it: the step itself', median(timed(() => new Microscope(subject), RUNS)))
  const microscope = open()
  report('a unit of dense1', median(timed(() => unitLines(microscope, shown, 'dense1', 5), RUNS)))
  const weight = () => explainedWeight(microscope, shown, 'dense1.weight', 784 * 5 + 300)
  report('a weight, with its differences and paths', median(timed(weight, RUNS)))
  report('all numbers of a parameter', median(timed(() => microscope.parameter('dense1.weight'), RUNS)))
}

/** As it is made after an epoch; training waits for it. */
async function measureCheck(experiment: Experiment, samples: number): Promise<void> {
  const times: number[] = []
  let checked = 0
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now()
    const check = await epochCheck({ ...experiment.trainOptions, from: experiment.state() }, samples)
    times.push(performance.now() - start)
    checked = check?.checked ?? 0
  }
  report(`a gradient check of ${samples} numbers after an epoch, ${checked} of them in time`, median(times))
}

function report(what: string, milliseconds: number): void {
  console.log(`  ${what}: ${milliseconds.toFixed(1)} ms`)
}

/** Milliseconds of each run. */
function timed(work: () => unknown, runs: number): number[] {
  return Array.from({ length: runs }, () => {
    const start = performance.now()
    work()
    return performance.now() - start
  })
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? NaN
}

/** 128 hidden units and Adam, some steps on. */
async function steppedExperiment(table: Table): Promise<Experiment> {
  const suggested = suggestSetup(table, 'label')
  const dense = { name: 'dense1', type: 'dense', inputs: [], config: { units: 128, activation: 'relu' } }
  const flatten = { name: 'flatten', type: 'flatten', inputs: [], config: {} }
  const isImage = table.columns.some(({ type }) => type === 'image')
  const experiment = openExperiment(table, {
    ...suggested,
    ...{ layers: isImage ? [flatten, dense] : [dense], batchSize: 32, optimizer: { type: 'adam', config: {} } }
  })
  let steps = 0
  for await (const { type } of experiment.training.events()) if (type === 'step' && ++steps === 20) break
  return experiment
}

/** Grey pixels, most of them black. */
function pixelsOf(count: number): Uint8Array {
  const random = new RandomStream(1, 'pixels')
  return new Uint8Array(count).map(() => (random.uniform() < 0.8 ? 0 : random.below(256)))
}

function numberColumns(count: number): Column[] {
  const pixels = pixelsOf(count * SIDE * SIDE)
  return Array.from({ length: SIDE * SIDE }, (_, i) => ({
    type: 'number',
    name: `pixel${i + 1}`,
    values: Float64Array.from({ length: count }, (_, row) => pixels[row * SIDE * SIDE + i] ?? NaN)
  }))
}

function imageColumn(count: number): Column {
  return { type: 'image', name: 'image', width: SIDE, height: SIDE, channels: 1, pixels: pixelsOf(count * SIDE * SIDE) }
}

function tableOf(count: number, features: readonly Column[]): Table {
  const label: Column = {
    type: 'category',
    name: 'label',
    codes: Int32Array.from({ length: count }, (_, row) => row % CLASSES),
    categories: Array.from({ length: CLASSES }, (_, k) => String(k))
  }
  return {
    ...{ fileName: 'made.csv', sha256: '0'.repeat(64), rows: count, columns: [...features, label] },
    ...{ duplicateNames: [], notices: [], format: { kind: 'memory' }, skipped: { count: 0, rows: [] } }
  }
}
