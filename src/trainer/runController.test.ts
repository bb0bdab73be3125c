import { describe, expect, it, vi } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { losableThreads, workerThreads } from '../../tests/threads'
import {
  compileModel,
  createTraining,
  modelSpecOf,
  provideKernels,
  provideThreads,
  type Training,
  type TrainOptions
} from '../engine'
import { RunController, type RunListener } from './runController'

provideKernels(kernelBytes)

const EPOCHS = 100_000

function training(changes: Partial<TrainOptions> = {}): Training {
  const rows = 40
  const samples = {
    features: { shape: [rows, 2], data: new Float64Array(rows * 2).map((_, i) => Math.sin(i * i)) },
    targets: { shape: [rows, 1], data: new Float64Array(rows).map((_, row) => row % 2) }
  }
  return createTraining({
    model: compileModel(modelSpecOf([], 2, 'binary', 'log', 2)),
    task: 'binary',
    answers: 2,
    loss: 'log',
    optimizer: { type: 'adam', config: {} },
    batchSize: 3,
    epochs: EPOCHS,
    seed: 1,
    training: samples,
    validation: samples,
    ...changes
  })
}

const nothing = () => undefined
const listener: RunListener = {
  stepped: nothing,
  epochEnded: nothing,
  settled: nothing,
  statusChanged: nothing,
  executorChanged: nothing
}

function controllerOf(
  run: Training,
  epochs = EPOCHS,
  told: Partial<RunListener> = {},
  now?: () => number
): RunController {
  const trained = { training: run, plannedEpochs: epochs, rows: 40, leastEpochsLeft: null, mostStepsAhead: Infinity }
  return new RunController(trained, { ...listener, ...told }, null, now)
}

/** The parameters after so many steps, each taken alone. */
async function after(steps: number): Promise<unknown> {
  const single = training()
  let taken = 0
  for await (const event of single.events()) if (event.type === 'step' && ++taken === steps) break
  return [...single.parameters]
}

describe('RunController on the fast executor', () => {
  it('stands at the step it shows when it is paused, and moves by single steps', async () => {
    const run = training()
    expect(run.executor.name).toBe('wasm')
    const controller = controllerOf(run)
    controller.resume()
    while (controller.progress.step < 50) await new Promise((resolve) => setImmediate(resolve))
    await controller.pause()
    const paused = controller.progress.step
    expect(run.stepsAhead).toBe(0)
    expect([...run.parameters]).toEqual(await after(paused))
    await controller.singleStep()
    expect(controller.progress.step).toBe(paused + 1)
    expect([...run.parameters]).toEqual(await after(paused + 1))
    controller.resume()
    await controller.stop()
    expect(run.stepsAhead).toBe(0)
  })

  it('closes the training when it is completed, has failed or is stopped, and not before', async () => {
    const watched = (changes: Partial<TrainOptions>) => {
      const run = training(changes)
      const close = vi.spyOn(run, 'close')
      return { close, controller: controllerOf(run, changes.epochs) }
    }
    const wild = { optimizer: { type: 'sgd', config: { learningRate: 1e30, weightDecay: 0.5 } } }
    for (const [changes, status] of [
      [{ epochs: 2 }, 'completed'],
      [wild, 'failed']
    ] as const) {
      const { close, controller } = watched(changes)
      controller.resume()
      expect(close).not.toHaveBeenCalled()
      while (!controller.finished) await new Promise((resolve) => setImmediate(resolve))
      await new Promise((resolve) => setImmediate(resolve))
      expect(controller.status).toBe(status)
      expect(close).toHaveBeenCalledOnce()
    }
    const { close, controller } = watched({})
    controller.resume()
    await controller.pause()
    expect(close).not.toHaveBeenCalled()
    await controller.stop()
    expect(close).toHaveBeenCalledOnce()
  })

  it('is completed when training stops early, by single steps as well', async () => {
    // Nothing gets better: the learning rate is next to nothing.
    const still = { optimizer: { type: 'sgd', config: { learningRate: 1e-30 } }, earlyStopping: { patience: 2 } }
    const run = training(still)
    const controller = controllerOf(run)
    while (!controller.finished) await controller.singleStep()
    expect(controller.progress).toMatchObject({ status: 'completed', epoch: 3, step: 3 * run.stepsPerEpoch })
    expect(run.earlyStop).toEqual({ epoch: 3, bestEpoch: 1, restored: true })
    await expect(controller.singleStep()).rejects.toMatchObject({ code: 'run-finished' })
  })

  it('tells once that a thread was lost, and trains on', async () => {
    const threads = losableThreads()
    provideThreads(threads.host)
    const run = training({ threads: 2, epochs: 400 })
    expect(run.executor).toEqual({ name: 'wasm', reason: null, threads: 2 })
    const told: string[] = []
    const executorChanged = () => void told.push(String(run.executor.reason))
    const controller = controllerOf(run, 400, { executorChanged })
    for (let step = 0; step < 5; step++) await controller.singleStep()
    expect(told).toEqual([])
    threads.lose()
    controller.resume()
    while (!controller.finished) await new Promise((resolve) => setImmediate(resolve))
    expect(controller.status).toBe('completed')
    expect(told).toEqual(['A thread was lost: training goes on with one.'])
    expect(run.executor).toEqual({ name: 'wasm', reason: told[0], threads: 1 })
  })

  it('keeps saying on how many threads it was trained, once they have ended', async () => {
    provideThreads(workerThreads)
    const run = training({ threads: 2, epochs: 2 })
    const controller = controllerOf(run, 2)
    controller.resume()
    await controller.stop()
    expect(run.executor).toEqual({ name: 'wasm', reason: null, threads: 2 })
  })

  it('goes to the end of the epoch and pauses there, and may be paused before', async () => {
    const run = training()
    const controller = controllerOf(run)
    await controller.singleStep()
    await controller.singleEpoch()
    expect(controller.status).toBe('running')
    await controller.atRest()
    expect(controller.progress).toMatchObject({ status: 'paused', epoch: 1, step: run.stepsPerEpoch })
    expect([...run.parameters]).toEqual(await after(run.stepsPerEpoch))
    await controller.singleEpoch()
    await controller.pause()
    await controller.atRest()
    const { step, status } = controller.progress
    expect([status, step < 2 * run.stepsPerEpoch + 1]).toEqual(['paused', true])
    // What it was to do is forgotten: it goes on past the end of that epoch.
    controller.resume()
    while (controller.progress.step < 3 * run.stepsPerEpoch) await new Promise((resolve) => setImmediate(resolve))
    expect(controller.status).toBe('running')
    await controller.stop()
  })

  it('holds still between steps for a moment, and tells nobody of a pause', async () => {
    const statuses: string[] = []
    const run = training()
    const controller: RunController = controllerOf(run, EPOCHS, {
      statusChanged: () => void statuses.push(controller.status)
    })
    controller.resume()
    while (controller.progress.step < 20) await new Promise((resolve) => setImmediate(resolve))
    const [before, after] = await controller.between(async () => {
      expect(run.stepsAhead).toBe(0)
      const { step } = controller.progress
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
      return [step, controller.progress.step] as const
    })
    expect(after).toBe(before)
    while (controller.progress.step <= after) await new Promise((resolve) => setImmediate(resolve))
    await controller.stop()
    expect(statuses).toEqual(['running', 'stopped'])
  })

  it('does not count the time that the computer slept, and counts a slow step', async () => {
    let time = 0
    let pulls = 0
    // Each pull takes 10 ms, but the fifth 10 hours.
    const now = () => (pulls === 5 ? (time += 36_000_000) : (time += 5))
    const run = training()
    const controller = controllerOf(
      run,
      EPOCHS,
      {
        stepped: () => {
          pulls++
        }
      },
      now
    )
    for (let step = 0; step < 8; step++) await controller.singleStep()
    expect(controller.elapsedMs).toBeLessThan(100)
    expect(controller.elapsedMs).toBeGreaterThanOrEqual(40)
  })

  it('tells how long it will take, and how sure that is, once it has ended some epochs', async () => {
    const run = training({ epochs: 40 })
    const controller = controllerOf(run, 40)
    await controller.singleStep()
    expect(controller.progress.remainingRangeMs).toBeNull()
    while (controller.progress.epoch < 12) {
      await controller.singleEpoch()
      await controller.atRest()
    }
    const { remainingMs, remainingRangeMs } = controller.progress
    const [low = NaN, high = NaN] = remainingRangeMs ?? []
    expect(low).toBeLessThanOrEqual(remainingMs ?? NaN)
    expect(high).toBeGreaterThanOrEqual(remainingMs ?? NaN)
    await controller.stop()
  })
})
