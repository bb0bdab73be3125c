import { describe, expect, it } from 'vitest'
import type { LessonBlock } from '../../../../shared/lessons/lesson'
import { sectionsOf } from './sections'

const prose: LessonBlock = { kind: 'prose', prose: [] }
const tool: LessonBlock = { kind: 'output-gradients', block: {} }
const question: LessonBlock = {
  kind: 'question',
  block: {
    ask: '?',
    choices: [
      { text: 'a', right: true, because: '.' },
      { text: 'b', right: false, because: '.' }
    ]
  }
}

const places = (blocks: readonly LessonBlock[]) =>
  sectionsOf(blocks).map(({ before, work, after }) =>
    [before, work, after].map((each) => each.map(({ index }) => index))
  )

describe('the sections of a page', () => {
  it('are one where there is one thing to work with', () => {
    expect(places([prose, tool, prose, question])).toEqual([[[0], [1], [2, 3]]])
    expect(places([tool])).toEqual([[[], [0], []]])
    expect(places([prose])).toEqual([[[0], [], []]])
    expect(places([])).toEqual([])
  })

  it('have the questions to work with where there is nothing else', () => {
    expect(places([prose, question, question, prose])).toEqual([[[0], [1, 2], [3]]])
    expect(places([prose, question, prose, question])).toEqual([
      [[0], [1], []],
      [[2], [3], []]
    ])
  })

  it('keep the order of the page, questions with what they follow', () => {
    expect(places([prose, tool, question, prose, tool, prose])).toEqual([
      [[0], [1], [2]],
      [[3], [4], [5]]
    ])
    expect(places([prose, tool, tool, question])).toEqual([[[0], [1, 2], [3]]])
  })
})
