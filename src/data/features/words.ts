/**
 * Words: one input for each of the words that most training rows have, 1 where the text has it, however often. Words are
 * stretches of letters (Unicode's L and M), compared without regard to case; a missing text has none.
 *
 * Not hashed, so that every input has a name and no two words share one. Not counted, because whether a text has a word is
 * what ONNX can tell exactly by an operator of its own (RegexFullMatch), and says as much in texts of ordinary length.
 */
import * as v from 'valibot'
import { asCategories } from '../cells'
import { compareCodePoints } from '../numbers'
import type { Column } from '../table'
import { encodeCells, indicator, indicatorField, indicatorInputs, text, type FeatureCoder } from './feature'
import type { PlanOf } from './plan'

/** Words that are inputs, at most. */
export const MAX_WORDS = 256
/** Letters of a word, at most: longer ones are no words, and are passed over. */
const MAX_LETTERS = 40

export const wordsSchema = v.strictObject({
  name: text,
  kind: v.literal('words'),
  /** Lower-cased by `foldLetter`; in the order of how many training rows have them. */
  words: v.pipe(v.array(v.pipe(text, v.regex(/^[\p{L}\p{M}]+$/u))), v.minLength(1), v.maxLength(MAX_WORDS)),
  /** Rows without a text are refused. */
  required: v.optional(v.literal(true)),
  indicator
})
export type WordsFeature = v.InferOutput<typeof wordsSchema>

/** A letter without its case: its lower-case form where that is one letter. */
export function foldLetter(letter: string): string {
  const lower = letter.toLowerCase()
  return Array.from(lower).length === 1 ? lower : letter
}

/** The different words of a text. */
export function wordsOf(value: string): Set<string> {
  const found = new Set<string>()
  for (const [word] of value.matchAll(/[\p{L}\p{M}]+/gu)) found.add(Array.from(word, foldLetter).join(''))
  return found
}

export function fitWords(column: Column, rows: Int32Array, plan: PlanOf<'words'>): WordsFeature | null {
  const { codes, categories } = asCategories(column)
  const times = new Map<number, number>()
  for (const row of rows) {
    const code = codes[row] ?? -1
    if (code >= 0) times.set(code, (times.get(code) ?? 0) + 1)
  }
  const counts = new Map<string, number>()
  for (const [code, rowsOfCode] of times) {
    for (const word of wordsOf(categories[code] ?? '')) counts.set(word, (counts.get(word) ?? 0) + rowsOfCode)
  }
  const words = [...counts]
    .filter(([word]) => Array.from(word).length <= MAX_LETTERS)
    .sort(([a, many], [b, few]) => few - many || compareCodePoints(a, b))
    .slice(0, MAX_WORDS)
    .map(([word]) => word)
  if (words.length === 0) return null
  return {
    name: column.name,
    kind: 'words',
    words,
    ...(plan.missing === 'drop-row' ? { required: true } : {}),
    ...indicatorField(plan.indicator)
  }
}

export function wordsCoder(feature: WordsFeature): FeatureCoder {
  const { name, words } = feature
  const needed = feature.required === true
  const index = new Map(words.map((word, place) => [word, place]))
  return {
    inputs: [...words.map((word) => `${name}: ${word}`), ...indicatorInputs(feature)],
    takes: 'text',
    encode(column, table, rows, place) {
      const { codes, categories } = asCategories(column)
      // Each different text is looked at once, when a row first has it.
      const found = new Array<readonly number[] | undefined>(categories.length)
      const placesOf = (row: number) => {
        const code = codes[row] ?? -1
        if (code < 0) return null
        return (found[code] ??= [...wordsOf(categories[code] ?? '')].flatMap((word) => index.get(word) ?? []))
      }
      encodeCells(feature, needed, placesOf, { column, table, rows, place }, words.length, (places, at) => {
        for (const each of places ?? []) place.data[at + each] = 1
      })
    },
    refuses(column) {
      if (!needed) return null
      const { codes } = asCategories(column)
      return (row) => (codes[row] ?? -1) < 0
    }
  }
}
