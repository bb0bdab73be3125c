import { describe, expect, it } from 'vitest'
import { expectClose } from '../../../../tests/golden'
import { directionFrom, landscapes, parametersFrom } from '../../../../tests/landscape'
import { smallModel } from '../../testing'
import { dot, weightsOf, type Direction, type Weights } from './plane'
import { MOST_SNAPSHOTS, principalPlane, type Path } from './principal-plane'
import { Projection } from './projection'
import { moved } from './testing'

const model = smallModel('regression', 'squared', 1)

function pathOf(snapshots: readonly Weights[]): Path & { readonly asked: number[] } {
  const asked: number[] = []
  const load = (index: number) => {
    asked.push(index)
    return Promise.resolve(snapshots[index] ?? new Map())
  }
  return { asked, count: snapshots.length, load }
}

const flat = (direction: Direction) => [...direction.values()].flatMap((values) => [...values])

describe('principalPlane', () => {
  it.each(landscapes.paths.map((each) => [each.snapshots.length, each] as const))(
    'is that of NumPy for a path of %i snapshots',
    async (_, path) => {
      const end = parametersFrom(path.end)
      const snapshots = path.snapshots.map((each) => weightsOf(parametersFrom(each)))
      const plane = await principalPlane(model, end, pathOf(snapshots))
      expect(plane.origin).toBe(end)
      plane.directions.forEach((direction, k) => {
        expectClose(`direction ${k}`, flat(direction), flat(directionFrom(path.directions[k] ?? [])), 1e-9)
      })
      expectClose('explained', plane.explained, path.explained, 1e-11)
      const projection = new Projection(model, plane)
      const places = snapshots.map((each) => projection.of(each))
      expectClose(
        'α',
        places.map(({ alpha }) => alpha),
        path.coordinates.map(([alpha = NaN]) => alpha),
        1e-9
      )
      expectClose(
        'β',
        places.map(({ beta }) => beta),
        path.coordinates.map(([, beta = NaN]) => beta),
        1e-9
      )
      expectClose(
        'distance',
        places.map(({ distance }) => distance),
        path.distances,
        1e-9
      )
    }
  )

  const [walk] = landscapes.paths
  const end = parametersFrom(walk?.end ?? [])
  const snapshots = walk?.snapshots.map((each) => weightsOf(parametersFrom(each))) ?? []

  it('reads each snapshot once where all can be held', async () => {
    const path = pathOf(snapshots)
    await principalPlane(model, end, path)
    expect(path.asked).toEqual(snapshots.map((_, i) => i))
  })

  it('is the same plane where only some snapshots can be held', async () => {
    const whole = await principalPlane(model, end, pathOf(snapshots))
    for (const held of [1, 2, 5]) {
      const path = pathOf(snapshots)
      expect(await principalPlane(model, end, path, { heldBytes: held * 8 * 21 })).toEqual(whole)
      expect(path.asked.length).toBeGreaterThan(snapshots.length)
    }
  })

  it('takes snapshots in float32 that hold more than weights', async () => {
    const states = snapshots.map((weights): Weights => {
      const tensors = [...weights].map(([name, data]) => [name, Float32Array.from(data)] as const)
      return new Map([...tensors, ['optimizer.velocity.dense1.weight', Float32Array.of(1e9)]])
    })
    const exact = await principalPlane(model, end, pathOf(snapshots))
    const { directions } = await principalPlane(model, end, pathOf(states))
    directions.forEach((direction, k) => {
      expectClose(`direction ${k}`, flat(direction), flat(exact.directions[k] ?? new Map()), 1e-6)
    })
  })

  it('puts a random direction beside a path that is a line', async () => {
    const [way] = [directionFrom(walk?.snapshots[0] ?? [])]
    const line = [3, 2, 1, 0].map((t) => weightsOf(moved(end, [way], [t])))
    const plane = await principalPlane(model, end, pathOf(line), { seed: 4 })
    const [u, v] = plane.directions
    expect(plane.explained).toEqual([expect.closeTo(1, 12), 0])
    expect(dot(u, way) / Math.sqrt(dot(way, way))).toBeCloseTo(1, 12)
    expect(dot(v, v)).toBeCloseTo(1, 12)
    expect(dot(u, v)).toBeCloseTo(0, 12)
    expect(await principalPlane(model, end, pathOf(line), { seed: 4 })).toEqual(plane)
    const first = new Projection(model, plane).of(line[0] ?? new Map())
    expect(first.beta).toBeCloseTo(0, 10)
    expect(first.distance).toBeCloseTo(0, 10)
  })

  it('says where there is no path, or too long a one, or one of another network', async () => {
    const still = [weightsOf(end), weightsOf(end)]
    await expect(principalPlane(model, end, pathOf(still))).rejects.toMatchObject({ code: 'no-path' })
    await expect(principalPlane(model, end, pathOf([]))).rejects.toMatchObject({ code: 'no-path' })
    const many = Array.from({ length: MOST_SNAPSHOTS + 1 }, () => weightsOf(end))
    await expect(principalPlane(model, end, pathOf(many))).rejects.toMatchObject({ code: 'too-many-snapshots' })
    const other = new Map(snapshots[0]).set('output.weight', new Float64Array(3))
    await expect(principalPlane(model, end, pathOf([other]))).rejects.toMatchObject({ code: 'parameters-mismatch' })
  })

  it('ends with what reading a snapshot throws', async () => {
    const load = () => Promise.reject(new Error('stopped'))
    await expect(principalPlane(model, end, { count: 3, load })).rejects.toThrow('stopped')
  })
})
