/** Tables and setups made for tests: small, the same at every run, with missing values. */
import { lengthOf, noneSkipped, type CategoryColumn, type Column, type NumberColumn, type Table } from '../../data'
import type { LossName, Task } from '../../engine'
import { setupDefaults, type Setup } from '../../shared/setup'

/** A column from its cells; null is missing. */
export function numberColumn(name: string, values: readonly (number | null)[]): NumberColumn {
  return {
    type: 'number',
    name,
    values: Float64Array.from(values, (value) => value ?? NaN)
  }
}

export function categoryColumn(name: string, values: readonly (string | null)[]): CategoryColumn {
  const categories = [...new Set(values.filter((value) => value !== null))].sort()
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : categories.indexOf(value)))
  return { type: 'category', name, codes, categories }
}

export function tableOf(columns: readonly Column[]): Table {
  const [first] = columns
  const rows = first === undefined ? 0 : lengthOf(first)
  return {
    fileName: 'made.csv',
    sha256: '0'.repeat(64),
    rows,
    columns,
    duplicateNames: [],
    notices: [],
    format: { kind: 'memory' },
    skipped: noneSkipped
  }
}

/**
 * Flowers of no garden: `length` and `width` (numbers), `island` (category), each missing now and then, and a
 * target `kind` that depends on all of them.
 */
export function madeTable(task: Task, rows = 90): Table {
  const random = generator(7)
  const islands = ['Äland', 'Biscoe', 'Dream "x", y']
  const lengths = Array.from({ length: rows }, () => 40 + 10 * random())
  const widths = Array.from({ length: rows }, () => random() * 3)
  const places = Array.from({ length: rows }, () => islands[Math.floor(random() * 3)] ?? '')
  const score = lengths.map(
    (length, i) => (length - 45) / 5 + (widths[i] ?? 0) - 1.5 + islands.indexOf(places[i] ?? '')
  )
  const target =
    task === 'regression'
      ? numberColumn(
          'kind',
          score.map((value) => 1000 + 50 * value)
        )
      : categoryColumn(
          'kind',
          score.map((value) => kindOf(task, value))
        )
  const sometimes = <T>(values: readonly T[]) => values.map((value) => (random() < 0.1 ? null : value))
  return tableOf([
    numberColumn('length', sometimes(lengths)),
    categoryColumn('island', sometimes(places)),
    numberColumn('width', sometimes(widths)),
    target
  ])
}

function kindOf(task: Task, score: number): string {
  if (score < 0.5) return 'Adélie'
  return task === 'binary' || score < 1.5 ? 'chin strap' : 'gentoo'
}

/** A setup that trains a made table in a blink. */
export function madeSetup(task: Task, loss: LossName, activation = 'tanh', changes: Partial<Setup> = {}): Setup {
  return {
    ...setupDefaults,
    target: 'kind',
    task,
    loss,
    ignored: [],
    layers: [{ name: 'dense1', type: 'dense', inputs: ['input'], config: { units: 5, activation } }],
    optimizer: { type: 'sgd', config: { learningRate: 0.05, momentum: 0.9 } },
    batchSize: 16,
    epochs: 5,
    validation: 0.25,
    seed: 3,
    ...changes
  }
}

/** Numbers from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
