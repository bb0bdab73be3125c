import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import {
  answerAt,
  atPage,
  nextLesson,
  progressSchema,
  recordOf,
  standingOf,
  standingText,
  withAnswer,
  withoutLesson,
  withRecord,
  type Progress
} from './progress'
import { textHash } from './textHash'

const chain = { id: 'built-in:04-chain.md', hash: 'a', pages: 3 }
const bias = { id: 'built-in:01-bias.md', hash: 'b', pages: 2 }
const begun = recordOf([], chain)

describe('progress', () => {
  it('begins with nothing', () => {
    expect(begun).toEqual({ lesson: chain.id, hash: 'a', page: 0, done: [], answers: [] })
    expect(standingText(standingOf(begun, 3), 3)).toBe('Not begun')
  })

  it('is under way after the first answer, and done when every page was gone on from', () => {
    const answered = withAnswer(begun, 0, 1, { kind: 'number', typed: '1/3', right: false, shown: false })
    expect(standingText(standingOf(answered, 3), 3)).toBe('Page 1 of 3')
    const third = atPage(atPage(answered, 1, true), 2, true)
    expect(third.done).toEqual([0, 1])
    expect(standingOf(third, 3)).toEqual({ kind: 'under-way', page: 2, done: 2 })
    // Back, and forward again: no page counts twice.
    const again = atPage(atPage(third, 1, false), 2, true)
    expect(again.done).toEqual([0, 1])
    expect(standingText(standingOf(atPage(again, 2, true), 3), 3)).toBe('Done')
  })

  it('is not done by looking at the last page', () => {
    expect(standingOf(atPage(atPage(begun, 2, false), 2, true), 3)).toEqual({ kind: 'under-way', page: 2, done: 1 })
  })

  it('keeps the newest answer of each block', () => {
    const first = withAnswer(begun, 1, 0, { kind: 'choice', tried: [2] })
    const second = withAnswer(first, 1, 0, { kind: 'choice', tried: [2, 0] })
    const other = withAnswer(second, 2, 0, { kind: 'prediction', chosen: null })
    expect(answerAt(other, 1, 0)).toEqual({ kind: 'choice', tried: [2, 0] })
    expect(answerAt(other, 2, 0)).toEqual({ kind: 'prediction', chosen: null })
    expect(answerAt(other, 1, 1)).toBeNull()
  })

  it('of a text that was changed is not taken for that of the new one, and makes room for it', () => {
    const kept = withRecord([], atPage(begun, 1, true))
    expect(recordOf(kept, { ...chain, hash: 'c' }).page).toBe(0)
    const replaced = withRecord(kept, recordOf(kept, { ...chain, hash: 'c' }))
    expect(replaced).toHaveLength(1)
    expect(withoutLesson(replaced, chain.id)).toEqual([])
  })

  it('of many lessons is that of those touched last', () => {
    let all: Progress = []
    for (let i = 0; i < 400; i++) all = withRecord(all, recordOf(all, { id: `own:${i}.md`, hash: 'x' }))
    expect(all).toHaveLength(300)
    expect(all.at(-1)?.lesson).toBe('own:399.md')
  })

  it('comes back from what was kept, and a damaged one does not', () => {
    const kept = withRecord([], withAnswer(begun, 0, 0, { kind: 'prediction', chosen: 1 }))
    expect(v.parse(progressSchema, JSON.parse(JSON.stringify(kept)))).toEqual(kept)
    for (const damaged of [null, {}, [{ lesson: 'x' }], [{ ...begun, page: -1 }]]) {
      expect(v.safeParse(progressSchema, damaged).success).toBe(false)
    }
  })
})

describe('the lesson to go on with', () => {
  it('is the one under way that was touched last, else the first that is not done', () => {
    expect(nextLesson([], [bias, chain])).toBe(bias)
    const onChain = withRecord([], atPage(begun, 1, true))
    expect(nextLesson(onChain, [bias, chain])).toBe(chain)
    const onBoth = withRecord(onChain, atPage(recordOf([], bias), 1, true))
    expect(nextLesson(onBoth, [bias, chain])).toBe(bias)
    const biasDone = withRecord(onBoth, atPage(recordOf(onBoth, bias), 1, true))
    expect(nextLesson(biasDone, [bias, chain])).toBe(chain)
    expect(nextLesson(biasDone, [bias])).toBeNull()
  })
})

describe('the hash of a text', () => {
  it('is that of FNV-1a, and another one for another text', () => {
    // Landon Curt Noll's test vectors of FNV-1a, 64 bits.
    expect(textHash('')).toBe('cbf29ce484222325')
    expect(textHash('a')).toBe('af63dc4c8601ec8c')
    expect(textHash('foobar')).toBe('85944171f73967e8')
  })
})
