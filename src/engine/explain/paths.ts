/** The ways by which one weight reaches the error: the chain rule, factor by factor. */
import { INPUT } from '../spec'
import type { Microscope } from './microscope'
import type { Term } from './worked-line'
import { deltaSymbol, slopeSymbol, weightSymbol } from './symbols'

/** One way from a unit's weighted sum to the error. */
export interface GradientPath {
  /** The units it leads through, from 0 in their layers; the first is where it begins. */
  readonly units: readonly { readonly layer: string; readonly unit: number }[]
  /** f′ of each unit and the weight to the next one, in order; last δ of the output. */
  readonly factors: readonly Term[]
  readonly product: number
}

export interface GradientPaths {
  /** By their size, the largest first. */
  readonly strongest: readonly GradientPath[]
  /** How many there are. */
  readonly count: number
  /** Of all of them: δ of the unit where they begin. */
  readonly sum: number
}

/**
 * δ of a unit as a sum over paths: each is f′(z) · w · f′(z) · … · w · δ of an output, and there is one for each choice of a
 * unit in every layer between. Of products of n layers only the strongest k suffixes of each unit are followed, which is
 * exact for the strongest k: a path that begins with another suffix of the same unit is no stronger.
 * @param most paths to give
 * @returns null where layers between are no plain dense ones in a row: the error then comes back by other rules
 */
export function strongestPaths(
  microscope: Microscope,
  row: number,
  layer: string,
  unit: number,
  most = 8
): GradientPaths | null {
  const chain = chainFrom(microscope, layer)
  if (chain === null) return null
  const [first, ...after] = chain.map((name) => ({ name, ...microscope.layer(name, row) }))
  if (first === undefined) return null
  let suffixes: (readonly GradientPath[])[] = []
  let count = 1
  for (const each of [first, ...after].reverse()) {
    const { delta, slope, name } = each
    if (delta === null) return null
    const isOutput = name === microscope.subject.problem.model.spec.output
    if (isOutput) {
      suffixes = Array.from(delta, (value, at) => [ending(microscope, name, at, value)])
      continue
    }
    if (slope === null) return null
    const next = nextOf(microscope, name)
    if (next === undefined) return null
    const { before: weights, shape } = microscope.parameter(`${next}.weight`)
    const [, width = 0] = shape
    count *= suffixes.length
    const units = name === first.name ? [unit] : Array.from(delta.keys())
    const behind = suffixes
    suffixes = units.map((at) => {
      const own = slope[at] ?? NaN
      const begun = behind.flatMap((paths, to) => {
        const weight = weights[to * width + at] ?? NaN
        return paths.map((path) => ({ path, to, weight, product: own * weight * path.product }))
      })
      begun.sort((one, other) => Math.abs(other.product) - Math.abs(one.product))
      return begun.slice(0, most).map(({ path, to, weight, product }) => ({
        units: [{ layer: name, unit: at }, ...path.units],
        factors: [
          { name: 'slope', symbol: slopeSymbol(microscope, name, at), value: own },
          { name: 'weight', symbol: weightSymbol(microscope, next, to, at), value: weight },
          ...path.factors
        ],
        product
      }))
    })
  }
  const sum = first.delta?.[unit] ?? NaN
  const strongest = first.name === microscope.subject.problem.model.spec.output ? suffixes[unit] : suffixes[0]
  return { strongest: strongest ?? [], count, sum }
}

function ending(microscope: Microscope, layer: string, unit: number, delta: number): GradientPath {
  const factor = { name: 'delta', symbol: deltaSymbol(microscope, layer, unit), value: delta }
  return { units: [{ layer, unit }], factors: [factor], product: delta }
}

/** The layers from that one to the output, where all of them are dense and each feeds the next one alone. */
function chainFrom(microscope: Microscope, layer: string): readonly string[] | null {
  const { layers, output } = microscope.subject.problem.model.spec
  const chain: string[] = []
  let at: string | undefined = layer
  while (at !== undefined) {
    const name: string = at
    if (layers.find((each) => each.name === name)?.type !== 'dense') return null
    chain.push(name)
    if (name === output) return chain
    at = nextOf(microscope, name)
  }
  return null
}

/** The one layer that takes what this one puts out. */
function nextOf(microscope: Microscope, layer: string): string | undefined {
  const users = microscope.subject.problem.model.spec.layers.filter(({ inputs }) => inputs.includes(layer))
  return users.length === 1 && layer !== INPUT ? users[0]?.name : undefined
}
