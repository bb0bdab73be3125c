/** Texts of lessons as names of controls, where formulas cannot be typeset. */
import type { Inline, Prose } from '../../../../shared/lessons/lesson'

/** Signs that TeX writes as words. */
const signs = new Map([
  ['cdot', '·'],
  ['times', '×'],
  ['partial', '∂'],
  ['eta', 'η'],
  ['delta', 'δ'],
  ['mu', 'μ'],
  ['sigma', 'σ'],
  ['approx', '≈'],
  ['le', '≤'],
  ['ge', '≥'],
  ['infty', '∞'],
  ['quad', ' ']
])

/** Whether any of it is a formula. */
export function hasFormula(prose: readonly Prose[]): boolean {
  return prose.some((piece) => piece.kind === 'formula' || inlinesOf(piece).some(isFormula))
}

const isFormula = (inline: Inline): boolean =>
  'inlines' in inline ? inline.inlines.some(isFormula) : inline.kind === 'math'

export function plainText(prose: readonly Prose[]): string {
  return prose
    .map((piece) => (piece.kind === 'formula' ? plainTex(piece.tex) : inlinesOf(piece).map(inlineText).join('')))
    .join(' ')
}

function inlinesOf(piece: Prose): readonly Inline[] {
  if (piece.kind === 'paragraph') return piece.inlines
  return piece.kind === 'list' ? piece.items.flat() : []
}

function inlineText(inline: Inline): string {
  if ('inlines' in inline) return inline.inlines.map(inlineText).join('')
  return inline.kind === 'math' ? plainTex(inline.text) : inline.text
}

/** A short formula in one line: "w = 3", "1 / (1 − μ)". */
export function plainTex(tex: string): string {
  return tex
    .replace(/\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g, (_, above: string, below: string) => {
      const enclosed = (part: string) => (/[ +\-−]/.test(part.trim()) ? `(${part})` : part)
      return `${enclosed(above)} / ${enclosed(below)}`
    })
    .replace(/\\([A-Za-z]+)/g, (_, word: string) => signs.get(word) ?? ` ${word} `)
    .replace(/\\[^A-Za-z]/g, ' ')
    .replace(/[{}]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
