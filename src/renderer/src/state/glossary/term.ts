/** A word of the studio: two plain sentences and, where one says more, a formula. */
export interface Term {
  readonly title: string
  readonly text: string
  readonly formula?: string
}

/** The words under which a term is looked up, the first one its own, and the term. */
export type Entry = readonly [words: string | readonly string[], term: Term]
