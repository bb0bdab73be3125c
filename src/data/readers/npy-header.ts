/**
 * The header of an NPY file: a Python dictionary as text, read by a grammar of its own and never evaluated.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

export type Literal = string | number | boolean | null | LiteralList | Map<string, Literal>
export interface LiteralList {
  readonly kind: 'tuple' | 'list'
  readonly items: readonly Literal[]
}

/** Levels of brackets; structured types of any sense have three or four. */
const deepest = 16

/**
 * A Python literal: strings, whole numbers (also `3L`, as Python 2 wrote them), True, False, None, tuples, lists and
 * dictionaries whose keys are strings.
 * @throws SyntaxError
 */
export function parseLiteral(text: string): Literal {
  const parser = new LiteralParser(text)
  const value = parser.value(0)
  parser.end()
  return value
}

class LiteralParser {
  private at = 0

  constructor(private readonly text: string) {}

  value(depth: number): Literal {
    if (depth > deepest) throw new SyntaxError(`brackets are nested over ${deepest} levels deep`)
    this.space()
    const first = this.text[this.at]
    if (first === "'" || first === '"') return this.string(first)
    if (first === '(') return this.sequence('tuple', ')', depth)
    if (first === '[') return this.sequence('list', ']', depth)
    if (first === '{') return this.dictionary(depth)
    const word = /[A-Za-z]+|-?[0-9]+L?/y
    word.lastIndex = this.at
    const [token] = word.exec(this.text) ?? []
    if (token === undefined) throw this.unexpected()
    if (token === 'True' || token === 'False') {
      this.at += token.length
      return token === 'True'
    }
    if (token === 'None') {
      this.at += token.length
      return null
    }
    const number = Number(token.replace('L', ''))
    if (!Number.isSafeInteger(number)) throw this.unexpected()
    this.at += token.length
    return number
  }

  end(): void {
    this.space()
    if (this.at < this.text.length) throw this.unexpected()
  }

  private sequence(kind: LiteralList['kind'], close: string, depth: number): Literal {
    const items: Literal[] = []
    this.at++
    let comma = true
    for (;;) {
      if (this.taken(close)) break
      if (!comma) throw this.unexpected()
      items.push(this.value(depth + 1))
      comma = this.taken(',')
    }
    // (3) is 3 in brackets, (3,) is a tuple.
    const [only] = items
    return kind === 'tuple' && items.length === 1 && !comma && only !== undefined ? only : { kind, items }
  }

  private dictionary(depth: number): Literal {
    const entries = new Map<string, Literal>()
    this.at++
    let comma = true
    for (;;) {
      if (this.taken('}')) return entries
      if (!comma) throw this.unexpected()
      const key = this.value(depth + 1)
      if (typeof key !== 'string' || entries.has(key) || !this.taken(':')) throw this.unexpected()
      entries.set(key, this.value(depth + 1))
      comma = this.taken(',')
    }
  }

  private string(quote: string): string {
    let value = ''
    for (let at = this.at + 1; at < this.text.length; at++) {
      const char = this.text[at] ?? ''
      if (char === quote) {
        this.at = at + 1
        return value
      }
      if (char !== '\\') {
        value += char
        continue
      }
      const escape = /x([0-9a-f]{2})|u([0-9a-f]{4})|([\\'"])/iy
      escape.lastIndex = at + 1
      const found = escape.exec(this.text)
      if (found === null) throw new SyntaxError(`an escape that is not understood at character ${at}`)
      value += found[3] ?? String.fromCharCode(parseInt(found[1] ?? found[2] ?? '', 16))
      at += found[0].length
    }
    throw new SyntaxError('a text is never closed')
  }

  private taken(char: string): boolean {
    this.space()
    if (this.text[this.at] !== char) return false
    this.at++
    return true
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++
  }

  private unexpected(): SyntaxError {
    const found = this.at < this.text.length ? JSON.stringify(this.text.slice(this.at, this.at + 12)) : 'its end'
    return new SyntaxError(`${found} where a value or bracket was expected, at character ${this.at}`)
  }
}
