/**
 * `npm run bench:streaming`: what it costs to watch a training and to keep it. The same training twice, in turns: pulled by a loop
 * that does nothing else, and as the studio runs it (a window that reads every live message on another thread, the
 * recorder that writes each step, snapshots and checkpoints, the looks at the layers). bench/README.md tells more.
 *
 *   npm run bench:streaming                    small, mid and cnn; kept in bench/streaming.json with the machine
 *   npm run bench:streaming -- small           some, kept nowhere
 *   npm run bench:streaming -- small --without recorder   without one part of it: port, recorder or watch
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { MessageChannel, Worker } from 'node:worker_threads'
import { readTable, suggestSetup, type Table } from '../src/data'
import { RandomStream } from '../src/engine'
import { beginRun, loadKernels, openExperiment, type Experiment } from '../src/project'
import type { Setup } from '../src/shared/setup'
import { ActiveRun } from '../src/trainer/activeRun'
import { LiveStream, type LivePort } from '../src/trainer/liveStream'
import { Pathless } from '../src/trainer/pathless'
import { machine } from './machine'
import { rounded } from './report'
import { hiddenLayers } from './studio'
import { inputSize, workloads, type Workload } from './workloads'

/** Rows of the data; a fifth of them judges the network after each epoch. */
const ROWS = 4096
/** The beginning of a run, where nothing is spared. */
const FIRST_MS = 2000
const FIRST_TURNS = 5
/** A run is measured once it has been trained for so long: what is done beside it has found its pace. */
const STEADY_MS = 5000
const TURNS = 10
const TURN_MS = 1000
/** So often that every measurement has some; the studio writes them every 20 s. */
const CHECKPOINT_MS = 3000
/** Between two turns, for what the one before has begun. */
const QUIET_MS = 50
/** Until the baselines, once worked out, are compared with the run. */
const COMPARED_MS = 500
/** Longest wait until what goes on beside a young run has ended. */
const SETTLE_MS = 60_000
const measured = ['small', 'mid', 'cnn']
const parts = ['port', 'recorder', 'watch']

const { values, positionals } = parseArgs({
  options: { without: { type: 'string', multiple: true, default: [] } },
  allowPositionals: true
})
const unknown = [...positionals, ...values.without].find((name) => ![...measured, ...parts].includes(name))
if (unknown !== undefined) {
  console.error(`There is no "${unknown}"; there are ${measured.join(', ')}, and --without ${parts.join(', ')}.`)
  process.exit(1)
}
loadKernels(fileURLToPath(new URL('../resources/kernels', import.meta.url)))

const folder = mkdtempSync(join(tmpdir(), 'studio-bench-'))
try {
  const chosen = workloads.filter(({ name }) => (positionals.length === 0 ? measured : positionals).includes(name))
  const results = []
  for (const workload of chosen) {
    const result = await measure(workload)
    results.push(result)
    for (const [when, each] of [
      ['first 2 s', result.first],
      ['later', result.steady]
    ] as const) {
      console.log(
        `${workload.name.padEnd(6)} ${when.padEnd(10)} ${each.bareMicroseconds} µs a step alone, ${each.studioMicroseconds} µs in the studio: ×${each.ratio.toFixed(3)}, median ×${each.medianRatio.toFixed(3)}, processor ×${each.cpuRatio.toFixed(3)}`
      )
    }
  }
  if (positionals.length === 0 && values.without.length === 0) {
    const file = fileURLToPath(new URL('./streaming.json', import.meta.url))
    const how = {
      ...{ rows: ROWS, firstMs: FIRST_MS, firstTurns: FIRST_TURNS, steadyAfterMs: STEADY_MS },
      ...{ turns: TURNS, turnMs: TURN_MS, checkpointMs: CHECKPOINT_MS }
    }
    writeFileSync(file, `${JSON.stringify({ machine: machine(), ...how, results }, null, 2)}\n`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(workload: Workload) {
  const table = await readTable(await dataFile(workload))
  const setup: Setup = {
    ...suggestSetup(table, 'y'),
    layers: hiddenLayers(workload).map((layer) => ({
      ...layer,
      inputs: [...layer.inputs],
      config: { ...layer.config }
    })),
    optimizer: { type: workload.optimizer, config: { learningRate: 1e-4 } },
    batchSize: workload.batchSize,
    epochs: 1_000_000
  }
  // Compiled by runs that are not counted.
  await firstPair(workload, table, setup)
  const first: Pair[] = []
  for (let turn = 0; turn < FIRST_TURNS; turn++) first.push(await firstPair(workload, table, setup))
  const bare = await bareRun(table, setup)
  const studio = await studioRun(workload, table, setup)
  try {
    await bare.time(STEADY_MS)
    await studio.time(STEADY_MS)
    const steady: Pair[] = []
    for (let turn = 0; turn < TURNS; turn++) {
      steady.push(
        await inTurn(
          turn,
          () => bare.time(TURN_MS),
          () => studio.time(TURN_MS)
        )
      )
    }
    return {
      ...{ workload: workload.name, threads: bare.threads, messages: studio.messages() },
      ...{ first: compared(first), steady: compared(steady) }
    }
  } finally {
    await bare.close()
    await studio.close()
  }
}

/** What a turn took. */
interface Turn {
  readonly steps: number
  readonly ms: number
  /** Of all threads of the process, with what was still being done when the turn was over. */
  readonly cpuMs: number
}

interface Pair {
  readonly bare: Turn
  readonly studio: Turn
}

/** Who goes first takes turns too: whatever drifts disturbs both alike. */
async function inTurn(turn: number, bare: () => Promise<Turn>, studio: () => Promise<Turn>): Promise<Pair> {
  if (turn % 2 === 0) return { bare: await bare(), studio: await studio() }
  const watched = await studio()
  return { bare: await bare(), studio: watched }
}

function compared(pairs: readonly Pair[]) {
  const perStep = ({ ms, steps }: Turn) => (1000 * ms) / steps
  // The best of each: whatever else the machine does makes times longer.
  const bare = Math.min(...pairs.map((pair) => perStep(pair.bare)))
  const studio = Math.min(...pairs.map((pair) => perStep(pair.studio)))
  const ratios = pairs.map((pair) => perStep(pair.studio) / perStep(pair.bare)).sort((one, other) => one - other)
  const middle = (ratios.length - 1) / 2
  const median = ((ratios[Math.floor(middle)] ?? NaN) + (ratios[Math.ceil(middle)] ?? NaN)) / 2
  const sumOf = (number: (pair: Pair) => number) => pairs.reduce((sum, pair) => sum + number(pair), 0)
  const cpuBare = sumOf((pair) => pair.bare.cpuMs) / sumOf((pair) => pair.bare.steps)
  const cpuStudio = sumOf((pair) => pair.studio.cpuMs) / sumOf((pair) => pair.studio.steps)
  return {
    bareMicroseconds: rounded(bare),
    studioMicroseconds: rounded(studio),
    ratio: thousandths(studio / bare),
    medianRatio: thousandths(median),
    cpuRatio: thousandths(cpuStudio / cpuBare)
  }
}

function thousandths(ratio: number): number {
  return Math.round(1000 * ratio) / 1000
}

/** The beginning of two runs. */
async function firstPair(workload: Workload, table: Table, setup: Setup): Promise<Pair> {
  const bare = await bareRun(table, setup)
  const own = await bare.time(FIRST_MS)
  await bare.close()
  const studio = await studioRun(workload, table, setup)
  const watched = await studio.time(FIRST_MS)
  await studio.close()
  return { bare: own, studio: watched }
}

/** Times what `work` does, in steps of the experiment. */
async function timed(experiment: Experiment, work: () => Promise<void>): Promise<Turn> {
  // What was begun before must not be going on.
  await setTimeout(QUIET_MS)
  const [cpu, start, first] = [process.cpuUsage(), performance.now(), experiment.steps]
  await work()
  const [ms, steps] = [performance.now() - start, experiment.steps - first]
  await setTimeout(QUIET_MS)
  const { user, system } = process.cpuUsage(cpu)
  return { steps, ms, cpuMs: (user + system) / 1000 }
}

/** A run after its first epoch. */
async function bareRun(table: Table, setup: Setup) {
  const experiment = openExperiment(table, setup)
  const events = experiment.training.events(undefined, { stepsAhead: Infinity })
  const pull = async (until: () => boolean) => {
    while (!until()) {
      await events.next()
      experiment.training.tellAhead()
    }
  }
  await pull(() => experiment.epochs.length > 0)
  return {
    threads: experiment.training.executor.threads,
    time(ms: number): Promise<Turn> {
      return timed(experiment, () => {
        const end = performance.now() + ms
        return pull(() => performance.now() >= end)
      })
    },
    async close(): Promise<void> {
      await events.return()
      experiment.training.close()
    }
  }
}

/** A run after its first epoch. */
async function studioRun(workload: Workload, table: Table, setup: Setup) {
  const without = (part: string) => values.without.includes(part)
  const live = new LiveStream()
  const window = reader(live)
  if (!without('port')) {
    live.connect(window.port, {
      dataset: null,
      setup: null,
      run: null,
      crossValidation: null,
      rateTest: null,
      depthExperiment: null,
      lossLab: null,
      gradientCheck: null
    })
  }
  const experiment = openExperiment(table, setup, { watch: without('watch') ? false : performance })
  const about = { paths: [], title: workload.name, checkpointEvery: CHECKPOINT_MS }
  const recorder = without('recorder') ? null : await beginRun(join(folder, experiment.id), experiment, about)
  const run = new ActiveRun(
    {
      live,
      runsFolder: folder,
      pathless: new Pathless([folder]),
      tellKept: () => undefined,
      followed: () => undefined,
      hurry: new AbortController().signal
    },
    { table, paths: [], testLooks: 0 },
    experiment,
    recorder,
    {
      ...{ title: workload.name, startedAt: new Date().toISOString(), parent: null, repeats: null },
      ...{ changes: [], toCome: [], notices: [], past: null, inherited: null, problem: null }
    }
  )
  // What is worked out once, beside a young run, is no part of the streaming: the baselines begin with the first epoch.
  await run.controller.singleEpoch()
  await run.controller.atRest()
  const patience = performance.now() + SETTLE_MS
  do await setTimeout(50)
  while (run.facts.baselines.working && performance.now() < patience)
  // They are compared with the run right after that.
  await setTimeout(COMPARED_MS)
  // Nobody presses pause between two turns: it is held still.
  let goOn: () => void = () => undefined
  const hold = () =>
    new Promise<void>((isStill) => {
      void run.controller.between(() => {
        isStill()
        return new Promise<void>((resolve) => (goOn = resolve))
      })
    })
  await hold()
  run.controller.resume()
  return {
    time(ms: number): Promise<Turn> {
      return timed(experiment, async () => {
        goOn()
        await setTimeout(ms)
        await hold()
      })
    },
    messages: window.count,
    async close(): Promise<void> {
      goOn()
      await run.release()
      await window.close()
    }
  }
}

/** A window: another thread that takes every message apart and answers. */
function reader(live: LiveStream) {
  const { port1, port2 } = new MessageChannel()
  const code = `
    const { workerData: port } = require('node:worker_threads')
    port.on('message', ({ seq }) => port.postMessage({ ack: seq }))`
  const worker = new Worker(code, { eval: true, workerData: port2, transferList: [port2] })
  let count = 0
  const port: LivePort = {
    postMessage: (message) => {
      count += 1
      port1.postMessage(message)
    },
    close: () => port1.close()
  }
  port1.on('message', () => live.acknowledge(port))
  return {
    port,
    count: () => count,
    close: async () => {
      port1.close()
      await worker.terminate()
    }
  }
}

/** Random numbers and classes: how fast a step is does not hang on what there is to learn. */
async function dataFile(workload: Workload): Promise<string> {
  const random = new RandomStream(1, 'bench-streaming', 0)
  const features = inputSize(workload)
  const classes = workload.sizes.at(-1) ?? 2
  const names = Array.from({ length: features }, (_, i) => `x${i + 1}`)
  const rows = Array.from({ length: ROWS }, (_, row) =>
    [...names.map(() => random.normal().toFixed(3)), `class ${row % classes}`].join(',')
  )
  const path = join(folder, `${workload.name}.csv`)
  await writeFile(path, [[...names, 'y'].join(','), ...rows].join('\n'))
  return path
}
