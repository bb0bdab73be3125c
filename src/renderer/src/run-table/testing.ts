/** Kept runs for tests. */
import type { RunSummary } from '../../../shared/run-views'

/** A completed run, with what a test says of it. */
export function summaryWith(change: Partial<RunSummary> = {}): RunSummary {
  return {
    name: 'run-1',
    runId: 'id-1',
    title: 'Run 1',
    status: 'completed',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:01:00.000Z',
    dataset: { fileName: 'iris.csv', sha256: 'aa', rows: 150 },
    task: 'multi-class',
    epochs: 10,
    plannedEpochs: 10,
    steps: 40,
    elapsedMs: 1000,
    parameters: 99,
    best: null,
    last: null,
    settings: [],
    seed: 1,
    engineVersion: '0.1.0',
    environment: null,
    parent: null,
    weightsSha256: null,
    gradientChecks: null,
    notes: '',
    tags: [],
    starred: false,
    archived: false,
    resumable: true,
    bytes: 1000,
    error: null,
    ...change
  }
}
