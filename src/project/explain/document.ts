/** A document of words and equations, before it is HTML or LaTeX. */

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'subheading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** TeX, set by itself. */
  | { readonly kind: 'equation'; readonly tex: string }

export interface WorkedDocument {
  readonly title: string
  readonly blocks: readonly Block[]
}
