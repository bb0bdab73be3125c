import { describe, expect, it } from 'vitest'
import type { SurfacePointsView, SurfaceView } from '../../../shared/run-views'
import { surfaceKey, wrapped } from './surfaceKey'

const axis = (column: string) => ({ column, min: 0, max: 1 })
const classes: SurfaceView = {
  ...{ epoch: 1, step: 1, size: 1, kind: 'classes', axes: [axis('a'), axis('b')] },
  outputs: ['no', 'yes'],
  values: Float32Array.of(0.5)
}
const points: SurfacePointsView = {
  places: new Float32Array(4),
  targets: Float32Array.of(2, 10),
  parts: Uint8Array.of(0, 1)
}

describe('the key of a surface', () => {
  it('names classes and parts', () => {
    expect(surfaceKey(classes, points, 0)).toEqual({
      areas: [
        { label: 'no', colour: '--class-1' },
        { label: 'yes', colour: '--class-2' }
      ],
      unnamed: 0,
      ramp: null,
      points: [
        { label: 'training', hollow: false },
        { label: 'validation', hollow: true }
      ]
    })
    expect(surfaceKey(classes, null, 0).points).toEqual([])
  })

  it('names ten classes and counts the others', () => {
    const many = surfaceKey({ ...classes, outputs: Array.from({ length: 13 }, (_, k) => `c${k}`) }, null, 0)
    expect([many.areas.length, many.unnamed]).toEqual([10, 3])
  })

  it('has the ends of the colours of a value over a plane, and none of a curve', () => {
    const value: SurfaceView = { ...classes, kind: 'value', outputs: ['price'] }
    expect(surfaceKey(value, points, 0)).toMatchObject({
      areas: [],
      ramp: { label: 'price', from: '2.000', to: '10.00' }
    })
    expect(surfaceKey({ ...value, axes: [axis('a')] }, points, 0).ramp).toBeNull()
  })

  it('goes on in a new line where there is no more room', () => {
    const lines = wrapped([{ width: 40 }, { width: 40 }, { width: 300 }, { width: 10 }], 100)
    expect(lines.map(({ x, line }) => [x, line])).toEqual([
      [0, 0],
      [54, 0],
      [0, 1],
      [0, 2]
    ])
  })
})
