/** Column names from the first record of a file. */
import { MAX_COLUMN_NAME } from '../../shared/setup'
import type { Notice } from '../../shared/views'
import { listNames } from '../table'
import { isFiniteNumber, parseNumber } from '../numbers'

/** What is kept of a longer name, so that a number added to tell two names apart still fits. */
const KEPT_LENGTH = MAX_COLUMN_NAME - 10

export interface Header {
  /** The first record names the columns; otherwise it is the first row. */
  readonly present: boolean
  /** Unique and not blank. */
  readonly names: readonly string[]
  readonly duplicateNames: readonly string[]
  readonly notices: readonly Notice[]
}

/**
 * The names of the columns. The first record is the header unless every cell of it is a number; then the file
 * has none and the columns are called `column1`, `column2`, …. Three cells or more that count 0, 1, 2, … or
 * 1, 2, 3, … are a header all the same: that is how programs name columns that have no names.
 *
 * Spaces around a name are dropped, a blank name becomes `column3` (its place), the second column of a name
 * becomes `name_2`. Names of over 1,000 characters are cut: they are shown, saved and named in every message.
 *
 * @param decimalComma numbers may have a decimal comma
 * @param said whether there is one, where a person says so
 */
export function readHeader(first: readonly (string | null)[], decimalComma: boolean, said?: boolean): Header {
  const present = said ?? !isRowOfNumbers(first, decimalComma)
  const named = nameColumns(present ? first : first.map(() => ''))
  if (present) return { present, ...named }
  if (said === false) return { present, ...named, notices: [] }
  const notice: Notice = {
    code: 'no-header',
    severity: 'warning',
    message: `The first line holds numbers alone, so it is read as a row and the columns are called "column1" to "column${first.length}". Add a line with names if this is wrong.`,
    columns: []
  }
  return { present, ...named, notices: [notice] }
}

/** Names as the file has them, made unique, none blank and none too long, as `readHeader` says. */
export function nameColumns(texts: readonly (string | null)[]): Omit<Header, 'present'> {
  const notices: Notice[] = []
  const wanted = texts.map((text) => shortened((text ?? '').trim()))
  const long = texts.filter((text) => (text ?? '').trim().length > MAX_COLUMN_NAME).length
  const taken = new Set(wanted)
  const seen = new Set<string>()
  const duplicates = new Set<string>()
  const blank: string[] = []
  const renamed: string[] = []
  const free = (base: string, from: number): string => {
    for (let number = from; ; number++) {
      const name = `${base}_${number}`
      if (!taken.has(name)) return name
    }
  }
  const names = wanted.map((name, index) => {
    if (name === '') {
      const place = `column${index + 1}`
      const unique = taken.has(place) ? free(place, 2) : place
      taken.add(unique)
      blank.push(unique)
      return unique
    }
    if (!seen.has(name)) {
      seen.add(name)
      return name
    }
    duplicates.add(name)
    const unique = free(name, 2)
    taken.add(unique)
    renamed.push(unique)
    return unique
  })
  if (long > 0) {
    notices.push({
      code: 'long-header',
      severity: 'warning',
      message: `${long === 1 ? 'The name of a column has' : `The names of ${long} columns have`} over ${MAX_COLUMN_NAME} characters; the first ${KEPT_LENGTH} are kept.`,
      columns: []
    })
  }
  if (renamed.length > 0) {
    notices.push({
      code: 'duplicate-header',
      severity: 'warning',
      message: `Several columns are called ${listNames([...duplicates])}; the later ones are now ${listNames(renamed)}.`,
      columns: renamed
    })
  }
  if (blank.length > 0) {
    notices.push({
      code: 'blank-header',
      severity: 'warning',
      message: `${blank.length === 1 ? 'A column has' : `${blank.length} columns have`} no name in the file; now called ${listNames(blank)}.`,
      columns: blank
    })
  }
  return { names, duplicateNames: [...duplicates], notices }
}

function shortened(name: string): string {
  if (name.length <= MAX_COLUMN_NAME) return name
  // Half of a pair of code units is no character.
  return name
    .slice(0, KEPT_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim()
}

function isRowOfNumbers(cells: readonly (string | null)[], decimalComma: boolean): boolean {
  if (!cells.every((cell) => isFiniteNumber(cell, decimalComma))) return false
  const numbers = cells.map((cell) => parseNumber(cell))
  const counts = cells.length >= 3 && [0, 1].some((start) => numbers.every((value, i) => value === start + i))
  return !counts
}
