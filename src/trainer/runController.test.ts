import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { compileModel, createTraining, modelSpecOf, provideKernels, type Training } from '../engine'
import { RunController } from './runController'

provideKernels(kernelBytes)

const EPOCHS = 100_000

function training(): Training {
  const rows = 40
  const samples = {
    features: { shape: [rows, 2], data: new Float64Array(rows * 2).map((_, i) => Math.sin(i * i)) },
    targets: { shape: [rows, 1], data: new Float64Array(rows).map((_, row) => row % 2) }
  }
  return createTraining({
    model: compileModel(modelSpecOf([], 2, 'binary', 'log', 2)),
    task: 'binary',
    classes: 2,
    loss: 'log',
    optimizer: { type: 'adam', config: {} },
    batchSize: 3,
    epochs: EPOCHS,
    seed: 1,
    training: samples,
    validation: samples
  })
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
    const nothing = () => undefined
    const controller = new RunController(run, EPOCHS, 40, { advanced: nothing, statusChanged: nothing })
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
})
