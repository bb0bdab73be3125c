/**
 * `npm run bench`: microseconds per training step of the studio. bench/README.md tells what is measured and how.
 *
 *   npm run bench                            all workloads, as text
 *   npm run bench -- mid big                 some
 *   npm run --silent bench -- --json [name …]  one object a line: {"workload","threads","microsecondsPerStep"}
 *   npm run bench -- --peers                 beside every peer that is installed, in turns, with ratios; kept in
 *                                            bench/results.json with the machine when all workloads were timed
 *   npm run bench -- --threads 1             on so many threads; as many as are worth it unless told
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadKernels } from '../src/project'
import { machine } from './machine'
import { startPeers } from './peers'
import { describeResult, peerResult, rounded, summaryTable, type Result } from './report'
import { StudioSteps } from './studio'
import { takeTurns } from './timing'
import { matrixFlops, workloads, type Workload } from './workloads'

const ROUNDS = 7

const { values, positionals } = readArguments()
const unknown = positionals.find((name) => !workloads.some((workload) => workload.name === name))
if (unknown !== undefined) {
  fail(`There is no workload "${unknown}"; there are ${workloads.map(({ name }) => name).join(', ')}.`)
}
if (!/^\d{1,2}$/.test(values.threads)) fail(`--threads takes a number, 0 for automatic; this is "${values.threads}".`)
const chosen = workloads.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

loadKernels(fileURLToPath(new URL('../resources/kernels', import.meta.url)))
const peers = values.peers ? await startPeers() : []
const results: Result[] = []
try {
  for (const workload of chosen) {
    const result = await measure(workload)
    results.push(result)
    const { threads, microsecondsPerStep } = result
    const line = { workload: workload.name, threads, microsecondsPerStep }
    console.log(values.json ? JSON.stringify(line) : describeResult(result))
  }
} finally {
  peers.forEach((peer) => peer.close())
}
if (values.peers && !values.json) console.log(`\n${summaryTable(results)}`)
if (values.peers && positionals.length === 0) keep()

function readArguments() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        peers: { type: 'boolean', default: false },
        threads: { type: 'string', default: '0' }
      },
      allowPositionals: true
    })
  } catch (error) {
    // What is not about the arguments is a bug and keeps its stack.
    if (!(error instanceof TypeError)) throw error
    const problem = error.message.split('. ')[0] ?? ''
    return fail(`${problem}; there are --json, --peers and --threads <number>, and names of workloads.`)
  }
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

async function measure(workload: Workload): Promise<Result> {
  const studio = new StudioSteps(workload, Number(values.threads))
  try {
    const [own, ...others] = await takeTurns(
      [
        { time: (steps) => Promise.resolve({ microsecondsPerStep: studio.time(steps) }) },
        ...peers.map((peer) => ({ time: (steps: number) => peer.time(workload, steps) }))
      ],
      ROUNDS
    )
    if (own === undefined || 'unsupported' in own) throw new Error(`the studio was not timed at "${workload.name}"`)
    const { microsecondsPerStep } = own
    return {
      workload: workload.name,
      threads: studio.threads,
      microsecondsPerStep: rounded(microsecondsPerStep),
      gigaflopsPerSecond: rounded(matrixFlops(workload) / microsecondsPerStep / 1000),
      peers: peers.flatMap(({ name, version, threads }, i) => {
        const timing = others[i]
        return timing === undefined ? [] : [peerResult({ name, version, threads, timing }, microsecondsPerStep)]
      })
    }
  } finally {
    studio.close()
  }
}

function keep(): void {
  const file = fileURLToPath(new URL('./results.json', import.meta.url))
  writeFileSync(file, `${JSON.stringify({ machine: machine(), rounds: ROUNDS, results }, null, 2)}\n`)
}
