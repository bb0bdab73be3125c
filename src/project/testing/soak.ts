/** A run that is killed again and again until it is done must be the one that was never interrupted. */
import { spawn } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Table } from '../../data'
import type { Setup } from '../../shared/setup'
import { loadRun } from '../load-run'
import { readCurves } from '../run-curves'
import { madeSetup, madeTable } from './tables'

export function soakTable(): Table {
  return madeTable('multi-class', 240)
}

/** Everything that a checkpoint must bring back has a part in it: momentum, a schedule, early stopping, dropout, noise. */
export function soakSetup(epochs: number): Setup {
  const base = madeSetup('multi-class', 'cross-entropy')
  const [first, ...others] = base.layers
  const dropout = { name: 'dropout', type: 'dropout', inputs: [], config: { rate: 0.2 } }
  return {
    ...base,
    layers: [...(first === undefined ? [] : [first, dropout]), ...others],
    optimizer: { type: 'adam', config: { learningRate: 0.003 } },
    schedule: { type: 'cosine', config: {} },
    earlyStopping: { patience: epochs, restoreBest: true },
    batchSize: 7,
    epochs
  }
}

/** Starts the run in a process of its own. */
export function startWorker(folder: string, kernels: string, epochs: number) {
  const script = join(import.meta.dirname, 'soak-worker.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, kernels, String(epochs)], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let errors = ''
  let told = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const begun = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString()
      resolve()
    })
  })
  const ended = new Promise<{ code: number | null; finished: boolean; errors: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, finished: told.includes('finished'), errors }))
  )
  return { child, begun: Promise.race([begun, ended]), ended }
}

/** What two runs that should be the same are told apart by. */
export interface Outcome {
  readonly weightsSha256: string
  readonly curvesSha256: string
  readonly steps: number
  readonly epochs: number
}

/** All but times. */
export async function outcomeOf(folder: string): Promise<Outcome> {
  const { record } = await loadRun(folder)
  const { epochs, steps } = await readCurves(folder, 10_000_000)
  const told = {
    // How far the last step moved the weights is not known right after a resumption.
    epochs: epochs.map(({ elapsedMs: _elapsed, layers, ...epoch }) => ({
      ...epoch,
      layers: layers?.map(({ weights, ...layer }) => ({ ...layer, weights: weights && { ...weights, updateRatio: 0 } }))
    })),
    steps: { ...steps, elapsedMs: [] }
  }
  const weights = await readFile(join(folder, 'weights.safetensors'))
  return {
    weightsSha256: createHash('sha256').update(weights).digest('hex'),
    curvesSha256: createHash('sha256').update(JSON.stringify(told)).digest('hex'),
    steps: record.steps,
    epochs: epochs.length
  }
}

export interface Soaked {
  readonly kills: number
  readonly starts: number
  readonly expected: Outcome
  readonly outcome: Outcome
}

/**
 * Trains a run without interruption, and one that is killed so many times, at moments drawn from `random`.
 * @param random numbers from 0 to 1
 * @throws Error when a process ends otherwise than by being killed or having finished
 */
export async function soak(
  { folder, kernels, epochs }: { readonly folder: string; readonly kernels: string; readonly epochs: number },
  wanted: number,
  random: () => number,
  told: (kills: number) => void = () => undefined
): Promise<Soaked> {
  const whole = join(folder, 'whole')
  const start = performance.now()
  const alone = startWorker(whole, kernels, epochs)
  await alone.begun
  const trainingStart = performance.now()
  const first = await alone.ended
  if (!first.finished) throw new Error(`The uninterrupted run failed: ${first.errors}`)
  const startMs = trainingStart - start
  const trainingMs = performance.now() - trainingStart
  const killed = join(folder, 'killed')
  let [kills, starts] = [0, 0]
  for (;;) {
    const worker = startWorker(killed, kernels, epochs)
    starts++
    // Mostly while it trains, so that the kills are spent about when the run is done; sometimes while it starts.
    let timer: NodeJS.Timeout | null = null
    const kill = () => worker.child.kill('SIGKILL')
    if (kills < wanted) {
      if (random() < 0.1) timer = setTimeout(kill, startMs * random())
      else void worker.begun.then(() => (timer = setTimeout(kill, (1.6 * trainingMs * random()) / wanted)))
    }
    const { finished, code, errors } = await worker.ended
    if (timer !== null) clearTimeout(timer)
    if (finished && (await exists(join(killed, 'run.json')))) break
    if (code !== null) throw new Error(`The process ended with ${String(code)} after ${kills} kills: ${errors}`)
    told(++kills)
  }
  return { kills, starts, expected: await outcomeOf(whole), outcome: await outcomeOf(killed) }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false
  )
}
