/** Planes through the space of all weights, on which a loss can be drawn: θ(α, β) = θ₀ + α · u + β · v. */
import { ShapeError } from '../../../shared/errors'
import type { HeldNumbers } from '../../executors/training-executor'
import type { Model, Parameters } from '../../model/model'
import { sizeOf } from '../../tensor/tensor'

/** A vector in the space of all weights, by tensor, each row-major. Tensors that it does not name stay where they are. */
export type Direction = ReadonlyMap<string, Float64Array>

/** The numbers of some moment of a run by tensor: what `TrainingState.tensors` holds, and may hold more. */
export type Weights = ReadonlyMap<string, HeldNumbers>

export interface Plane {
  /** θ₀, with the buffers that go with it. */
  readonly origin: Parameters
  /** u and v; they need not be orthogonal, nor of length 1. */
  readonly directions: readonly [Direction, Direction]
}

/** Numbers by tensor, as a snapshot has them. */
export function weightsOf(parameters: Parameters): Weights {
  return new Map([...parameters].map(([name, { data }]) => [name, data] as const))
}

/** A trained tensor at θ₀ and at another place. */
export interface TensorPair {
  readonly name: string
  readonly from: HeldNumbers
  readonly to: HeldNumbers
}

/**
 * The trained tensors of two places side by side.
 * @throws ShapeError `parameters-mismatch` when one lacks a tensor of the model or has it in another size
 */
export function tensorPairs({ parameters }: Model, from: Weights, to: Weights): readonly TensorPair[] {
  return parameters.map(({ name, shape }) => {
    const size = sizeOf(shape)
    const numbersOf = (weights: Weights) => {
      const numbers = weights.get(name)
      if (numbers?.length === size) return numbers
      const got = numbers === undefined ? 'none' : `${numbers.length} of them`
      throw new ShapeError(
        'parameters-mismatch',
        `"${name}" must have ${size} numbers, got ${got}; the weights are of another model.`
      )
    }
    return { name, from: numbersOf(from), to: numbersOf(to) }
  })
}

/** ⟨a, b⟩: tensors that one of them does not name count as zeros. */
export function dot(a: Direction, b: Direction): number {
  let sum = 0
  for (const [name, x] of a) {
    const y = b.get(name)
    if (y === undefined) continue
    for (let i = 0; i < x.length; i++) sum += (x[i] ?? 0) * (y[i] ?? 0)
  }
  return sum
}

/** target ← target + factor · direction, for the tensors that both name. */
export function addScaled(target: Direction, factor: number, direction: Direction): void {
  for (const [name, into] of target) {
    const from = direction.get(name)
    if (from === undefined) continue
    for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) + factor * (from[i] ?? 0)
  }
}
