import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../engine/random/stream'
import type { Setup } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import { prepare } from '../prepare'
import { suggestSetup } from '../suggest'
import { column as categoryColumn, table as tableOf } from '../testing'
import type { CellColumn, Column, NumberColumn } from '../table'
import { checks, honestyFindings } from '.'
import { atOnce } from '../turns'
import { equalRows } from '../equal-rows'

const numberColumn = (name: string, values: readonly number[]): NumberColumn => {
  return { type: 'number', name, values: Float64Array.from(values) }
}

const random = new RandomStream(3, 'honesty')
const normals = (rows: number, shift: (row: number) => number = () => 0) =>
  Array.from({ length: rows }, (_, row) => shift(row) + random.normal())

function find(columns: readonly Column[], target: string, change: Partial<Setup> = {}): Notice[] {
  const table = tableOf(columns)
  const setup = { ...suggestSetup(table, target), ...change }
  return honestyFindings(table, setup, prepare(table, setup))
}

const codesOf = (found: readonly Notice[]) => found.map(({ code }) => code)
const only = (found: readonly Notice[], code: string) => {
  const matching = found.filter((each) => each.code === code)
  expect(matching).toHaveLength(1)
  return matching[0]
}

const day = 86_400_000
const times = (rows: number): NumberColumn => ({
  ...numberColumn(
    'when',
    Array.from({ length: rows }, (_, row) => Date.UTC(2020, 0, 1) + row * day)
  ),
  time: 'date'
})

/** Two classes that overlap, with noise beside: an honest table. */
function honest(rows = 300): CellColumn[] {
  const side = Array.from({ length: rows }, (_, row) => row % 2)
  return [
    numberColumn(
      'a',
      normals(rows, (row) => 1.5 * (side[row] ?? 0))
    ),
    numberColumn('b', normals(rows)),
    categoryColumn(
      'kind',
      side.map(() => ['p', 'q', 'r'][random.below(3)] ?? 'p')
    ),
    categoryColumn(
      'answer',
      side.map((each) => (each === 0 ? 'no' : 'yes'))
    )
  ]
}

it('is quiet about an honest table, of classes and of values', () => {
  expect(find(honest(), 'answer')).toEqual([])
  expect(find(honest(), 'a')).toEqual([])
})

it('has every check in a test of its own', () => {
  expect(checks.map(({ code }) => code).sort()).toEqual(
    [
      ...[
        'leak',
        'time-order',
        'time-series',
        'duplicate-rows',
        'near-duplicates',
        'drift',
        'imbalance',
        'few-rows-per-class'
      ],
      ...['unit-jump', 'missing-not-random', 'outliers']
    ].sort()
  )
})

describe('leak', () => {
  it('names a category that gives the class away, and offers to leave it out', () => {
    const columns = honest()
    const answer = columns[3]
    if (answer?.type !== 'category') throw new Error('no answer')
    const leaking = { ...answer, name: 'paid', categories: ['0 EUR', '12 EUR'] }
    const found = only(find([...columns, leaking], 'answer'), 'leak')
    expect(found).toMatchObject({ severity: 'warning', columns: ['paid'] })
    expect(found?.evidence).toMatch(/100\.0 % of 150 rows/)
    expect(found?.remedy?.change).toEqual({ ignored: ['paid'] })
    expect(codesOf(find([...columns, leaking], 'answer', { ignored: ['paid'] }))).not.toContain('leak')
  })

  it('is seen where one class is rare', () => {
    const fraud = Array.from({ length: 600 }, (_, row) => (row % 20 === 0 ? 'yes' : 'no'))
    const state = categoryColumn(
      'state',
      fraud.map((each) => (each === 'yes' ? 'paid' : 'open'))
    )
    const columns = [numberColumn('x', normals(600)), state, categoryColumn('fraud', fraud)]
    expect(only(find(columns, 'fraud'), 'leak')).toMatchObject({ columns: ['state'] })
    expect(
      codesOf(find([columns[0] ?? state, numberColumn('y', normals(600)), columns[2] ?? state], 'fraud'))
    ).not.toContain('leak')
  })

  it('names a number that gives a value away', () => {
    const price = normals(400, (row) => row)
    const columns = [
      numberColumn('size', normals(400)),
      numberColumn(
        'tax',
        price.map((value) => 0.19 * value)
      ),
      numberColumn('price', price)
    ]
    expect(only(find(columns, 'price'), 'leak')).toMatchObject({ columns: ['tax'] })
  })

  it('is looked for in every target, and no target is one', () => {
    const columns = honest()
    const [a, , , answer] = columns
    if (answer?.type !== 'category' || a?.type !== 'number') throw new Error('made so')
    // The second label is the first one again: of no matter to a leak, as neither is a feature.
    const twin = { ...answer, name: 'twin' }
    const side = categoryColumn(
      'side',
      Array.from({ length: 300 }, (_, row) => (row % 3 === 0 ? 'left' : 'right'))
    )
    const gives = { ...side, name: 'gives', categories: ['l', 'r'] }
    const labels: Partial<Setup> = { task: 'multi-label', loss: 'log', moreTargets: ['twin'] }
    expect(codesOf(find([...columns, twin], 'answer', labels))).toEqual([])
    const found = find([...columns, side, gives], 'answer', { ...labels, moreTargets: ['side'] })
    expect(only(found, 'leak')).toMatchObject({ columns: ['gives'] })
    expect(only(found, 'leak')?.message).toContain('"gives" alone nearly gives away "side"')
    const double = { ...a, name: 'double', values: a.values.map((value) => 2 * value) }
    const values: Partial<Setup> = { task: 'regression', loss: 'squared' }
    expect(codesOf(find([...columns, double], 'a', { ...values, moreTargets: ['double'] }))).toEqual([])
    expect(only(find([...columns, double], 'b', { ...values, moreTargets: ['a'] }), 'leak')).toMatchObject({
      columns: ['double']
    })
  })

  it('sees through any curve that only rises or falls', () => {
    const price = normals(300).map((value) => Math.exp(2 * value))
    const columns = [
      numberColumn('size', normals(300)),
      numberColumn(
        'rank',
        price.map((value) => -Math.log(value))
      ),
      numberColumn('price', price)
    ]
    const found = only(find(columns, 'price'), 'leak')
    expect(found).toMatchObject({ columns: ['rank'] })
    expect(found?.evidence).toContain('rank correlation -1 over 300 rows')
  })

  it('is not a number that merely helps, nor one that is different in each row', () => {
    const price = normals(400)
    const helps = numberColumn(
      'helps',
      price.map((value) => value + random.normal())
    )
    expect(codesOf(find([helps, numberColumn('price', price)], 'price'))).not.toContain('leak')
  })
})

describe('time-series', () => {
  const price = normals(200, (row) => 3 * Math.sin(row / 4))
  const columns = [times(200), numberColumn('load', normals(200)), numberColumn('price', price)]

  it('offers windows where rows follow one another regularly, with a network that takes them', () => {
    const found = only(find(columns, 'price'), 'time-series')
    expect(found).toMatchObject({ severity: 'info', columns: ['when', 'price'] })
    expect(found?.evidence).toBe('100.0 % of 199 steps are 1 day.')
    const change = found?.remedy?.change ?? {}
    expect(change.window).toEqual({ steps: 24, horizon: 1, time: 'when', series: null })
    expect(change.layers?.map(({ type }) => type)).toEqual(['flatten', 'dense', 'dense'])
    const table = tableOf(columns)
    const setup = { ...suggestSetup(table, 'price'), ...change }
    expect(prepare(table, setup).training.features.shape.slice(1)).toEqual([2, 24])
    const codes = codesOf(honestyFindings(table, setup, prepare(table, setup)))
    for (const code of ['time-series', 'time-order', 'leak', 'near-duplicates']) expect(codes).not.toContain(code)
  })

  it('is not seen in other tables: times that jump or come twice, and answers that are classes', () => {
    const late = normals(200)
    const jumping = {
      ...times(200),
      values: times(200).values.map((time, row) => time + Math.exp(3 * (late[row] ?? 0)))
    }
    const rising = { ...jumping, values: jumping.values.slice().sort() }
    const twice = { ...times(200), values: times(200).values.map((time, row) => time - (row % 2) * day) }
    for (const when of [rising, twice]) {
      expect(codesOf(find([when, ...columns.slice(1)], 'price'))).not.toContain('time-series')
    }
    const [a, b, c, answer] = honest()
    if (a === undefined || b === undefined || c === undefined || answer === undefined) throw new Error('made so')
    expect(codesOf(find([times(300), a, b, answer], 'answer'))).not.toContain('time-series')
  })
})

describe('time-order', () => {
  const walk = normals(200).reduce<number[]>((sums, step) => [...sums, (sums.at(-1) ?? 0) + step], [])
  const columns = [times(200), numberColumn('load', normals(200)), numberColumn('price', walk)]

  it('sees neighbours in time on both sides of a random split, and offers to split by time', () => {
    const found = only(find(columns, 'price', { ignored: [] }), 'time-order')
    expect(found).toMatchObject({ columns: ['when'], remedy: { change: { split: { by: 'ordered', column: 'when' } } } })
    expect(codesOf(find(columns, 'price', { ...found?.remedy?.change }))).not.toContain('time-order')
  })

  it('only mentions it where a record has answers that have nothing in common', () => {
    const apart = [times(200), numberColumn('load', normals(200)), numberColumn('price', normals(200))]
    expect(only(find(apart, 'price'), 'time-order')).toMatchObject({ severity: 'info' })
  })

  it('does not mind where neither the order of the file nor its answers follow time', () => {
    const when = { ...times(200), values: times(200).values.map((time, row) => time + ((row * 77) % 200) * day) }
    const apart = [when, numberColumn('load', normals(200)), numberColumn('price', normals(200))]
    expect(codesOf(find(apart, 'price'))).not.toContain('time-order')
  })
})

describe('duplicate rows', () => {
  it('are counted across the split', () => {
    const columns = honest(100).map(repeated)
    const found = only(find(columns, 'answer'), 'duplicate-rows')
    expect(found).toMatchObject({ severity: 'warning' })
    expect(found?.message).toMatch(/^100 rows repeat another one exactly\. \d+ of 40 validation rows/)
    expect(found?.evidence).toMatch(/^100 groups .*Rows 1 and 101 of /)
  })

  it('nearly the same are found where numbers differ by a hair', () => {
    const columns = honest(100).map(repeated)
    const [a] = columns
    if (a?.type !== 'number') throw new Error('no number')
    const shaken = { ...a, values: a.values.map((value, row) => (row < 100 ? value : value + 1e-6)) }
    const codes = codesOf(find([shaken, ...columns.slice(1)], 'answer'))
    expect(codes).toContain('near-duplicates')
    expect(codes).not.toContain('duplicate-rows')
  })

  it('are compared cell by cell: missing with missing, both zeros alike, text by its category', () => {
    const columns = [numberColumn('x', [0, NaN, -0, NaN, 1]), categoryColumn('k', ['a', 'b', 'a', 'b', 'a'])]
    const groups = atOnce(equalRows(columns, Int32Array.of(0, 1, 2, 3, 4))).map((group) => [...group])
    expect(groups).toEqual([
      [0, 2],
      [1, 3]
    ])
  })
})

describe('imbalance', () => {
  const rare = (rows: number, every: number) => [
    numberColumn('a', normals(rows)),
    numberColumn('b', normals(rows)),
    categoryColumn(
      'fraud',
      Array.from({ length: rows }, (_, row) => (row % every === 0 ? 'yes' : 'no'))
    )
  ]

  it('is seen, with what always saying "no" would score, until classes are weighted', () => {
    const found = only(find(rare(400, 20), 'fraud'), 'imbalance')
    expect(found?.message).toContain('right in 95.0 % of the rows')
    expect(found?.evidence).toBe('"no" 380, "yes" 20 of 400 rows.')
    expect(codesOf(find(rare(400, 20), 'fraud', { ...found?.remedy?.change }))).not.toContain('imbalance')
  })

  it('is no matter at one in four, and never with values', () => {
    expect(codesOf(find(rare(400, 4), 'fraud'))).toEqual([])
  })

  it('few rows of a class are named with their number', () => {
    const found = only(find(rare(100, 25), 'fraud'), 'few-rows-per-class')
    expect(found?.evidence).toBe('"yes" (4).')
  })
})

describe('drift', () => {
  it('is found where the split parts unlike rows, and not by chance', () => {
    const columns = [
      numberColumn(
        'level',
        normals(400, (row) => (row < 320 ? 0 : 3))
      ),
      categoryColumn(
        'shop',
        Array.from({ length: 400 }, (_, row) => (row < 320 ? 'north' : 'south'))
      ),
      numberColumn('price', normals(400))
    ]
    const found = find(columns, 'price', { split: { by: 'ordered', column: null } })
    expect(found.filter(({ code }) => code === 'drift').map(({ columns: [name] }) => name)).toEqual(['level', 'shop'])
    expect(only(found.slice(0, 1), 'drift')?.remedy).toEqual({
      label: 'Leave out level',
      change: { ignored: ['level'] }
    })
    const grown = find(columns, 'level', { split: { by: 'ordered', column: null } })
    expect(grown.filter(({ code }) => code === 'drift').map(({ columns: [name] }) => name)).toEqual(['shop'])
    expect(codesOf(find(columns, 'price'))).not.toContain('drift')
  })
})

describe('units and outliers', () => {
  it('two units in one column are found, with how many times one is the other', () => {
    const weight = normals(200, () => 70).map((value, row) => (row % 8 === 0 ? value * 1000 : value))
    const found = only(find([numberColumn('weight', weight), ...honest(200)], 'answer'), 'unit-jump')
    expect(found?.message).toMatch(/12\.5 % of its values are about 1000 times/)
    expect(found?.remedy?.change).toEqual({ ignored: ['weight'] })
    // What is to be predicted cannot be left out.
    const asked = find([numberColumn('weight', weight), numberColumn('other', normals(200))], 'weight')
    const [ofTarget] = asked.filter(({ code }) => code === 'unit-jump')
    expect([ofTarget?.columns, ofTarget?.remedy]).toEqual([['weight'], undefined])
  })

  it('a wide range without a gap is one unit', () => {
    const income = normals(200).map((value) => Math.exp(3 * value))
    expect(codesOf(find([numberColumn('income', income), ...honest(200)], 'answer'))).not.toContain('unit-jump')
  })

  it('a number far outside is named with its row, until the column is scaled robustly', () => {
    const columns = honest(200)
    const [a] = columns
    if (a?.type !== 'number') throw new Error('no number')
    a.values[17] = 5000
    const found = only(find(columns, 'answer'), 'outliers')
    expect(found).toMatchObject({ columns: ['a'], severity: 'info' })
    expect(found?.evidence).toContain('row 18 has 5000')
    expect(found?.remedy?.change).toEqual({ columns: [{ name: 'a', scaling: 'robust' }] })
  })
})

describe('missing-not-random', () => {
  it('is found where a class has the gaps', () => {
    const columns = honest(400)
    const [a] = columns
    if (a?.type !== 'number') throw new Error('no number')
    const gaps = { ...a, values: a.values.map((value, row) => (row % 2 === 1 && row % 3 === 0 ? NaN : value)) }
    const found = only(find([gaps, ...columns.slice(1)], 'answer'), 'missing-not-random')
    expect(found?.evidence).toMatch(/^"(no|yes)" is the answer in (0\.0|100\.0) % of the rows where it is missing/)
    expect(found?.remedy?.change).toEqual({ columns: [{ name: 'a', indicator: true }] })
  })

  it('is not found where gaps are scattered', () => {
    const columns = honest(400)
    const [a] = columns
    if (a?.type !== 'number') throw new Error('no number')
    const gaps = { ...a, values: a.values.map((value) => (random.uniform() < 0.2 ? NaN : value)) }
    expect(codesOf(find([gaps, ...columns.slice(1)], 'answer'))).toEqual([])
  })
})

function repeated(column: CellColumn): CellColumn {
  if (column.type === 'number') return { ...column, values: Float64Array.of(...column.values, ...column.values) }
  return { ...column, codes: Int32Array.of(...column.codes, ...column.codes) }
}
