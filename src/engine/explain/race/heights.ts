/** A surface's heights, at one place or many. */
import { ReferenceProgram } from '../../executors/reference/program'
import { GraphBuilder } from '../../graph/builder'
import type { Place, SurfaceSpec } from './surfaces'

/** f(x, y) at each of so many places. */
export function heightsAt(surface: SurfaceSpec, x: Float64Array, y: Float64Array): Float64Array {
  const graph = new GraphBuilder()
  const shape = [x.length]
  const f = surface.build(graph, graph.input('x', shape), graph.input('y', shape))
  const program = new ReferenceProgram(graph.graph, [f])
  program.run(
    new Map([
      ['x', x],
      ['y', y]
    ])
  )
  return program.value(f)
}

/**
 * The part of a surface that is looked at, in `size` × `size` places from edge to edge: row after row from the lowest y, each
 * from the lowest x.
 */
export function surfaceGrid(surface: SurfaceSpec, size: number): Float64Array {
  const { x, y } = surface.domain
  const along = ([from, to]: Place, i: number) => from + ((to - from) * i) / (size - 1)
  const places = Array.from({ length: size * size }, (_, place) => place)
  return heightsAt(
    surface,
    Float64Array.from(places, (place) => along(x, place % size)),
    Float64Array.from(places, (place) => along(y, Math.floor(place / size)))
  )
}
