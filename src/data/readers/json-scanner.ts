/**
 * JSON (RFC 8259), read in pieces: no file is too long and no nesting too deep for the stack. Besides the standard,
 * `NaN`, `Infinity` and `-Infinity` are words, as Python writes them.
 */

/** What stands where JSON does not allow it. */
export class JsonProblem extends Error {
  constructor(
    readonly line: number,
    /** Ends a sentence that begins with the line. */
    readonly what: string
  ) {
    super(what)
  }
}

export type JsonWord = 'true' | 'false' | 'null' | 'NaN' | 'Infinity' | '-Infinity'

export interface JsonHandler {
  open(kind: '{' | '['): void
  close(kind: '{' | '['): void
  key(text: string): void
  text(text: string): void
  /** As the file spells it. */
  number(source: string): void
  word(word: JsonWord): void
}

const enum Expect {
  Value,
  ValueOrEnd,
  KeyOrEnd,
  Key,
  Colon,
  CommaOrEnd,
  Nothing
}

const expected: Readonly<Record<Expect, string>> = {
  [Expect.Value]: 'a value was expected',
  [Expect.ValueOrEnd]: 'a value or ] was expected',
  [Expect.KeyOrEnd]: 'a key in quotes or } was expected',
  [Expect.Key]: 'a key in quotes was expected',
  [Expect.Colon]: 'a colon was expected',
  [Expect.CommaOrEnd]: 'a comma or a closing bracket was expected',
  [Expect.Nothing]: 'the end was expected'
}

/** Levels of brackets. */
const deepest = 256
/** Characters of one text or number. */
const longest = 16 * 1024 * 1024

const words: ReadonlySet<string> = new Set<JsonWord>(['true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'])
const number = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/

export class JsonScanner {
  private text = ''
  private at = 0
  /** What follows a value that has not ended yet. Looked at when it is as long as the value is so far, not piece by piece. */
  private waiting: string[] = []
  private waitingLength = 0
  private expect: Expect = Expect.Value
  private readonly open: ('{' | '[')[] = []

  /** @param line of the file where the text begins */
  constructor(
    private readonly handler: JsonHandler,
    public line = 1
  ) {}

  /** @throws JsonProblem, and what the handler throws */
  push(text: string): void {
    this.waiting.push(text)
    this.waitingLength += text.length
    const rest = this.text.length - this.at
    if (this.waitingLength >= rest || this.waitingLength + rest > longest) this.scan()
  }

  private scan(): void {
    this.text = this.text.slice(this.at) + this.waiting.join('')
    this.at = 0
    this.waiting = []
    this.waitingLength = 0
    while (this.step());
    if (this.text.length - this.at > longest) throw this.problem('holds a value longer than 16 MB')
  }

  /** @throws JsonProblem when the value has not ended */
  finish(): void {
    // A space ends what may be the beginning of a number.
    this.push(' ')
    this.scan()
    if (this.expect === Expect.Nothing && this.at === this.text.length) return
    const quoted = this.text[this.at] === '"'
    throw this.problem(quoted ? 'begins a text that is never closed' : 'is the last, but a bracket is not closed')
  }

  /** Reads one token; false when the text so far does not hold a whole one. */
  private step(): boolean {
    const { text } = this
    for (;;) {
      const code = text.charCodeAt(this.at)
      if (code === 0x0a) this.line++
      else if (code !== 0x20 && code !== 0x0d && code !== 0x09) break
      this.at++
    }
    const char = text[this.at]
    if (char === undefined) return false
    switch (char) {
      case '"':
        return this.quoted()
      case '{':
      case '[':
        this.requireValue(char)
        if (this.open.length >= deepest) throw this.problem(`has brackets nested over ${deepest} levels deep`)
        this.open.push(char)
        this.expect = char === '{' ? Expect.KeyOrEnd : Expect.ValueOrEnd
        this.handler.open(char)
        break
      case '}':
      case ']': {
        const kind = char === '}' ? '{' : '['
        const empty = this.expect === (kind === '{' ? Expect.KeyOrEnd : Expect.ValueOrEnd)
        if (this.open.at(-1) !== kind || !(empty || this.expect === Expect.CommaOrEnd)) throw this.unexpected(char)
        this.open.pop()
        this.afterValue()
        this.handler.close(kind)
        break
      }
      case ',':
        if (this.expect !== Expect.CommaOrEnd) throw this.unexpected(char)
        this.expect = this.open.at(-1) === '{' ? Expect.Key : Expect.Value
        break
      case ':':
        if (this.expect !== Expect.Colon) throw this.unexpected(char)
        this.expect = Expect.Value
        break
      default:
        return this.bare()
    }
    this.at++
    return true
  }

  /** A text in quotes: a key or a value. */
  private quoted(): boolean {
    const { text, at: from } = this
    let escaped = false
    let end = from + 1
    for (; ; end++) {
      const code = text.charCodeAt(end)
      if (code === 0x22) break
      if (code === 0x5c) {
        escaped = true
        end++
      } else if (code < 0x20) throw this.problem('has a control character or a line end within a text')
      if (end >= text.length) return false
    }
    const value = escaped ? this.unescaped(text.slice(from, end + 1)) : text.slice(from + 1, end)
    this.at = end + 1
    if (this.expect === Expect.Key || this.expect === Expect.KeyOrEnd) {
      this.expect = Expect.Colon
      this.handler.key(value)
    } else {
      this.requireValue('a text')
      this.afterValue()
      this.handler.text(value)
    }
    return true
  }

  /** A number or one of the words. */
  private bare(): boolean {
    const pattern = /[^\s,:[\]{}"]+/y
    pattern.lastIndex = this.at
    const [token = ''] = pattern.exec(this.text) ?? []
    const end = this.at + token.length
    if (end === this.text.length) return false
    if (token === '') throw this.unexpected(JSON.stringify(this.text[this.at]))
    this.requireValue(token)
    if (number.test(token)) {
      this.afterValue()
      this.handler.number(token)
    } else if (isWord(token)) {
      this.afterValue()
      this.handler.word(token)
    } else throw this.unexpected(token)
    this.at = end
    return true
  }

  private unescaped(quoted: string): string {
    let value: unknown
    try {
      value = JSON.parse(quoted)
    } catch {
      throw this.problem(`has an escape that JSON does not know, in ${quoted.slice(0, 40)}`)
    }
    if (typeof value !== 'string') throw new Error('a text in quotes was expected')
    if (/\p{Surrogate}/u.test(value)) {
      throw this.problem(`has half a character, written as \\u with a surrogate, in ${quoted.slice(0, 40)}`)
    }
    return value
  }

  private requireValue(found: string): void {
    if (this.expect !== Expect.Value && this.expect !== Expect.ValueOrEnd) throw this.unexpected(found)
  }

  private afterValue(): void {
    this.expect = this.open.length === 0 ? Expect.Nothing : Expect.CommaOrEnd
  }

  private unexpected(found: string): JsonProblem {
    const shown = found.length > 40 ? `${found.slice(0, 40)}…` : found
    return this.problem(`has ${shown} where ${expected[this.expect]}`)
  }

  private problem(what: string): JsonProblem {
    return new JsonProblem(this.line, what)
  }
}

function isWord(token: string): token is JsonWord {
  return words.has(token)
}
