/** Lesson 4, the 2-2-1 network: its whole step against arithmetic that is written out here, as a person does it on paper. */
import { describe, expect, it } from 'vitest'
import { blocksOf, expectStated, lessonNumber, pageOf, rightOf, stepAt } from './book'

const lesson = lessonNumber(4)
const paper = { bench: 'paper', row: 0, after: 0 }

// Forward. σ(0) = 1 / (1 + e⁰) = 1 / 2.
const z1 = 2 * 1 + -1 * 2 + 0 * 1 // 0
const z2 = 1 * 1 + -1 * 2 + 1 * 1 // 0
const a1 = 1 / (1 + Math.exp(-z1)) // 0.5
const a2 = 1 / (1 + Math.exp(-z2)) // 0.5
const p = 3 * a1 + -1 * a2 + 0 * 1 // 1
const E = (p - 2) * (p - 2) // 1

// Backward.
const dOut = 2 * (p - 2) // −2
const d1 = dOut * 3 * a1 * (1 - a1) // −1.5
const d2 = dOut * -1 * a2 * (1 - a2) // 0.5

describe('the 2-2-1 network', () => {
  it('has round numbers', () => {
    expect([z1, z2, a1, a2, p, E, dOut, d1, d2]).toEqual([0, 0, 0.5, 0.5, 1, 1, -2, -1.5, 0.5])
  })

  it('goes forward as on paper', async () => {
    const step = await stepAt(lesson, paper)
    const [hidden, output] = step.layers(0)
    expect([...step.input(0)]).toEqual([1, 2])
    expect([...step.target(0)]).toEqual([2])
    expect([...(hidden?.z ?? [])]).toEqual([z1, z2])
    expect([...(hidden?.a ?? [])]).toEqual([a1, a2])
    expect([...(output?.z ?? [])]).toEqual([p])
    expect([...(output?.a ?? [])]).toEqual([p])
    expect(step.loss).toBe(E)
  })

  it('goes backward as on paper', async () => {
    const step = await stepAt(lesson, paper)
    const [hidden, output] = step.layers(0)
    expect([...(output?.delta ?? [])]).toEqual([dOut])
    expect([...(hidden?.slope ?? [])]).toEqual([a1 * (1 - a1), a2 * (1 - a2)])
    expect([...(hidden?.delta ?? [])]).toEqual([d1, d2])
    const gradient = (name: string) => [...step.parameter(name).gradient]
    expect(gradient('output.weight')).toEqual([dOut * a1, dOut * a2])
    expect(gradient('output.bias')).toEqual([dOut * 1])
    expect(gradient('dense1.weight')).toEqual([d1 * 1, d1 * 2, d2 * 1, d2 * 2])
    expect(gradient('dense1.bias')).toEqual([d1 * 1, d2 * 1])
    // −1, −1, −2; −1.5, −3, 0.5, 1; −1.5, 0.5
    expect([...gradient('output.weight'), ...gradient('output.bias')]).toEqual([-1, -1, -2])
    expect([...gradient('dense1.weight'), ...gradient('dense1.bias')]).toEqual([-1.5, -3, 0.5, 1, -1.5, 0.5])
  })

  const after = {
    output: { weight: [3 - 0.1 * -1, -1 - 0.1 * -1], bias: [0 - 0.1 * -2] },
    hidden: {
      weight: [2 - 0.1 * -1.5, -1 - 0.1 * -3, 1 - 0.1 * 0.5, -1 - 0.1 * 1],
      bias: [0 - 0.1 * -1.5, 1 - 0.1 * 0.5]
    }
  }

  it('descends as on paper', async () => {
    const step = await stepAt(lesson, paper)
    expectClose(step.parameter('output.weight').after, after.output.weight)
    expectClose(step.parameter('output.bias').after, after.output.bias)
    expectClose(step.parameter('dense1.weight').after, after.hidden.weight)
    expectClose(step.parameter('dense1.bias').after, after.hidden.bias)
    expectClose(after.output.weight, [3.1, -0.9])
    expectClose(after.output.bias, [0.2])
    expectClose(after.hidden.weight, [2.15, -0.7, 0.95, -1.1])
    expectClose(after.hidden.bias, [0.15, 0.95])
  })

  it('answers nearly right after that one step, as the last page says', async () => {
    const h1 = 1 / (1 + Math.exp(-(2.15 * 1 + -0.7 * 2 + 0.15)))
    const h2 = 1 / (1 + Math.exp(-(0.95 * 1 + -1.1 * 2 + 0.95)))
    const answer = 3.1 * h1 + -0.9 * h2 + 0.2
    const error = (answer - 2) ** 2
    const step = await stepAt(lesson, { ...paper, after: 1 })
    expect(step.answer(0)[0]).toBeCloseTo(answer, 12)
    expect(step.loss).toBeCloseTo(error, 12)
    const page = pageOf(lesson, 'Was it worth it?')
    const [question] = blocksOf(page, 'question')
    expect(rightOf(question)).toBe('Nearly gone, below 0.001')
    expect(error).toBeLessThan(0.001)
    expectStated(page, '2.02', answer)
    expectStated(page, '0.0004', error)
  })

  it('says of the other numbers what they are', () => {
    expectStated(pageOf(lesson, 'Backward: the output'), '2', dOut * 1)
    expectStated(pageOf(lesson, 'Backward: the first weights'), '1.5', d1 * 1)
  })

  it('is drawn from the numbers that the first page gives', async () => {
    const step = await stepAt(lesson, paper)
    expect([...step.parameter('dense1.weight').before]).toEqual([2, -1, 1, -1])
    expect([...step.parameter('dense1.bias').before]).toEqual([0, 1])
    expect([...step.parameter('output.weight').before]).toEqual([3, -1])
    expect([...step.parameter('output.bias').before]).toEqual([0])
    expect(step.subject.learningRate).toBe(0.1)
  })
})

function expectClose(got: ArrayLike<number>, wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length)
  wanted.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 12))
}
