/** Tables with every kind of column and settings for them, drawn at random, for tests. */
import fc from 'fast-check'
import { encodings, missingStrategies, scalings, columnTypes, type ColumnSetting } from '../../shared/column-setting'
import { setupDefaults, type Setup } from '../../shared/setup'
import type { Column, NumberColumn, Table } from '../table'
import { column, table } from '../testing'
import { planOf } from './plan'

const numbers = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, 1e39, 3e30, 1e-45, 1e-200, 0.1)
)
const counts = fc.oneof(fc.nat(1000), fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(0, 1e-30, 3e30))
const names = fc.constantFrom('a', 'b', 'Äb', '10', '2', 'x, y')
const answers = fc.constantFrom('Yes', 'No')
const mixed = fc.constantFrom('1', '2.5', '-3e4', 'about four', '1e39')
const moments = fc.oneof(
  fc.integer({ min: -30_000, max: 80_000 }).map((days) => days * 86_400_000),
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
  fc.constantFrom(0, -1, 951_782_400_000, 8.64e15, -8.64e15, 1e300)
)
const sentences = fc
  .array(
    fc.constantFrom(
      'the',
      'The',
      'Äpfel',
      'ÄPFEL',
      'straße',
      "don't",
      '42',
      'x2y',
      'Σας',
      'ΣΑΣ',
      'e\u0301t',
      'İ',
      '\n',
      'हिन्दी'
    ),
    { minLength: 1, maxLength: 6 }
  )
  .map((words) => words.join(' '))

const rowCount = 16

function cells<T>(value: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> {
  return fc.array(fc.option(value, { freq: 6 }), { minLength: rowCount, maxLength: rowCount })
}

function timed(made: Column): NumberColumn {
  if (made.type !== 'number') throw new Error('a time is a number')
  return { ...made, time: 'datetime' }
}

/** A column that is text even when none of its cells is. */
function texts(name: string, values: readonly (string | null)[]): Column {
  const made = column(name, [...values, ''])
  if (made.type === 'number') throw new Error('a text makes a column one of text')
  return { ...made, codes: made.codes.slice(0, values.length), categories: made.categories }
}

/** Columns `number`, `count`, `name`, `answer`, `mixed`, `date`, `text`, with gaps, and the target `y`. */
export const tables: fc.Arbitrary<Table> = fc
  .record({
    number: cells(numbers),
    count: cells(counts),
    name: cells(names),
    answer: cells(answers),
    mixed: cells(mixed),
    date: cells(moments),
    text: cells(sentences)
  })
  .map(({ number, count, name, answer, mixed, date, text }) =>
    table([
      column('number', number),
      column('count', count),
      texts('name', name),
      texts('answer', answer),
      texts('mixed', mixed),
      timed(column('date', date)),
      texts('text', text),
      column(
        'y',
        Array.from({ length: rowCount }, (_, row) => row * 1.5 - 3)
      )
    ])
  )

/** Settings that say something of a column of the tables above; only those that `planOf` takes are of use. */
const settings = fc.record(
  {
    name: fc.constantFrom('number', 'count', 'name', 'answer', 'mixed', 'date', 'text'),
    type: fc.constantFrom(...columnTypes),
    missing: fc.constantFrom(...missingStrategies),
    constant: fc.constantFrom<number | string>(3, '7', 'other', '2024-02-29', 'Yes'),
    indicator: fc.boolean(),
    scaling: fc.constantFrom(...scalings),
    encoding: fc.constantFrom(...encodings)
  },
  { requiredKeys: ['name'] }
)

/** One setting at most for each column, each such that it can be planned. */
export function settingsFor(data: Table): fc.Arbitrary<ColumnSetting[]> {
  return fc
    .uniqueArray(fc.array(settings, { minLength: 1, maxLength: 12 }), {
      maxLength: 7,
      selector: (each) => each[0]?.name
    })
    .map((drawn) => drawn.flatMap((each) => each.find((setting) => isPlannable(data, setting)) ?? []))
    .map((found) => found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index))
}

function isPlannable(data: Table, setting: ColumnSetting): boolean {
  const of = data.columns.find(({ name }) => name === setting.name)
  // Its numbers are negative now and then, which is a matter of its own.
  if (of === undefined || (setting.scaling === 'log1p' && setting.name !== 'count')) return false
  try {
    planOf(of, setting)
    return true
  } catch {
    return false
  }
}

export function valueSetup(changes: Partial<Setup> = {}): Setup {
  return {
    ...setupDefaults,
    target: 'y',
    task: 'regression',
    loss: 'squared',
    ignored: [],
    layers: [],
    optimizer: { type: 'sgd', config: {} },
    validation: 0.25,
    ...changes
  }
}

/** A table, and a setup with settings for its columns. */
export const prepared: fc.Arbitrary<{ data: Table; setup: Setup }> = tables.chain((data) =>
  fc
    .record({ columns: settingsFor(data), seed: fc.nat(99), test: fc.constantFrom(0, 0.2) })
    .map((changes) => ({ data, setup: valueSetup(changes) }))
)
