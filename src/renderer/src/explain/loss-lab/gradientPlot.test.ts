import { describe, expect, it } from 'vitest'
import { gradientPlot, probabilityOf, REACH } from './gradientPlot'

describe('gradientPlot', () => {
  it('has a line for each loss, and is flat at both ends of the sigmoid', () => {
    const { z, lines, flat } = gradientPlot('binary', 2, 1)
    expect(lines.map(({ loss }) => loss)).toEqual(['squared', 'log', 'cross-entropy'])
    expect([z[0], z.at(-1)]).toEqual([-REACH, REACH])
    expect(flat.map(({ from, to }) => [from < 0 ? 'left' : 'right', to - from > 5])).toEqual([
      ['left', true],
      ['right', true]
    ])
    // p = 0.99 at z = ln 99.
    expect(flat[1]?.from).toBeCloseTo(Math.log(99), 0)
    // Surely wrong: the one is nothing, the others are whole.
    expect(lines[0]?.y[0]).toBeCloseTo(0, 3)
    expect(lines[1]?.y[0]).toBeCloseTo(-1, 3)
    expect(lines[2]?.y[0]).toBeCloseTo(-1, 3)
  })

  it('says what the network says there', () => {
    expect(probabilityOf('binary', 2, 0)).toBe(0.5)
    expect(probabilityOf('multi-class', 4, 0)).toBe(0.25)
    expect(probabilityOf('regression', 1, 0)).toBeNaN()
  })
})
