/** All built-in lessons: that they can be read, that everything they point at is there, and that answers are what they say. */
import katex from 'katex'
import { describe, expect, it } from 'vitest'
import {
  answerOf,
  blocksOf,
  files,
  inlinesOf,
  lessonIn,
  plain,
  proseIn,
  runDepth,
  runRace,
  runTrial,
  stepAt,
  textsOn
} from './book'
import type { BenchNumber, Inline } from '../../src/shared/lessons/lesson'

/** Of text on a page, beside what its blocks say. */
const MOST_WORDS = 90

it('are eight, in order', () => {
  expect(files.map((file) => file.slice(0, 3))).toEqual(['01-', '02-', '03-', '04-', '05-', '06-', '07-', '08-'])
})

describe.each(files)('%s', (file) => {
  const lesson = lessonIn(file)
  const { pages } = lesson

  it('is short: a few pages, little text on each, and something to do on all but summaries', () => {
    expect(pages.length).toBeGreaterThanOrEqual(5)
    expect(pages.length).toBeLessThanOrEqual(8)
    const idle = pages.filter(({ blocks }) => blocks.every(({ kind }) => kind === 'prose')).map(({ title }) => title)
    expect(['In short']).toEqual(expect.arrayContaining(idle))
    for (const page of pages) {
      const words = proseIn(page)
        .flatMap(inlinesOf)
        .flatMap((inline) => (inline.kind === 'math' ? ['formula'] : plain([inline]).trim().split(/\s+/)))
      expect(words.length, page.title).toBeLessThanOrEqual(MOST_WORDS)
    }
  })

  it('has formulas that can be typeset', () => {
    for (const page of pages)
      for (const tex of textsOn(page).flatMap(inlinesOf).flatMap(formulasIn))
        expect(() => katex.renderToString(tex, { throwOnError: true, strict: 'error' }), tex).not.toThrow()
  })

  it('points the microscope at what is there', async () => {
    for (const page of pages) {
      for (const block of blocksOf(page, 'microscope')) {
        const microscope = await stepAt(lesson, block)
        const layers = microscope.layers(0)
        const { at, choose } = block
        if (at !== undefined && 'layer' in at) expect(layers.map(({ layer }) => layer)).toContain(at.layer)
        if (choose?.kind === 'unit') expect(microscope.layer(choose.layer, 0).a.length).toBeGreaterThan(choose.unit)
        if (choose?.kind === 'weight') {
          expect(microscope.parameter(choose.parameter).before.length).toBeGreaterThan(choose.index)
        }
      }
    }
  })

  it('shows under the microscope no answer that is asked for on the same page', () => {
    for (const page of pages) {
      for (const { bench, row, after, at, choose } of blocksOf(page, 'microscope')) {
        for (const { answer } of blocksOf(page, 'question')) {
          if (answer?.bench !== bench || answer.row !== row || answer.after !== after) continue
          expect(phases.indexOf(at?.phase ?? 'forward'), page.title).toBeLessThan(phaseOf(answer.number))
          expect(choose, page.title).toBeUndefined()
        }
      }
    }
  })

  it('asks for numbers that the engine has, and says them afterwards', async () => {
    for (const page of pages) {
      for (const question of blocksOf(page, 'question')) {
        if (question.answer === undefined) continue
        const { within } = question.answer
        const value = await answerOf(lesson, question)
        expect(Number.isFinite(value), question.ask).toBe(true)
        // Guesses nearby are wrong.
        expect(within, question.ask).toBeLessThanOrEqual(Math.max(0.005, 0.1 * Math.abs(value)))
        const said = proseOfThen(question.then ?? '')
        expect(
          said.some((number) => Math.abs(number - value) <= within),
          `${question.ask} ${String(value)}`
        ).toBe(true)
      }
    }
  })

  it('runs everything that is to be run', async () => {
    for (const page of pages) {
      for (const trial of blocksOf(page, 'trial')) {
        const { variants } = await runTrial(lesson, trial)
        for (const { error, steps } of variants) {
          if (error === null) expect(steps.at(-1)).toBe(trial.steps)
          else expect(error.code).toBe('diverged')
        }
      }
      for (const race of blocksOf(page, 'race')) expect(runRace(race).lanes).toHaveLength(race.lanes.length)
      for (const depth of blocksOf(page, 'depth')) {
        for (const { looks, error } of await runDepth(lesson, depth)) {
          expect(error).toBeNull()
          expect(looks.at(-1)?.step).toBe(depth.choice.steps)
        }
      }
    }
  })
})

const phases = ['forward', 'error', 'backward', 'descent']

/** The phase of a step that shows a number first. */
function phaseOf({ of }: BenchNumber): number {
  if (of === 'loss') return phases.indexOf('error')
  if (of === 'delta' || of === 'gradient') return phases.indexOf('backward')
  return of === 'after' ? phases.indexOf('descent') : phases.indexOf('forward')
}

function formulasIn(inline: Inline): readonly string[] {
  if ('inlines' in inline) return inline.inlines.flatMap(formulasIn)
  return inline.kind === 'math' ? [inline.text] : []
}

/** The numbers that stand in a Markdown text. */
function proseOfThen(text: string): readonly number[] {
  return Array.from(text.replaceAll('−', '-').matchAll(/-?\d+(?:\.\d+)?/g), ([number]) => Number(number))
}
