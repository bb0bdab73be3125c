/** The grammar of ARFF within one line: attributes, and values with their quotes. */

export type ArffAttribute =
  | { readonly name: string; readonly kind: 'number' | 'string' | 'date' }
  | { readonly name: string; readonly kind: 'nominal'; readonly values: ReadonlySet<string> }

export interface ArffToken {
  readonly text: string
  readonly quoted: boolean
  /** Of a sparse row: which attribute, from 0 on. */
  readonly index?: number
}

/**
 * `NAME TYPE` after `@attribute`: numeric, integer, real, string, date (with the default format or one that says the
 * same), or the values in braces.
 * @returns the attribute, or what is wrong with the line
 */
export function attributeOf(rest: string): ArffAttribute | string {
  const name = readWord(rest, skipSpace(rest, 0), /[\s{]/)
  if (name === null || name.text === '') return 'has no name for its attribute'
  const type = rest.slice(name.end).trim()
  if (type.startsWith('{')) {
    if (!type.endsWith('}')) return 'lists values but does not end with }'
    const values = splitTokens(type.slice(1, -1), false)
    if (typeof values === 'string') return values
    return { name: name.text, kind: 'nominal', values: new Set(values.map(({ text }) => text)) }
  }
  const [word = '', ...format] = type.split(/\s+/)
  switch (word.toLowerCase()) {
    case 'numeric':
    case 'integer':
    case 'real':
      return { name: name.text, kind: 'number' }
    case 'string':
      return { name: name.text, kind: 'string' }
    case 'date': {
      const pattern = format.join(' ').replace(/["']/g, '')
      if (pattern === '' || /^yyyy-MM-dd([T ]HH:mm(:ss)?)?$/.test(pattern)) return { name: name.text, kind: 'date' }
      return `has dates written as "${pattern}"; only yyyy-MM-dd, with T or a space and HH:mm:ss, is read`
    }
    case 'relational':
      return 'declares a relational attribute, a table within a table, which is not read'
    default:
      return `has the type "${word.slice(0, 40)}"; numeric, integer, real, string, date or {values} was expected`
  }
}

/** Values between commas; of sparse rows each with its index before it. @returns them, or what is wrong. */
export function splitTokens(text: string, sparse: boolean): ArffToken[] | string {
  const tokens: ArffToken[] = []
  let at = skipSpace(text, 0)
  if (at === text.length) return tokens
  for (;;) {
    let index: number | undefined
    if (sparse) {
      const [whole, digits] = /^([0-9]{1,9})\s+/.exec(text.slice(at, at + 24)) ?? []
      if (whole === undefined) return `has "${text.slice(at, at + 20)}" where an attribute's number was expected`
      index = Number(digits)
      at += whole.length
    }
    // Tabs and commas part values, as in Weka; spaces within one belong to it.
    const word = readWord(text, at, /[,\t]/)
    if (word === null) return 'begins a quoted value that is never closed'
    tokens.push({ text: word.text, quoted: word.quoted, ...(index === undefined ? {} : { index }) })
    at = skipSpace(text, word.end)
    if (at >= text.length) return tokens
    if (text[at] === ',') at = skipSpace(text, at + 1)
    else if (word.quoted && text[word.end] !== '\t') return 'has text after a closing quote'
    // A comma at the very end: an empty value follows it.
    if (at >= text.length) {
      tokens.push({ text: '', quoted: false })
      return tokens
    }
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t']
])

/** A word up to a character that `ends` it, or in quotes; null when a quote is never closed. */
function readWord(text: string, from: number, ends: RegExp): { text: string; end: number; quoted: boolean } | null {
  const quote = text[from]
  if (quote !== "'" && quote !== '"') {
    let end = from
    while (end < text.length && !ends.test(text[end] ?? '')) end++
    return { text: text.slice(from, end).trim(), end, quoted: false }
  }
  let value = ''
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === quote) return { text: value, end: at + 1, quoted: true }
    if (char === '\\' && at + 1 < text.length) {
      const next = text[++at] ?? ''
      value += escapes.get(next) ?? next
    } else value += char
  }
  return null
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at] ?? '')) at++
  return at
}
