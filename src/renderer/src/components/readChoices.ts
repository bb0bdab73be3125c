/** What a person may say of a file of each kind, and how it is put together. */
import * as v from 'valibot'
import type { ErrorValue } from '../../../shared/errors'
import { MAX_IMAGE_SIDE, readAsSchema, usualMissingWords, type ReadAs } from '../../../shared/read-as'
import type { TableFormat } from '../../../shared/table-format'
import type { MissingWordView } from '../../../shared/views'

export type ReadChoice = Exclude<keyof ReadAs, undefined>

const choices: Readonly<Record<TableFormat['kind'], readonly ReadChoice[]>> = {
  delimited: ['delimiter', 'encoding', 'header', 'badRows', 'rows', 'missingWords'],
  json: ['encoding', 'badRows', 'missingWords'],
  excel: ['sheet', 'header', 'missingWords'],
  arff: ['encoding', 'badRows', 'missingWords'],
  parquet: ['rows', 'missingWords'],
  arrow: ['missingWords'],
  npy: ['missingWords'],
  npz: ['missingWords'],
  images: ['image', 'badRows'],
  idx: [],
  memory: []
}

/** In the order in which they are shown. */
export function readChoices({ kind }: TableFormat): readonly ReadChoice[] {
  return choices[kind]
}

/** What was left to detection is not said at all. */
export function saidOf({ image, ...draft }: ReadAs): ReadAs {
  const saidOfImage = said(image ?? {})
  return v.parse(readAsSchema, {
    ...said(draft),
    ...(Object.keys(saidOfImage).length === 0 ? {} : { image: saidOfImage })
  })
}

function said(choice: object): object {
  return Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined))
}

/** Rows to keep at most as they were typed in: undefined where the field is empty, null where they are no number of rows. */
export function rowLimit(text: string): number | undefined | null {
  if (text.trim() === '') return undefined
  const rows = Number(text)
  return v.is(readAsSchema.entries.rows, rows) ? rows : null
}

/** Formats of which no part can be drawn at random. */
const wholeFiles = /\.(?:arrow|arff|feather|json|jsonl|ndjson|npy|npz|xlsx|zip)$/i
/** Enough for most networks, and read within seconds. */
const usualRows = 1_000_000

/** How many random rows of a file that could not be opened would fit into memory; null where that is not why. */
export function rowsThatFit({ code, details }: ErrorValue): number | null {
  const { file, mostRows } = details
  const isWhole = typeof file === 'string' && wholeFiles.test(file)
  return code === 'table-too-large' && typeof mostRows === 'number' && !isWhole ? Math.min(usualRows, mostRows) : null
}

/** A side of an image as it was typed in: undefined where the field is empty, null where it is no size. */
export function imageSide(text: string): number | undefined | null {
  if (text.trim() === '') return undefined
  const side = Number(text)
  return Number.isInteger(side) && side >= 1 && side <= MAX_IMAGE_SIDE ? side : null
}

/** A word that counts as missing, and in how many cells it did. */
export interface CountedWord {
  readonly word: string
  readonly cells: number
}

/** The words that count as missing with the cells that were taken as such, those that were found first. */
export function countedWords(said: readonly string[] | undefined, taken: readonly MissingWordView[]): CountedWord[] {
  const counts = new Map<string, number>()
  for (const { text, cells } of taken) counts.set(folded(text), (counts.get(folded(text)) ?? 0) + cells)
  const words = (said ?? usualMissingWords).map((word) => ({ word, cells: counts.get(folded(word)) ?? 0 }))
  return words.toSorted((a, b) => b.cells - a.cells)
}

/** With one word more; the same where it is there already or empty. */
export function withWord(said: readonly string[] | undefined, word: string): readonly string[] | undefined {
  const words = said ?? usualMissingWords
  const trimmed = word.trim()
  if (trimmed === '' || words.some((each) => folded(each) === folded(trimmed))) return said
  return usualIfAlike([...words, trimmed])
}

export function withoutWord(said: readonly string[] | undefined, word: string): readonly string[] | undefined {
  return usualIfAlike((said ?? usualMissingWords).filter((each) => each !== word))
}

/** The usual words need not be said. */
function usualIfAlike(words: readonly string[]): readonly string[] | undefined {
  const usual = new Set<string>(usualMissingWords.map(folded))
  return words.length === usual.size && words.every((word) => usual.has(folded(word))) ? undefined : words
}

/** As the readers compare them. */
function folded(word: string): string {
  return word.trim().toLowerCase()
}
