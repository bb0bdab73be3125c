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
import { RunController } from './runController'

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
const listener = { advanced: nothing, statusChanged: nothing, executorChanged: nothing }

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
    const controller = new RunController(run, EPOCHS, 40, listener)
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
      return { close, controller: new RunController(run, changes.epochs ?? EPOCHS, 40, listener) }
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
    const controller = new RunController(run, EPOCHS, 40, listener)
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
    const controller = new RunController(run, 400, 40, { ...listener, executorChanged })
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
    const controller = new RunController(run, 2, 40, listener)
    controller.resume()
    await controller.stop()
    expect(run.executor).toEqual({ name: 'wasm', reason: null, threads: 2 })
  })
})
