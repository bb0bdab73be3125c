import { describe, expect, it } from 'vitest'
import { initializeParameters } from '../../model/model'
import { smallModel } from '../../testing'
import { weightsOf, type Direction, type Plane } from './plane'
import { extentAround, Projection } from './projection'
import { randomPlane } from './random-plane'
import { moved } from './testing'

const model = smallModel('regression', 'squared', 1)
const origin = initializeParameters(model, 1)

describe('Projection', () => {
  it('finds a place of the plane again, although the directions are not orthogonal', () => {
    const plane = randomPlane(model, origin, 1)
    const place = new Projection(model, plane).of(weightsOf(moved(origin, plane.directions, [0.7, -2])))
    expect(place.alpha).toBeCloseTo(0.7, 12)
    expect(place.beta).toBeCloseTo(-2, 12)
    expect(place.distance).toBeCloseTo(0, 12)
  })

  it('tells how far off the plane weights are, biases too', () => {
    const plane = randomPlane(model, origin, 1)
    const off: Direction = new Map([['dense1.bias', Float64Array.of(3, 0, 4, 0)]])
    const [u, v] = plane.directions
    const place = new Projection(model, plane).of(weightsOf(moved(origin, [u, v, off], [0.5, 0.25, 1])))
    expect(place).toEqual({
      alpha: expect.closeTo(0.5, 12) as number,
      beta: expect.closeTo(0.25, 12) as number,
      distance: expect.closeTo(5, 12) as number
    })
  })

  it('takes directions that are one for one', () => {
    const [u] = randomPlane(model, origin, 1).directions
    const plane: Plane = { origin, directions: [u, u] }
    const place = new Projection(model, plane).of(weightsOf(moved(origin, [u], [2])))
    expect(place).toEqual({
      alpha: expect.closeTo(2, 12) as number,
      beta: 0,
      distance: expect.closeTo(0, 12) as number
    })
  })

  it('refuses the weights of another network', () => {
    const projection = new Projection(model, randomPlane(model, origin, 1))
    expect(() => projection.of(new Map())).toThrow(expect.objectContaining({ code: 'parameters-mismatch' }))
  })
})

describe('extentAround', () => {
  it('holds the origin and all places, with a margin', () => {
    const points = [
      { alpha: 4, beta: 1 },
      { alpha: 2, beta: -1 }
    ]
    expect(extentAround(points, 0.25)).toEqual({ alpha: [-1, 5], beta: [-1.5, 1.5] })
  })

  it('is as long on an axis that nothing moves along as on the other', () => {
    const { alpha, beta } = extentAround([{ alpha: 2, beta: 0 }], 0.5)
    expect(alpha).toEqual([-1, 3])
    expect(beta).toEqual([-2, 2])
    expect(extentAround([])).toEqual({ alpha: [-1, 1], beta: [-1, 1] })
  })
})
