/** Checkpoints made for tests. */
import type { Checkpoint } from '../checkpoint'
import { madeSetup } from './tables'

export const MADE_RUN = '00000000-0000-4000-8000-000000000001'

/** @param numbers of each of its two tensors */
export function madeCheckpoint(step: number, numbers = 5, loss: number | null = null): Checkpoint {
  return {
    id: MADE_RUN,
    savedAt: '2024-01-01T00:00:00.000Z',
    engineVersion: '0.1.0',
    setup: madeSetup('binary', 'log'),
    data: { fileName: 'made.csv', sha256: 'a'.repeat(64), rows: 90 },
    executor: { name: 'wasm', threads: 1 },
    elapsedMs: 12.5,
    changes: 0,
    loss,
    state: {
      step,
      epochs: Math.floor(step / 9),
      progress: {
        done: 3,
        learningRate: 0.1,
        loss: [1 / 3, -0, Infinity],
        metrics: [[NaN, 2 ** -1074], [-Infinity]]
      },
      optimizer: { type: 'adam', since: 0 },
      schedule: { type: 'plateau', state: [0.1 + 0.2] },
      stopper: [1e308],
      earlyStop: null,
      restoredEpoch: null,
      tensors: new Map<string, Float32Array | Float64Array>([
        ['dense1.weight', Float32Array.from({ length: numbers }, (_, i) => Math.sin(i + step))],
        ['__proto__', Float64Array.from({ length: numbers }, (_, i) => (i === 0 ? -0 : Math.cos(i * step)))]
      ])
    }
  }
}
