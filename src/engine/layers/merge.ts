/** What layers share that join inputs of one shape, number by number. */
import { sizeOf } from '../tensor/tensor'
import { equalInputs } from './inputs'
import type { LayerCase, LayerSpec } from './layer'

/** x₁ ∘ x₂ ∘ …, from the left, where `op` is the primitive for ∘: inputs [N, …] of one shape → [N, …]. */
export function mergeLayer(
  op: 'add' | 'multiply'
): Pick<LayerSpec, 'family' | 'inputs' | 'fields' | 'inferShape' | 'parameters' | 'multiplyAdds' | 'build'> {
  return {
    family: 'merge',
    inputs: 'several',
    fields: [],
    inferShape: (inputs) => equalInputs(inputs),
    parameters: () => [],
    multiplyAdds: (inputs) => (inputs.length - 1) * sizeOf(equalInputs(inputs)),
    build: ({ graph }, inputs) => inputs.reduce((joined, input) => graph.apply(op, [joined, input]))
  }
}

/** So many inputs of one shape. */
export function equalCase(count: number, shape: readonly number[]): LayerCase {
  return { inputs: new Array<readonly number[]>(count).fill(shape), config: {} }
}
