import { describe, expect, it } from 'vitest'
import { labelPlace } from './drawing'

describe('words beside a place of the landscape', () => {
  const sides = [100, 400] as const

  it('stand on the wanted side of it where there is room', () => {
    expect(labelPlace([200, 50], 40, { isLeft: true, sides })).toEqual([149, 50])
    expect(labelPlace([200, 50], 40, { isLeft: false, sides })).toEqual([211, 50])
  })

  it('stand above it, within the picture, where they would be cut off', () => {
    expect(labelPlace([140, 50], 40, { isLeft: true, sides })).toEqual([120, 34])
    expect(labelPlace([102, 50], 40, { isLeft: true, sides })).toEqual([100, 34])
    expect(labelPlace([395, 50], 40, { isLeft: false, sides })).toEqual([360, 34])
  })
})
