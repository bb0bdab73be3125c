import { describe, expect, it } from 'vitest'
import { emptyHistory, MERGE_MS, recorded, redone, undone, type History } from './history'

interface Draft {
  readonly rate: number
  readonly layers: readonly string[]
}

const first: Draft = { rate: 0.1, layers: ['a'] }

/** Undoes until nothing is left; the values on the way. */
function allTheWayBack(history: History<Draft>, current: Draft): Draft[] {
  const values: Draft[] = []
  let at = { history, value: current }
  for (let moved = undone(at.history, at.value); moved !== null; moved = undone(at.history, at.value)) {
    at = moved
    values.push(moved.value)
  }
  return values
}

describe('history', () => {
  it('goes back and forth through edits', () => {
    const second = { ...first, layers: ['a', 'b'] }
    const history = recorded(emptyHistory<Draft>(), 'Add layer', first, second, 0)
    const back = undone(history, second)
    expect(back).toMatchObject({ label: 'Add layer', value: first })
    const forth = back && redone(back.history, back.value)
    expect(forth).toMatchObject({ label: 'Add layer', value: second })
    expect(forth && redone(forth.history, forth.value)).toBeNull()
  })

  it('makes one step of what is typed in one field, and another after a pause', () => {
    const typed = [0.1, 0, 0.01, 0.012].map((rate) => ({ ...first, rate }))
    let history = emptyHistory<Draft>()
    let time = 0
    for (let index = 1; index < typed.length; index += 1) {
      history = recorded(history, 'Learning rate', typed[index - 1] as Draft, typed[index] as Draft, (time += 200))
    }
    const later = { ...first, rate: 0.5 }
    history = recorded(history, 'Learning rate', typed[3] as Draft, later, time + MERGE_MS)
    expect(allTheWayBack(history, later).map((draft) => draft.rate)).toEqual([0.012, 0.1])
  })

  it('keeps two quick additions apart', () => {
    const two = { ...first, layers: ['a', 'b'] }
    const three = { ...first, layers: ['a', 'b', 'c'] }
    let history = recorded(emptyHistory<Draft>(), 'Add layer', first, two, 0)
    history = recorded(history, 'Add layer', two, three, 10)
    expect(allTheWayBack(history, three)).toEqual([two, first])
  })

  it('forgets what could be redone after a new edit', () => {
    const second = { ...first, rate: 0.2 }
    const back = undone(recorded(emptyHistory<Draft>(), 'Rate', first, second, 0), second)
    if (back === null) throw new Error('expected a step back')
    const third = { ...first, layers: [] }
    const history = recorded(back.history, 'Remove layer', first, third, 5000)
    expect(redone(history, third)).toBeNull()
  })
})
