/** Setups, datasets and runs for tests. */
import * as v from 'valibot'
import { setupSchema, type Setup } from '../../../shared/setup'
import type { ColumnView, DatasetView, RunStatus, RunView } from '../../../shared/views'

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

/** A column of ten different numbers, with what a test says of it. */
export function columnWith(name: string, change: Partial<ColumnView> = {}): ColumnView {
  const storage = change.storage ?? (change.type === undefined || change.type === 'number' ? 'number' : 'category')
  return {
    name,
    type: storage,
    storage,
    time: null,
    missing: 0,
    distinct: 10,
    integers: false,
    min: null,
    max: null,
    mean: null,
    quartiles: null,
    histogram: [],
    top: [],
    ...change
  }
}

/** A dataset without columns, with what a test puts into it. */
export function datasetWith(change: Partial<DatasetView> = {}): DatasetView {
  return {
    fileName: 'a.csv',
    rows: 10,
    columns: [],
    notices: [],
    format: { kind: 'memory' },
    readAs: {},
    skipped: { count: 0, rows: [] },
    missingWords: [],
    ...change
  }
}

/** A run of that setup, with four training rows and a validation row; no epoch has ended unless a test says so. */
export function runWith(change: Partial<RunView> = {}, status: RunStatus = 'running'): RunView {
  const ended = change.epochs?.length ?? 0
  return {
    runId: 'run',
    setup: setupWith(),
    prepared: {
      features: ['x'],
      inputShape: [1],
      embedded: [],
      classes: [],
      outputs: [],
      trainRows: 4,
      validationRows: 1,
      testRows: 0,
      classCounts: [],
      notices: []
    },
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
      remainingRangeMs: null,
      rowsPerSecond: null
    },
    epochs: [],
    steps: { step: [], position: [], elapsedMs: [], loss: [], learningRate: [] },
    test: { looks: 0, looksBefore: 0, evaluation: null, step: null },
    earlyStop: null,
    error: null,
    savedAs: null,
    saveError: null,
    facts: {
      title: 'Run 1',
      startedAt: '2026-01-01T00:00:00.000Z',
      parent: null,
      changes: [],
      moments: [0],
      baselines: { models: [], working: false, verdict: null, error: null },
      findings: [],
      kept: { name: null, checkpointStep: null, problem: null, weightsSha256: null },
      gradientChecks: { summary: null, asked: [] },
      repeats: null
    },
    ...change
  }
}
