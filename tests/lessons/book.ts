/** The built-in lessons, read from their files, and what really happens on their pages. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { provideKernels, SurfaceRace, type Microscope } from '../../src/engine'
import { surfaceNamed } from '../../src/engine/catalog'
import { benchMicroscope, benchNumber, benchState, openBench, tableOfBench } from '../../src/project'
import type { BenchTrialView, TrialVariantView } from '../../src/shared/bench-views'
import type { DepthContestant } from '../../src/shared/gradient-views'
import type {
  BenchBlock,
  BlockKind,
  BlockOf,
  Inline,
  Lesson,
  LessonBlock,
  LessonPage,
  Prose
} from '../../src/shared/lessons/lesson'
import { parseLesson, proseOf } from '../../src/shared/lessons/parse'
import { tryBench } from '../../src/trainer/benchTrial'
import { nothingFound, tryDepth, type DepthFound } from '../../src/trainer/depthExperiment'
import { kernelBytes } from '../kernels'

// Trials train as they do in the studio.
provideKernels(kernelBytes)

const folder = new URL('../../resources/lessons/', import.meta.url)

export const files: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .sort()

/** @throws Error with what is wrong with the file */
export function lessonIn(file: string): Lesson {
  const parsed = parseLesson(readFileSync(new URL(file, folder), 'utf8'))
  if ('lesson' in parsed) return parsed.lesson
  throw new Error(parsed.problems.map(({ line, message }) => `${file}:${line} ${message}`).join('\n'))
}

/** By its number. */
export function lessonNumber(number: number): Lesson {
  const file = files[number - 1]
  if (file === undefined) throw new Error(`There is no lesson ${number}`)
  return lessonIn(file)
}

// ── What stands on a page ────────────────────────────────────────────────────────────────────────────────────

export function pageOf(lesson: Lesson, title: string): LessonPage {
  const page = lesson.pages.find((each) => each.title === title)
  if (page === undefined) throw new Error(`"${lesson.title}" has no page "${title}"`)
  return page
}

/** The blocks of a kind on a page, in their order. */
export function blocksOf<Kind extends BlockKind>(page: LessonPage, kind: Kind): readonly BlockOf<Kind>[] {
  const isOne = (placed: LessonBlock): placed is LessonBlock & { readonly kind: Kind; readonly block: BlockOf<Kind> } =>
    placed.kind === kind
  return page.blocks.filter(isOne).map(({ block }) => block)
}

/** The first of them. */
export function blockOf<Kind extends BlockKind>(page: LessonPage, kind: Kind): BlockOf<Kind> {
  const [block] = blocksOf(page, kind)
  if (block === undefined) throw new Error(`The page "${page.title}" has no ${kind}`)
  return block
}

export function benchOf(lesson: Lesson, name: string): BenchBlock {
  const bench = lesson.benches.find((each) => each.name === name)
  if (bench === undefined) throw new Error(`"${lesson.title}" has no bench "${name}"`)
  return bench
}

type Chosen = { readonly text: string; readonly right: boolean; readonly because: string }
interface Asking {
  readonly choices?: readonly Chosen[] | undefined
}

/** The text of the choice that counts as right. */
export function rightOf(asking: Asking | undefined): string {
  const right = asking?.choices?.find((choice) => choice.right)
  if (right === undefined) throw new Error('There is no right choice')
  return right.text
}

export function proseIn(page: LessonPage): readonly Prose[] {
  return page.blocks.flatMap((block) => (block.kind === 'prose' ? block.prose : []))
}

/** Everything that people may read on a page: Markdown of its blocks, and its own text. */
export function textsOn(page: LessonPage): readonly Prose[] {
  return page.blocks.flatMap((block) => (block.kind === 'prose' ? block.prose : textsIn(block).flatMap(proseOf)))
}

function textsIn(block: Exclude<LessonBlock, { readonly kind: 'prose' }>): readonly string[] {
  if (block.kind === 'microscope') return []
  if (block.kind === 'question') return [block.block.ask, ...choiceTexts(block.block), block.block.then ?? '']
  const { predict, then = '' } = block.block
  return [predict?.ask ?? '', ...choiceTexts(predict), then]
}

function choiceTexts(asking: Asking | undefined): readonly string[] {
  return (asking?.choices ?? []).flatMap(({ text, because }) => [text, because])
}

export function inlinesOf(prose: Prose): readonly Inline[] {
  switch (prose.kind) {
    case 'paragraph':
      return prose.inlines
    case 'list':
      return prose.items.flat()
    case 'formula':
      return [{ kind: 'math', text: prose.tex }]
  }
}

/** Letters and formulas as one text. */
export function plain(inlines: readonly Inline[]): string {
  return inlines.map((each) => ('inlines' in each ? plain(each.inlines) : each.text)).join('')
}

/**
 * That a page says a number, and that it is the one: rounded to as many digits behind the point as are written.
 * @param written as it stands there, without a sign
 */
export function expectStated(page: LessonPage, written: string, value: number): void {
  const text = textsOn(page)
    .map((prose) => plain(inlinesOf(prose)))
    .join('\n')
  const [, behind = ''] = written.split('.')
  expect(text.match(/\d+(?:\.\d+)?/g), page.title).toContain(written)
  expect(Math.abs(value).toFixed(behind.length), page.title).toBe(written)
}

// ── What happens there ───────────────────────────────────────────────────────────────────────────────────────

interface BenchPlace {
  readonly bench: string
  readonly row: number
  readonly after: number
}

/** The step that comes next on a bench, with one row. */
export async function stepAt(lesson: Lesson, { bench, row, after }: BenchPlace): Promise<Microscope> {
  const opened = openBench(benchOf(lesson, bench))
  return benchMicroscope(opened, await benchState(opened, after), row)
}

/** What the engine says to a question for a number. */
export async function answerOf(lesson: Lesson, { answer }: BlockOf<'question'>): Promise<number> {
  if (answer === undefined) throw new Error('The question asks for no number')
  return benchNumber(await stepAt(lesson, answer), answer.number)
}

const atOnce = () => Promise.resolve()

export function runTrial(lesson: Lesson, { bench, steps, variants }: BlockOf<'trial'>): Promise<BenchTrialView> {
  return tryBench({ bench: benchOf(lesson, bench), steps, variants }, atOnce)
}

export function variantOf({ variants }: BenchTrialView, label: string): TrialVariantView {
  const variant = variants.find((each) => each.label === label)
  if (variant === undefined) throw new Error(`There is no variant "${label}"`)
  return variant
}

/** Loss in the end. */
export function lossOf(variant: TrialVariantView): number {
  return variant.losses.at(-1) ?? NaN
}

/** The numbers of a parameter in the end. */
export function weightsOf({ weights }: TrialVariantView, name: string): readonly number[] {
  return weights?.find((each) => each.name === name)?.end ?? []
}

export function runRace({ surface, start, steps, lanes }: BlockOf<'race'>): SurfaceRace {
  const race = new SurfaceRace(surfaceNamed(surface), start, lanes)
  for (let step = 0; step < steps; step++) race.step()
  return race
}

export async function runDepth(
  lesson: Lesson,
  { bench: name, choice }: BlockOf<'depth'>
): Promise<readonly DepthContestant[]> {
  const bench = benchOf(lesson, name)
  const told: DepthFound[] = []
  const found = (now: DepthFound): void => void told.push(now)
  await tryDepth(tableOfBench(bench), bench.setup, nothingFound(choice, 'bench'), { found, turn: atOnce })
  return told.at(-1)?.contestants ?? []
}

/** What of the output's error reaches the first layer with weights at the start: mean |δ| there by that of the output. */
export function arriving({ looks: [start] }: DepthContestant): number {
  const trained = start?.layers.filter((layer) => layer.trained) ?? []
  return (trained[0]?.delta ?? NaN) / (trained.at(-1)?.delta ?? NaN)
}
