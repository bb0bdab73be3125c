/** Setups and runs for tests. */
import * as v from 'valibot'
import { setupSchema, type Setup } from '../../../shared/setup'
import type { RunStatus, RunView } from '../../../shared/views'

/** A sound setup of a regression by one dense layer, with what a test changes in it. */
export function setupWith(change: Partial<Setup> = {}): Setup {
  return v.parse(setupSchema, {
    target: 'y',
    task: 'regression',
    loss: 'squared',
    ignored: [],
    layers: [{ name: 'dense1', type: 'dense', inputs: [], config: { units: 8, activation: 'relu' } }],
    optimizer: { type: 'sgd', config: { learningRate: 0.1, momentum: 0.9 } },
    batchSize: 32,
    epochs: 10,
    validation: 0.2,
    seed: 1,
    ...change
  })
}

/** A run of that setup, with four training rows and a validation row; no epoch has ended unless a test says so. */
export function runWith(change: Partial<RunView> = {}, status: RunStatus = 'running'): RunView {
  const ended = change.epochs?.length ?? 0
  return {
    runId: 'run',
    setup: setupWith(),
    prepared: { features: ['x'], classes: [], trainRows: 4, validationRows: 1, classCounts: [], notices: [] },
    parameters: 2,
    executor: { name: 'wasm', reason: null, threads: 1 },
    progress: {
      status,
      epoch: ended,
      epochs: 1000,
      step: ended * 4,
      stepsPerEpoch: 4,
      elapsedMs: 0,
      remainingMs: null,
      rowsPerSecond: null
    },
    epochs: [],
    steps: { epoch: [], loss: [] },
    earlyStop: null,
    error: null,
    savedAs: null,
    saveError: null,
    ...change
  }
}
