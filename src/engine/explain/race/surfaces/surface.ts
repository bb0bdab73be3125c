/** What a surface declares: a height over a plane, for optimizers to go down. */
import type { GraphBuilder } from '../../../graph/builder'
import type { NodeId } from '../../../graph/graph'

/** A place: x, y. */
export type Place = readonly [number, number]

export interface Minimum {
  readonly at: Place
  readonly value: number
  /** Whether no place of the surface is lower; several may be as low. */
  readonly isGlobal: boolean
}

export interface SurfaceSpec {
  readonly name: string
  readonly label: string
  /** What is to be seen on it. */
  readonly summary: string
  /** f(x, y), as TeX. */
  readonly formula: string
  /** Where it is from. */
  readonly source: string
  /** The part that is looked at. */
  readonly domain: { readonly x: readonly [number, number]; readonly y: readonly [number, number] }
  /** A place from which its story can be told. */
  readonly start: Place
  /** All there are, the lowest first. */
  readonly minima: readonly Minimum[]
  /** Learning rates that fit its slopes: η of a step that is as large as the gradient is, and of one whose size the rate alone gives. */
  readonly rates: { readonly descent: number; readonly adaptive: number }
  /** Adds f to the graph. @param x and y: nodes of one shape; f has it as well */
  build(graph: GraphBuilder, x: NodeId, y: NodeId): NodeId
}
