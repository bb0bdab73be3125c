/** Setups and tables that tests of preparation share. */
import type { Setup } from '../shared/setup'
import { ConfigError, DataFormatError } from '../shared/errors'
import { suggestSetup } from './suggest'
import type { Column, Table } from './table'
import { column, table } from './testing'

export function setupFor(data: Table, target: string, change: Partial<Setup> = {}): Setup {
  return { ...suggestSetup(data), target, ignored: [], ...change }
}

export function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof DataFormatError || error instanceof ConfigError) return error.code
    throw error
  }
  return 'no error'
}

export const flowers = table([
  column('length', [1, 2, null, 4, 5, 6, 7, 8]),
  column('island', ['b', 'a', 'b', null, 'a', 'b', 'c', 'b']),
  column('species', ['x', 'y', 'x', 'y', 'x', 'y', 'x', 'y'])
])

/** A text column, even of texts that look like numbers or of nothing. */
export function forceText(values: readonly (string | null)[], name = 'b'): Column {
  const texts = column(name, [...values, 'text'])
  if (texts.type !== 'category') throw new Error('expected text')
  return { ...texts, codes: texts.codes.slice(0, values.length) }
}
