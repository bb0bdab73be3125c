/** What the microscope says of one number: a law, and the law with this network's numbers. */
import type { Term, WorkedLine } from './worked-line'

export interface ExplainedLine extends WorkedLine {
  /** In plain words, what it is. */
  readonly words: string
  /** TeX of the law in general; null where the formula itself says it. */
  readonly law: string | null
}

/** Products that are written out in a sum; the others are one term, by their sum. */
const WRITTEN_OUT = 6

export interface Product {
  readonly left: Omit<Term, 'name'>
  readonly right: Omit<Term, 'name'>
}

/**
 * Σ left · right, the largest products written out in their order and the sum of the others as one term.
 * @returns TeX with `@name` for each term, and the terms
 */
export function sumOfProducts(products: readonly Product[]): {
  readonly formula: string
  readonly terms: readonly Term[]
} {
  const sizes = products.map(({ left, right }) => Math.abs(left.value * right.value))
  const largest = [...sizes.keys()].sort((one, other) => (sizes[other] ?? 0) - (sizes[one] ?? 0))
  const all = products.length <= WRITTEN_OUT + 1
  const chosen = new Set(all ? largest : largest.slice(0, WRITTEN_OUT))
  const parts: string[] = []
  const terms: Term[] = []
  let rest = 0
  products.forEach(({ left, right }, at) => {
    if (!chosen.has(at)) {
      rest += left.value * right.value
      return
    }
    const number = parts.length + 1
    terms.push({ name: `left${number}`, ...left }, { name: `right${number}`, ...right })
    parts.push(`@left${number} \\cdot @right${number}`)
  })
  if (!all) {
    terms.push({ name: 'rest', symbol: `\\Sigma_{${products.length - chosen.size}\\text{ more}}`, value: rest })
    parts.push('@rest')
  }
  return { formula: parts.length === 0 ? '0' : parts.join(' + '), terms }
}
