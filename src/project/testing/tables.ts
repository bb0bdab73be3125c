/** Tables and setups made for tests: small, the same at every run, with missing values. */
import type { CategoryColumn, Column, NumberColumn, Table } from '../../data'
import { table as tableOf } from '../../data/testing'
import type { LossName, Task } from '../../engine'
import { setupDefaults, type Setup } from '../../shared/setup'

export { tableOf }

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

/** Columns that a made table has beside `kind` to be predicted with it. */
const moreTargets: Readonly<Record<Task, readonly string[]>> = {
  regression: [],
  binary: [],
  'multi-class': [],
  'multi-label': ['large', 'rare']
}

/**
 * Flowers of no garden: `length` and `width` (numbers), `island` (category), each missing now and then, and a
 * target `kind` that depends on all of them; for multi-label `large` (no, yes) and `rare` (0, 1) too.
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
    target,
    ...(task === 'multi-label' ? labelsOf(lengths, score) : [])
  ])
}

function labelsOf(lengths: readonly number[], score: readonly number[]): Column[] {
  return [
    categoryColumn(
      'large',
      lengths.map((length) => (length > 46 ? 'yes' : 'no'))
    ),
    numberColumn(
      'rare',
      score.map((value, i) => Number(value > 1.5 && (lengths[i] ?? 0) < 48))
    )
  ]
}

/** The made table for regression with two more values to predict: `mass`, far from 0, and `gap`, with some missing. */
export function madeValues(rows = 90): Table {
  const { columns } = madeTable('regression', rows)
  const lengths = columns[0]?.type === 'number' ? columns[0].values : new Float64Array(rows)
  const known = (row: number) => (Number.isNaN(lengths[row] ?? NaN) ? 45 : (lengths[row] ?? 0))
  const numbers = Array.from({ length: rows }, (_, row) => row)
  return tableOf([
    ...columns,
    numberColumn(
      'mass',
      numbers.map((row) => 1e6 * known(row))
    ),
    numberColumn(
      'gap',
      numbers.map((row) => (row % 30 === 7 ? null : 1e-3 * (known(row) - 45) ** 2))
    )
  ])
}

export const madeValueTargets = ['mass', 'gap']

function kindOf(task: Task, score: number): string {
  if (score < 0.5) return 'Adélie'
  return task !== 'multi-class' || score < 1.5 ? 'chin strap' : 'gentoo'
}

/** A setup that trains a made table in a blink. */
export function madeSetup(task: Task, loss: LossName, activation = 'tanh', changes: Partial<Setup> = {}): Setup {
  return {
    ...setupDefaults,
    target: 'kind',
    moreTargets: [...moreTargets[task]],
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
