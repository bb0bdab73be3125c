import { describe, expect, it } from 'vitest'
import { imageCount, rgbaOf } from './pixels'

describe('rgbaOf', () => {
  it('gives grey to all three colours', () => {
    const images = { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4) } as const
    expect(imageCount(images)).toBe(2)
    expect([...rgbaOf(images, 1)]).toEqual([3, 3, 3, 255, 4, 4, 4, 255])
  })

  it('puts the planes of colours together', () => {
    const images = { width: 2, height: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const
    expect(imageCount(images)).toBe(1)
    expect([...rgbaOf(images, 0)]).toEqual([1, 3, 5, 255, 2, 4, 6, 255])
  })
})
