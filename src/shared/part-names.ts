/** Names that say what rows are for: of files, and of values in a column. */

export type Part = 'train' | 'validation' | 'test'

const words: ReadonlyMap<string, Part> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['dev', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
  // MNIST calls its 10,000 test images so.
  ['t10k', 'test']
])

/**
 * The part that a name speaks of, by its words, whatever their case: `iris_train.csv`, `Validation`, `t10k-images`. Null
 * where none of them is such a word, or words of two parts are.
 */
export function partNamed(name: string): Part | null {
  const found = new Set(
    name
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .flatMap((word) => words.get(word) ?? [])
  )
  const [part] = found
  return found.size === 1 && part !== undefined ? part : null
}

/** The names that speak of validation, and those that speak of the test. */
export function partsAmong(names: readonly string[]): { readonly validation: string[]; readonly test: string[] } {
  const of = (part: Part) => names.filter((name) => partNamed(name) === part)
  return { validation: of('validation'), test: of('test') }
}
