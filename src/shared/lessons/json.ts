/**
 * JSON with the lines of everything in it: what is wrong with a block of a lesson is told with the line it stands on, in a block
 * that cannot be read and in one whose settings are wrong. What it takes is what `JSON.parse` takes, but no key twice.
 */

/** Lists and objects within one another. */
const MAX_LEVELS = 50
/** Longest part of the text that a message shows. */
const MAX_SHOWN = 20

const WORD = /[A-Za-z0-9_$.+-]+/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const constants: readonly string[] = ['true', 'false', 'null']

export interface LinedJson {
  readonly value: unknown
  /** Line of the value at that path; of what is around it where it is missing. */
  readonly lineOf: (path: readonly PropertyKey[]) => number
}

export interface JsonProblem {
  readonly line: number
  /** What was found and what was expected. */
  readonly message: string
}

/** @param firstLine number of the text's first line */
export function readLinedJson(text: string, firstLine: number): LinedJson | { readonly problem: JsonProblem } {
  const scanner = new Scanner(text, firstLine)
  try {
    scanner.scan()
    const value: unknown = JSON.parse(text)
    return { value, lineOf: (path) => scanner.lineOf(path) }
  } catch (error) {
    if (error instanceof Misread) return { problem: { line: error.line, message: error.message } }
    // It takes the same, and is tested to; should it not, there is still a line to tell.
    return { problem: { line: firstLine, message: 'this is no JSON' } }
  }
}

class Misread extends Error {
  constructor(
    readonly line: number,
    message: string
  ) {
    super(message)
  }
}

/** Goes through JSON once, checks it, and keeps where each value begins. */
class Scanner {
  private at = 0
  private line: number
  private readonly lines = new Map<string, number>()

  constructor(
    private readonly text: string,
    private readonly firstLine: number
  ) {
    this.line = firstLine
  }

  /** @throws Misread */
  scan(): void {
    this.space()
    this.value([])
    this.space()
    if (this.at < this.text.length) throw this.misread(`expected the end of the block, got ${this.found()}`)
  }

  lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length >= 0; length--) {
      const line = this.lines.get(keyOf(path.slice(0, length).map(String)))
      if (line !== undefined) return line
    }
    return this.firstLine
  }

  private value(path: readonly string[]): void {
    if (!this.lines.has(keyOf(path))) this.lines.set(keyOf(path), this.line)
    if (path.length > MAX_LEVELS) throw this.misread(`lists and objects are nested more than ${MAX_LEVELS} deep`)
    const next = this.text[this.at]
    if (next === '{') this.object(path)
    else if (next === '[') this.list(path)
    else if (next === '"') this.string()
    else this.word()
  }

  private object(path: readonly string[]): void {
    const keys = new Set<string>()
    this.entries('}', () => {
      if (this.text[this.at] !== '"') throw this.misread(`expected a name in double quotes, got ${this.found()}`)
      const key = this.string()
      if (keys.has(key)) throw this.misread(`the name ${shown(key)} stands twice in one object`)
      keys.add(key)
      this.lines.set(keyOf([...path, key]), this.line)
      this.space()
      if (this.text[this.at] !== ':') throw this.misread(`expected ":" behind ${shown(key)}, got ${this.found()}`)
      this.at++
      this.space()
      this.value([...path, key])
    })
  }

  private list(path: readonly string[]): void {
    let index = 0
    this.entries(']', () => this.value([...path, String(index++)]))
  }

  /** What stands between two brackets, with commas. */
  private entries(end: string, entry: () => void): void {
    const opened = { bracket: this.text[this.at] ?? '', line: this.line }
    this.at++
    this.space()
    if (this.text[this.at] === end) {
      this.at++
      return
    }
    for (;;) {
      entry()
      this.space()
      const next = this.text[this.at]
      if (next === end) {
        this.at++
        return
      }
      if (next !== ',')
        throw this.misread(
          `expected "," or "${end}" (of the "${opened.bracket}" in line ${opened.line}), got ${this.found()}`
        )
      this.at++
      this.space()
      if (this.text[this.at] === end)
        throw this.misread(`a comma stands before "${end}", where nothing follows; remove it`)
    }
  }

  private string(): string {
    const from = this.at
    for (this.at++; ; this.at++) {
      const next = this.text[this.at]
      if (next === '"') break
      if (next === undefined || next === '\n')
        throw this.misread('a text has no closing " in its line; a line break within a text is written \\n')
      if (next < ' ') throw this.misread('a text has a tab or another control character; write \\t for a tab')
      if (next === '\\') this.escape()
    }
    this.at++
    return String(JSON.parse(this.text.slice(from, this.at)))
  }

  private escape(): void {
    const escape = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(this.text.slice(this.at, this.at + 6))
    if (escape === null)
      throw this.misread(
        `${shown(this.text.slice(this.at, this.at + 2))} is no sign of JSON; a backslash, as in formulas, is written twice: \\\\`
      )
    this.at += escape[0].length - 1
  }

  private word(): void {
    NUMBER.lastIndex = this.at
    WORD.lastIndex = this.at
    const word = WORD.exec(this.text)?.[0] ?? ''
    const number = NUMBER.exec(this.text)?.[0] ?? ''
    if (word === '') throw this.misread(`expected a value, got ${this.found()}`)
    if (word !== number && !constants.includes(word))
      throw this.misread(`expected a number, true, false, null, or a text in double quotes, got ${shown(word)}`)
    this.at += word.length
  }

  private space(): void {
    for (; ; this.at++) {
      const next = this.text[this.at]
      if (next === '\n') this.line++
      else if (next !== ' ' && next !== '\t' && next !== '\r') return
    }
  }

  private found(): string {
    const next = this.text[this.at]
    if (next === undefined) return 'the end of the block'
    if (this.text.startsWith('//', this.at) || this.text.startsWith('/*', this.at) || next === '#')
      return 'a comment, which JSON does not have'
    if (next === "'" || next === '“' || next === '”') return `${next}, which is no quote of JSON; texts stand between "`
    WORD.lastIndex = this.at
    return shown(WORD.exec(this.text)?.[0] ?? Array.from(this.text.slice(this.at, this.at + 2))[0] ?? next)
  }

  private misread(message: string): Misread {
    return new Misread(this.line, message)
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path)
}
