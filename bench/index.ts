/**
 * `npm run bench`: microseconds per training step of the studio.
 *
 *   npm run bench                            all workloads, as a table
 *   npm run bench -- mid big                 some
 *   npm run --silent bench -- --json [name …]  one object a line: {"workload","threads","microsecondsPerStep"}
 *   npm run bench -- --peers                 beside every peer that is installed, in turns, with ratios; kept in
 *                                            bench/results.json with the machine
 *
 * Machines are shared and noisy: a timing is repeated, everybody taking turns, and the best of each counts.
 */
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { providedKernels } from '../src/engine/executors/wasm/kernels'
import { loadKernels } from '../src/project'
import { StudioSteps } from './studio'
import { TorchSteps } from './torch'
import { matrixFlops, workloads, type Workload } from './workloads'

const ROUNDS = 7
const THREADS = 1

interface Result {
  readonly workload: string
  readonly threads: number
  readonly microsecondsPerStep: number
  /** Of the matrix products alone, over the time of the whole step. */
  readonly gigaflopsPerSecond: number
  readonly peers: readonly { readonly name: string; readonly microsecondsPerStep: number; readonly ratio: number }[]
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, peers: { type: 'boolean', default: false } },
  allowPositionals: true
})
const unknown = positionals.find((name) => !workloads.some((workload) => workload.name === name))
if (unknown !== undefined)
  throw new Error(`There is no workload "${unknown}"; there are ${workloads.map(({ name }) => name).join(', ')}.`)
const chosen = workloads.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

loadKernels(fileURLToPath(new URL('../resources/kernels', import.meta.url)))
const peers = values.peers ? await startPeers() : []
const results: Result[] = []
try {
  for (const workload of chosen) {
    const result = await measure(workload)
    results.push(result)
    report(result)
  }
} finally {
  peers.forEach((peer) => peer.close())
}
if (values.peers && positionals.length === 0) keep()

async function startPeers(): Promise<TorchSteps[]> {
  const counts = [...new Set([1, os.availableParallelism()])]
  const started = await Promise.all(counts.map((threads) => TorchSteps.start(threads)))
  const found = started.filter((peer) => peer !== null)
  if (found.length === 0) console.error('no peer is installed (apt-get install python3-torch libopenblas0)')
  return found
}

async function measure(workload: Workload): Promise<Result> {
  const studio = new StudioSteps(workload)
  let best = Infinity
  const bestOf = new Map(peers.map((peer) => [peer, Infinity]))
  for (let round = 0; round < ROUNDS; round++) {
    best = Math.min(best, studio.time(workload.steps))
    for (const peer of peers) {
      // A peer with a slower step needs fewer of them for a timing as long.
      const steps = Math.max(3, Math.ceil(workload.steps / workload.peerFactor))
      bestOf.set(peer, Math.min(bestOf.get(peer) ?? Infinity, await peer.time({ ...workload, steps })))
    }
  }
  return {
    workload: workload.name,
    threads: THREADS,
    microsecondsPerStep: rounded(best),
    gigaflopsPerSecond: rounded(matrixFlops(workload) / best / 1000),
    peers: [...bestOf].map(([{ name }, time]) => ({
      name,
      microsecondsPerStep: rounded(time),
      ratio: rounded(time / best)
    }))
  }
}

function report({ workload, threads, microsecondsPerStep, gigaflopsPerSecond, peers: others }: Result): void {
  if (values.json) {
    console.log(JSON.stringify({ workload, threads, microsecondsPerStep }))
    return
  }
  const own = `${workload.padEnd(6)} ${String(microsecondsPerStep).padStart(9)} µs a step  ${gigaflopsPerSecond} GFLOP/s`
  const ratios = others.map(({ name, microsecondsPerStep: time, ratio }) => `${name}: ${time} µs (×${ratio})`)
  console.log([own, ...ratios].join('   '))
}

/** Three significant digits: more is noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

function keep(): void {
  const [cpu] = os.cpus()
  const machine = {
    cpu: cpu?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.arch()}`,
    node: process.version,
    kernels: providedKernels()?.build
  }
  const file = fileURLToPath(new URL('./results.json', import.meta.url))
  writeFileSync(file, `${JSON.stringify({ machine, rounds: ROUNDS, results }, null, 2)}\n`)
}
