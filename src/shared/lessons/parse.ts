/** A lesson's file: `docs/lessons.md` says how it is written. All that is wrong with one is told at once. */
import * as v from 'valibot'
import { EXPECTS_OBJECT, issueWords } from '../issue-words'
import { checkBench, checkBlock, pathOf } from './checks'
import { readLinedJson, type LinedJson } from './json'
import { benchBlockSchema, blockSchemas, lessonHeadSchema } from './lesson'
import type { BenchBlock, BlockKind, Choices, Lesson, LessonBlock, LessonHead, LessonPage } from './lesson'
import { MAX_LESSON_BYTES } from './lesson-file'
import { partsOf, type Part } from './parts'
import type { LessonProblem } from './problems'
import { readProse, readTitle } from './prose'

export type { LessonProblem } from './problems'
export { proseOf } from './prose'

export type ParsedLesson = { readonly lesson: Lesson } | { readonly problems: readonly LessonProblem[] }

/** Problems that are told of one file. */
const MAX_PROBLEMS = 100
/** Text of a lesson outside and within its blocks, in UTF-16 units: more than half an hour's reading, and read in a second at worst. */
const MAX_TEXT = 50_000
const MAX_TITLE = 120

/** Longest part of the file that a message repeats. */
const MAX_QUOTED = 80

/** What stands behind a fence: the head, benches, formulas, and blocks that are shown. */
const HEAD = 'lesson'
const BENCH = 'bench'
const MATH = 'math'

const shownBlocks: Readonly<Record<BlockKind, v.GenericSchema<unknown, LessonBlock>>> = {
  question: v.pipe(
    blockSchemas.question,
    v.transform((block) => ({ kind: 'question', block }) as const)
  ),
  microscope: v.pipe(
    blockSchemas.microscope,
    v.transform((block) => ({ kind: 'microscope', block }) as const)
  ),
  trial: v.pipe(
    blockSchemas.trial,
    v.transform((block) => ({ kind: 'trial', block }) as const)
  ),
  race: v.pipe(
    blockSchemas.race,
    v.transform((block) => ({ kind: 'race', block }) as const)
  ),
  depth: v.pipe(
    blockSchemas.depth,
    v.transform((block) => ({ kind: 'depth', block }) as const)
  ),
  'output-gradients': v.pipe(
    blockSchemas['output-gradients'],
    v.transform((block) => ({ kind: 'output-gradients', block }) as const)
  )
}
const kinds: readonly BlockKind[] = ['question', 'microscope', 'trial', 'race', 'depth', 'output-gradients']
const words: readonly string[] = [HEAD, BENCH, ...kinds, MATH]
const knownWords = words.join(', ')

const BEGINNING = 'A lesson begins with "# Title", then a block ```lesson with its "summary" and "minutes".'

/** @param text of the file */
export function parseLesson(text: string): ParsedLesson {
  if (text.length > MAX_LESSON_BYTES)
    return {
      problems: [
        {
          line: 1,
          message: `The file has ${text.length} characters; at most ${MAX_LESSON_BYTES} are read. Make it two lessons.`
        }
      ]
    }
  return new LessonReader().read(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'))
}

interface OpenPage {
  readonly title: string
  readonly line: number
  readonly blocks: LessonBlock[]
  /** It has something, be it wrong. */
  filled: boolean
}

class LessonReader {
  private readonly problems: LessonProblem[] = []
  private title: string | null = null
  private head: { readonly block: LessonHead | null } | null = null
  private readonly benches: BenchBlock[] = []
  private readonly pages: OpenPage[] = []
  /** Looks at blocks once all benches are known. */
  private readonly checks: (() => void)[] = []
  /** A bench could not be read: which names there are is not known. */
  private brokenBench = false
  private textLength = 0

  read(text: string): ParsedLesson {
    if (text.trim() === '') return { problems: [{ line: 1, message: `The file is empty. ${BEGINNING}` }] }
    for (const part of partsOf(text)) this.readPart(part)
    for (const check of this.checks) check()
    const lesson = this.whole()
    return this.problems.length > 0 || lesson === null ? { problems: this.told() } : { lesson }
  }

  // ── The file ───────────────────────────────────────────────────────────────────────────────────────────────

  private readPart(part: Part): void {
    const { kind, line, text } = part
    switch (kind) {
      case 'title':
        this.readTitle(line, text)
        return
      case 'page':
        this.pages.push({ title: this.titleOf(text, line), line, blocks: [], filled: false })
        return
      case 'text':
        this.readText(line, text)
        return
      case 'unclosed':
        this.tell(
          line,
          text === '<!--'
            ? 'A comment begins here and has no end. Close it with -->.'
            : `A block begins here and has no end. Close it with ${text} in a line of its own.`
        )
        return
      case 'fence':
        this.readFence(part)
    }
  }

  private readTitle(line: number, text: string): void {
    if (this.title !== null)
      this.tell(line, `A second title, "# ${cut(text)}". A lesson has one; pages begin with "## Title".`)
    else if (this.pages.length > 0 || this.head !== null)
      this.tell(line, 'The title stands behind other parts of the lesson. Write it in the first line.')
    const title = this.titleOf(text, line)
    this.title ??= title
  }

  private titleOf(text: string, line: number): string {
    if (text === '') this.tell(line, 'A # without a title. Write the title behind it.')
    else if (text.length > MAX_TITLE)
      this.tell(line, `A title of ${text.length} characters; at most ${MAX_TITLE} are shown. Write a shorter one.`)
    else return readTitle(text, line, this.tell)
    return text
  }

  private readText(line: number, text: string): void {
    const firstLine = line + text.split('\n').findIndex((each) => each.trim() !== '')
    const page = this.pageAt(firstLine, 'Text')
    if (!this.countText(text, firstLine)) return
    const { prose, problems } = readProse(text, line)
    for (const problem of problems) this.tell(problem.line, problem.message)
    if (prose.length > 0) page?.blocks.push({ kind: 'prose', prose })
  }

  /** Whether there is not too much of it by now. */
  private countText(text: string, line: number): boolean {
    const before = this.textLength
    this.textLength += text.length
    if (this.textLength <= MAX_TEXT) return true
    if (before <= MAX_TEXT)
      this.tell(line, `The lesson has more than ${MAX_TEXT} characters of text by here. Make it two lessons.`)
    return false
  }

  /** The page that is being filled; null before the first, which is told. */
  private pageAt(line: number, what: string): OpenPage | null {
    const page = this.pages.at(-1)
    if (page === undefined) {
      this.tell(line, `${what} stands before the first page. Begin a page with "## Title" above it.`)
      return null
    }
    page.filled = true
    return page
  }

  // ── Blocks ─────────────────────────────────────────────────────────────────────────────────────────────────

  private readFence({ line, word, text }: Part): void {
    if (word === HEAD) this.readHead(line, text)
    else if (word === BENCH) this.readBench(line, text)
    else {
      const kind = kinds.find((each) => each === word)
      const page = this.pageAt(line, 'A block that is shown')
      if (word === MATH) this.readFormula(line, text, page)
      else if (kind === undefined) this.tell(line, unknownWords(word))
      else this.readShown(kind, line, text, page)
    }
  }

  private readFormula(line: number, text: string, page: OpenPage | null): void {
    const tex = text.trim()
    this.countText(text, line)
    if (tex === '') this.tell(line, 'A block "math" is empty. Write a formula in TeX in it.')
    else page?.blocks.push({ kind: 'prose', prose: [{ kind: 'formula', tex }] })
  }

  private readHead(line: number, text: string): void {
    if (this.head !== null)
      this.tell(line, `A second block "${HEAD}". A lesson has one, below its title; remove this one.`)
    else if (this.pages.length > 0)
      this.tell(
        line,
        `The block "${HEAD}" stands within the pages. Write it below the title, before the first "## Title".`
      )
    const block = this.valueOf(HEAD, lessonHeadSchema, line, text)?.value ?? null
    this.head ??= { block }
  }

  private readBench(line: number, text: string): void {
    const read = this.valueOf(BENCH, benchBlockSchema, line, text)
    if (read === null) {
      this.brokenBench = true
      return
    }
    const { value, tellAt } = read
    if (this.benches.some(({ name }) => name === value.name))
      tellAt(['name'], `there is a bench "${value.name}" above. Give each a name of its own`)
    this.benches.push(value)
    checkBench(value, tellAt)
  }

  private readShown(kind: BlockKind, line: number, text: string, page: OpenPage | null): void {
    const read = this.valueOf(kind, shownBlocks[kind], line, text)
    if (read === null) return
    const { value, tellAt, lineOf } = read
    page?.blocks.push(value)
    for (const { path, text } of textsOf(value)) {
      if (!this.countText(text, lineOf(path))) return
      // Line breaks of a text in JSON are none of the file.
      for (const { message } of readProse(text).problems) this.tell(lineOf(path), inBlock(kind, path, message))
    }
    this.checks.push(() => checkBlock(value, this.brokenBench ? null : this.benches, tellAt))
  }

  /** What a block says, in the form it is to have; null when it has another, which is told. */
  private valueOf<T>(
    word: string,
    schema: v.GenericSchema<unknown, T>,
    line: number,
    text: string
  ): ReadBlock<T> | null {
    if (text.trim() === '') {
      this.tell(line, `The block "${word}" is empty. It is to hold JSON: {"name": value, …}.`)
      return null
    }
    const json = readLinedJson(text, line + 1)
    if ('problem' in json) {
      this.tell(json.problem.line, `The block "${word}" cannot be read as JSON here: ${json.problem.message}.`)
      return null
    }
    const tellAt: ReadBlock<T>['tellAt'] = (path, problem) =>
      this.tell(json.lineOf(path), inBlock(word, path, `${problem}.`))
    if (typeof json.value !== 'object' || json.value === null || Array.isArray(json.value)) {
      tellAt([], `${EXPECTS_OBJECT}, got something else`)
      return null
    }
    const parsed = v.safeParse(schema, json.value)
    if (parsed.success) return { value: parsed.output, tellAt, lineOf: json.lineOf }
    for (const issue of parsed.issues) tellAt(pathOf(issue), issueWords(issue).problem)
    return null
  }

  // ── The whole ──────────────────────────────────────────────────────────────────────────────────────────────

  private whole(): Lesson | null {
    const { title, head, pages } = this
    if (title === null) this.tell(1, `There is no title. ${BEGINNING}`)
    if (head === null) this.tell(1, `There is no block "${HEAD}". ${BEGINNING}`)
    if (pages.length === 0) this.tell(1, 'There is no page. Begin one with "## Title"; text and blocks follow.')
    for (const { line, filled } of pages)
      if (!filled)
        this.tell(line, 'This page has nothing to show. Write text or a block below its title, or remove it.')
    if (title === null || head === null || head.block === null) return null
    return { ...head.block, title, benches: this.benches, pages: pages.map(pageOf) }
  }

  private readonly tell = (line: number, message: string): void => void this.problems.push({ line, message })

  private told(): readonly LessonProblem[] {
    const told = new Set<string>()
    const inOrder = this.problems
      .filter(({ line, message }) => told.size < told.add(`${line} ${message}`).size)
      .toSorted((a, b) => a.line - b.line)
    const more = inOrder.length - MAX_PROBLEMS
    const next = inOrder[MAX_PROBLEMS]
    if (next === undefined) return inOrder
    return [
      ...inOrder.slice(0, MAX_PROBLEMS),
      { line: next.line, message: `From here on there are ${more} more. Mend those above first.` }
    ]
  }
}

interface ReadBlock<T> {
  readonly value: T
  readonly lineOf: LinedJson['lineOf']
  /** Tells a problem of the value at that path. */
  readonly tellAt: (path: readonly PropertyKey[], problem: string) => void
}

function pageOf({ title, blocks }: OpenPage): LessonPage {
  return { title, blocks }
}

function unknownWords(word: string): string {
  const [first = ''] = word.split(/\s/)
  if (word === '') return `A block without a word behind its fence. Write which it is; known are ${knownWords}.`
  if (first !== word && words.includes(first))
    return `${quoted(word)} stands behind a fence, where "${first}" stands alone. Settings are written within the block, as JSON.`
  return `There is no block ${quoted(word)}. Known are ${knownWords}.`
}

function inBlock(word: string, path: readonly PropertyKey[], problem: string): string {
  return path.length === 0
    ? `The block "${word}": ${problem}`
    : `In the block "${word}", ${quoted(path.map(String).join('.'))}: ${problem}`
}

interface PlacedText {
  readonly path: readonly PropertyKey[]
  readonly text: string
}

/** The Markdown texts of a block. */
function textsOf(placed: LessonBlock): readonly PlacedText[] {
  switch (placed.kind) {
    case 'prose':
    case 'microscope':
      return []
    case 'question':
      return [...askedTexts(placed.block, []), ...textAt(['then'], placed.block.then)]
    default:
      return [...askedTexts(placed.block.predict, ['predict']), ...textAt(['then'], placed.block.then)]
  }
}

function askedTexts(
  asked: { readonly ask: string; readonly choices?: Choices | undefined } | undefined,
  path: readonly PropertyKey[]
): readonly PlacedText[] {
  const choices = (asked?.choices ?? []).flatMap(({ text, because }, index) => [
    { path: [...path, 'choices', index, 'text'], text },
    { path: [...path, 'choices', index, 'because'], text: because }
  ])
  return [...textAt([...path, 'ask'], asked?.ask), ...choices]
}

function textAt(path: readonly PropertyKey[], text: string | undefined): readonly PlacedText[] {
  return text === undefined ? [] : [{ path, text }]
}

function quoted(text: string): string {
  return `"${cut(text)}"`
}

function cut(text: string): string {
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text
}
