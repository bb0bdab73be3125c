/** From choices in a setup to a network. */
import { lossFor, type LossName } from '../losses'
import { INPUT, type LayerNode, type ModelSpec, type Shape, type Task } from '../spec'

/** The name of the last layer, which follows from the task and the loss. */
export const OUTPUT_LAYER = 'output'

/**
 * The hidden layers in their order, then `output`, a Dense layer with the loss's number of units and no activation. A
 * layer without `inputs` takes the layer before it (the network's input, for the first), so layers can be moved
 * freely; a layer that names its inputs takes those.
 * @param inputs shape of a row, or F, numbers per row
 * @param answers K classes (binary, multi-class); T values or labels (regression, multi-label)
 * @throws ConfigError when the loss does not serve the task
 */
export function modelSpecOf(
  hidden: readonly LayerNode[],
  inputs: Shape | number,
  task: Task,
  loss: LossName,
  answers: number
): ModelSpec {
  const units = lossFor(loss, task).outputUnits(task, answers)
  const output = { name: OUTPUT_LAYER, type: 'dense', inputs: [], config: { units, activation: 'identity' } }
  const layers = [...hidden, output]
  return {
    inputShape: typeof inputs === 'number' ? [inputs] : inputs,
    layers: layers.map((layer, i) =>
      layer.inputs.length > 0 ? layer : { ...layer, inputs: [layers[i - 1]?.name ?? INPUT] }
    ),
    output: OUTPUT_LAYER
  }
}
