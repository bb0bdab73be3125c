/** Formulas in the Markdown of lessons: `$…$` within a line, `$$…$$` on lines of their own. */
import type { MarkedExtension, Token } from 'marked'

const OWN_LINES = /^ {0,3}\$\$((?:[^$\\]|\\[^])+)\$\$[ \t]*(?:\n|$)/

/** Of the tokens for a formula on its own lines, one within a line, and a `$$` that begins neither. */
export type FormulaToken = 'formula' | 'math' | 'dollars'

export const formulas = {
  extensions: [
    {
      name: 'formula',
      level: 'block',
      start: (text) => found(text, '\n$$'),
      tokenizer: (text) => token('formula', OWN_LINES.exec(text)?.[0] ?? null)
    },
    {
      name: 'math',
      level: 'inline',
      start: (text) => found(text, '$'),
      tokenizer: (text) => (text.startsWith('$$') ? token('dollars', '$$') : token('math', inlineFormula(text)))
    }
  ],
  hooks: { emStrongMask: withoutFormulas }
} as const satisfies MarkedExtension

/** The TeX of a formula's token. */
export function texOf({ raw }: Pick<Token, 'raw'>): string {
  return raw
    .trim()
    .replace(/^\$+|\$+$/g, '')
    .trim()
}

/** The formula that a text begins with; null where there is none. No space within the signs, no digit behind: "$5 and $6" are prices. */
function inlineFormula(text: string): string | null {
  if (!text.startsWith('$')) return null
  let end = 1
  while (end < text.length && text[end] !== '$') end += text[end] === '\\' ? 2 : 1
  if (end >= text.length) return null
  const tex = text.slice(1, end)
  const isFormula = tex !== '' && tex.trim() === tex && !/\d/.test(text.charAt(end + 1))
  return isFormula ? `$${tex}$` : null
}

/** The same text with letters for formulas: an asterisk in one ends no emphasis. */
function withoutFormulas(text: string): string {
  const masked: string[] = []
  for (let at = 0; at < text.length;) {
    const formula = text[at] === '$' ? inlineFormula(text.slice(at)) : null
    masked.push(formula === null ? text.charAt(at) : 'a'.repeat(formula.length))
    at += formula?.length ?? 1
  }
  return masked.join('')
}

function token(type: FormulaToken, raw: string | null): { type: FormulaToken; raw: string } | undefined {
  return raw === null ? undefined : { type, raw }
}

function found(text: string, sign: string): number | undefined {
  const at = text.indexOf(sign)
  return at < 0 ? undefined : at
}
