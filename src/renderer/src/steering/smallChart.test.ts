import { expect, it } from 'vitest'
import { needsLog, smallChart } from './smallChart'

const look = { level: null, logX: false, logY: false, width: 100, height: 50 }

it('draws a line from corner to corner', () => {
  const view = smallChart({ ...look, lines: [{ label: 'a', x: [0, 10], y: [1, 3] }] })
  expect(view?.paths).toEqual(['M0.0 50.0L100.0 0.0'])
})

it('keeps a level in sight that lies beyond the lines', () => {
  const view = smallChart({ ...look, level: 5, lines: [{ label: 'a', x: [0, 10], y: [1, 3] }] })
  expect(view?.level).toBe(0)
  expect(view?.paths).toEqual(['M0.0 50.0L100.0 25.0'])
})

it('leaves out what a logarithm cannot show', () => {
  const view = smallChart({
    ...look,
    logX: true,
    logY: true,
    lines: [{ label: 'a', x: [0, 1, 10, 100], y: [1, 1, 0, 10] }]
  })
  expect(view?.paths).toEqual(['M0.0 50.0L100.0 0.0'])
  expect(view?.placeX(10)).toBeCloseTo(50)
})

it('has something to show for a single point, and nothing for none', () => {
  expect(smallChart({ ...look, lines: [{ label: 'a', x: [2], y: [3] }] })?.paths).toEqual(['M50.0 25.0'])
  expect(smallChart({ ...look, lines: [{ label: 'a', x: [1], y: [Number.NaN] }] })).toBeNull()
})

it('asks for a logarithm where positive values lie more than two decades apart', () => {
  expect(needsLog([{ y: [1, 50] }, { y: [0.4] }])).toBe(true)
  expect(needsLog([{ y: [1, 50] }, { y: [2] }])).toBe(false)
  // What broke off is left out; what is not above 0 has no logarithm.
  expect(needsLog([{ y: [1, Number.POSITIVE_INFINITY, Number.NaN] }])).toBe(false)
  expect(needsLog([{ y: [0, 5000] }])).toBe(false)
  expect(needsLog([{ y: [] }])).toBe(false)
})
