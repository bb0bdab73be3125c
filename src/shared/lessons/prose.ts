/**
 * The text of lessons: Markdown with formulas, read by marked's lexer into `Prose`. What lessons do not have (HTML, links,
 * images, tables, …) is told as a problem, never shown as something else.
 */
import { Marked, type Token, type Tokens } from 'marked'
import { formulas, texOf } from './formulas'
import type { Inline, Prose } from './lesson'
import type { LessonProblem, Tell } from './problems'

/** Longest paragraph or list: reading may take time that grows with the square of it. */
const MAX_PARAGRAPH = 4000
/** Bold within emphasis within bold. */
const MAX_LEVELS = 4

const ENTITY = /&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/

const marked = new Marked(formulas)

/** What a text of a lesson says. What is a problem in it, `readProse` tells; it is left out. */
export function proseOf(text: string): readonly Prose[] {
  return readProse(text).prose
}

/** @param firstLine number of the text's first line in the file */
export function readProse(
  text: string,
  firstLine = 1
): { readonly prose: readonly Prose[]; readonly problems: readonly LessonProblem[] } {
  const problems: LessonProblem[] = []
  const tell: Tell = (line, message) => void problems.push({ line, message })
  if (tellLong(text, firstLine, tell)) return { prose: [], problems }
  let tokens: readonly Token[]
  try {
    tokens = marked.lexer(text)
  } catch {
    // Its recursion has no bound of its own.
    tell(firstLine, 'This text has quotations or lists nested too deep to be read. Write plain paragraphs and lists.')
    return { prose: [], problems }
  }
  const prose = withLines(tokens, text, firstLine).flatMap(([token, line]) => proseIn(token, line, tell))
  return { prose, problems }
}

/** What a title says: plain text. */
export function readTitle(text: string, line: number, tell: Tell): string {
  const { prose, problems } = readProse(text, line)
  const [first, ...more] = prose
  const inlines = first?.kind === 'paragraph' && more.length === 0 ? first.inlines : []
  const isPlain = problems.length === 0 && inlines.every(({ kind }) => kind === 'text')
  if (text !== '' && (!isPlain || inlines.length === 0))
    tell(
      line,
      `The title ${shown(text)} has signs of Markdown. A title is plain text: leave out **, \`, $ and the like.`
    )
  return plainText(inlines)
}

function plainText(inlines: readonly Inline[]): string {
  return inlines.map((each) => ('inlines' in each ? plainText(each.inlines) : each.text)).join('')
}

/** Whether there is a paragraph that is too long; each is told. */
function tellLong(text: string, firstLine: number, tell: Tell): boolean {
  let from = 0
  let length = 0
  let isLong = false
  for (const [index, line] of [...text.split('\n'), ''].entries()) {
    if (line.trim() !== '') {
      if (length === 0) from = index
      length += line.length + 1
      continue
    }
    if (length > MAX_PARAGRAPH) {
      isLong = true
      tell(
        firstLine + from,
        `A paragraph has ${length} characters; at most ${MAX_PARAGRAPH} are read. Part it by empty lines.`
      )
    }
    length = 0
  }
  return isLong
}

/** Each token with the line that it begins in. */
function withLines<T extends { readonly raw: string }>(
  tokens: readonly T[],
  within: string,
  firstLine: number
): readonly (readonly [T, number])[] {
  let at = 0
  let line = firstLine
  return tokens.map((token) => {
    const raw = token.raw.trim()
    const found = within.indexOf(raw, at)
    // What the lexer has changed (indents in lists) is not found; the token before it is near.
    if (found < 0) return [token, line]
    line += breaksIn(within.slice(at, found))
    at = found + raw.length
    const begins = line
    line += breaksIn(raw)
    return [token, begins]
  })
}

function breaksIn(text: string): number {
  return text.split('\n').length - 1
}

// ── Pieces of text ───────────────────────────────────────────────────────────────────────────────────────────

const isList = (token: Token): token is Tokens.List => token.type === 'list'
const isHeading = (token: Token): token is Tokens.Heading => token.type === 'heading'

/** What is no part of a lesson, and what to write in its place. */
const refusedPieces: ReadonlyMap<string, string> = new Map([
  ['html', 'HTML is not read in lessons. Write **bold**, *emphasis*, `code` or $formulas$; a plain < is written \\<.'],
  ['table', 'Tables are not drawn in lessons. Write a list, or a formula with \\begin{array}.'],
  [
    'blockquote',
    'Quotations (>) are not drawn in lessons. Write a paragraph; a plain > that begins a line is written \\>.'
  ],
  ['hr', 'Lines across the page are not drawn in lessons. Leave it out, or begin a page with "## Title".'],
  [
    'code',
    'Code is not shown as a block in lessons. Write `code` within a line; four spaces before a line make code of it too.'
  ],
  ['def', 'Links are not followed in lessons. Leave the address out, or write it as `code`.']
])

function proseIn(token: Token, line: number, tell: Tell): readonly Prose[] {
  if (isList(token)) return listIn(token, line, tell)
  if (isHeading(token)) {
    tell(line, headingWords(token))
    return []
  }
  switch (token.type) {
    case 'space':
      return []
    case 'formula':
      return formulaIn(token, line, tell)
    case 'paragraph':
    case 'text': {
      const inlines = inlinesIn(token.tokens ?? [], token.raw, line, tell)
      return inlines.length === 0 ? [] : [{ kind: 'paragraph', inlines }]
    }
    default:
      tell(line, refusedPieces.get(token.type) ?? `Lessons have no "${token.type}". Write paragraphs and lists.`)
      return []
  }
}

function formulaIn(token: Token, line: number, tell: Tell): readonly Prose[] {
  const tex = texOf(token)
  if (tex !== '') return [{ kind: 'formula', tex }]
  tell(line, 'There is nothing between $$ and $$. Write a formula in TeX there.')
  return []
}

function headingWords({ raw, depth }: Tokens.Heading): string {
  return raw.trimStart().startsWith('#')
    ? `A heading of ${depth} # was found within text. Pages begin with "## Title" in a line of the file; smaller headings are not drawn: write **bold**.`
    : 'A line of = or - under text makes a heading of it. Leave an empty line between them, or write "## Title" to begin a page.'
}

function listIn({ items, raw, ordered, start }: Tokens.List, line: number, tell: Tell): readonly Prose[] {
  if (ordered && start !== 1)
    tell(
      line,
      `A list begins with ${start}; lists are numbered from 1. Begin with "1.", or keep the list in one piece.`
    )
  return [
    {
      kind: 'list',
      ordered,
      items: withLines(items, raw, line).map(([item, itemLine]) => itemOf(item, itemLine, tell))
    }
  ]
}

/** An entry is one paragraph. */
function itemOf({ tokens, task }: Tokens.ListItem, line: number, tell: Tell): readonly Inline[] {
  const pieces = tokens.filter(({ type }) => type !== 'space')
  const [text, ...more] = pieces
  const isParagraph = text === undefined || text.type === 'text' || text.type === 'paragraph'
  if (task || !isParagraph || more.length > 0)
    tell(
      line,
      'An entry of a list is one line of text in lessons: no boxes to tick, no second paragraph, no list or formula of its own lines within it.'
    )
  return text === undefined || !isParagraph || task ? [] : inlinesIn(text.tokens ?? [], text.raw, line, tell)
}

// ── Pieces of a line ─────────────────────────────────────────────────────────────────────────────────────────

const refusedInlines: ReadonlyMap<string, string> = new Map([
  ['html', refusedPieces.get('html') ?? ''],
  ['link', 'Links are not followed in lessons. Leave the address out, or write it as `code`.'],
  ['image', 'Images are not shown in lessons. Leave it out, or show a block, such as "microscope".'],
  ['del', 'Text that is struck out (~) is not drawn in lessons. Leave it out; a plain ~ is written \\~.'],
  [
    'dollars',
    'A formula between $$ and $$ begins and ends its own lines, closed by $$. Within a line write $formula$; a plain dollar sign is written \\$.'
  ]
])

function inlinesIn(tokens: readonly Token[], raw: string, line: number, tell: Tell, level = 0): readonly Inline[] {
  const inlines: Inline[] = []
  for (const [token, at] of withLines(tokens, raw, line)) {
    for (const inline of inlineOf(token, at, tell, level)) {
      const last = inlines.at(-1)
      if (inline.kind === 'text' && last?.kind === 'text')
        inlines.splice(-1, 1, { kind: 'text', text: last.text + inline.text })
      else inlines.push(inline)
    }
  }
  return inlines
}

function inlineOf(token: Token, line: number, tell: Tell, level: number): readonly Inline[] {
  const { type } = token
  switch (type) {
    case 'text':
      tellEntity(token.raw, line, tell)
      return [{ kind: 'text', text: textOf(token) }]
    case 'escape':
      return [{ kind: 'text', text: textOf(token) }]
    case 'br':
      return [{ kind: 'text', text: ' ' }]
    case 'codespan':
      return [{ kind: 'code', text: textOf(token) }]
    case 'math':
      return [{ kind: 'math', text: texOf(token) }]
    case 'strong':
    case 'em':
      if (level === MAX_LEVELS) {
        tell(line, `Bold and emphasis are nested more than ${MAX_LEVELS} deep. Write them beside one another.`)
        return []
      }
      return [{ kind: type, inlines: inlinesIn(token.tokens ?? [], token.raw, line, tell, level + 1) }]
    default:
      tell(line, refusedInlines.get(type) ?? `Lessons have no "${type}" within a line. Write plain text.`)
      return []
  }
}

function tellEntity(raw: string, line: number, tell: Tell): void {
  const entity = ENTITY.exec(raw)
  if (entity === null) return
  const words = `${shown(entity[0])} is a name of HTML, which is not read. Write the sign itself.`
  tell(line + breaksIn(raw.slice(0, entity.index)), words)
}

/** A line break is a space. */
function textOf(token: Token): string {
  const text: unknown = 'text' in token ? token.text : token.raw
  return (typeof text === 'string' ? text : token.raw).replaceAll('\n', ' ')
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
