/** What a trial's numbers are as tables. */
import type { Bench } from '../../../../shared/bench'
import type { BenchTrialView, TrialVariantView } from '../../../../shared/bench-views'
import type { Token } from '../../charts/chart'
import { formatNumber } from '../../state/format'

/** Of the variants, in their order. Not the pair of signs. */
export const variantColours: readonly Token[] = ['--class-5', '--class-2', '--class-4', '--class-3']

export interface WeightTable {
  readonly columns: readonly string[]
  /** One number of a parameter each, and what it was and became in each variant; null where a variant has no such number. */
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Null where no variant tells its weights. */
export function weightTable({ variants }: BenchTrialView): WeightTable | null {
  const told = variants.filter(({ weights }) => weights !== null)
  if (told.length === 0) return null
  const cells = told.map(cellsOf)
  const names = [...new Set(cells.flatMap((each) => [...each.keys()]))]
  return {
    columns: ['Weight', ...told.map(({ label }) => label)],
    rows: names.map((name) => [name, ...cells.map((each) => each.get(name) ?? null)])
  }
}

function cellsOf({ weights }: TrialVariantView): ReadonlyMap<string, string> {
  return new Map(
    (weights ?? []).flatMap(({ name, shape, start, end }) =>
      start.map((before, at): [string, string] => [
        `${name}${indexText(at, shape)}`,
        `${formatNumber(before)} → ${formatNumber(end[at])}`
      ])
    )
  )
}

/** "[1, 0]": row by row, from 0; nothing for a number by itself. */
export function indexText(at: number, shape: readonly number[]): string {
  if (shape.reduce((product, size) => product * size, 1) <= 1) return ''
  const places: number[] = []
  let rest = at
  for (const size of shape.toReversed()) {
    places.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return `[${places.join(', ')}]`
}

/** Whether there may be a picture of what it answers: its inputs are one or two columns, as far as can be told before. */
export function mayHavePicture({ data, setup }: Bench): boolean {
  if (data.kind === 'generated') return true
  const features = data.columns.filter((name) => name !== setup.target && !setup.ignored.includes(name))
  return features.length >= 1 && features.length <= 2
}
