/** From choices in a setup to a network. */
import { lossFor, type LossName } from '../losses'
import { INPUT, type LayerNode, type ModelSpec, type Task } from '../spec'

/** The name of the last layer, which follows from the task and the loss. */
export const OUTPUT_LAYER = 'output'

/**
 * The chain input → hidden layers in their order → `output`, a Dense layer with the loss's number of units and
 * no activation. The hidden layers' own `inputs` are set anew by their order, so layers can be moved freely.
 * @param features F, numbers per row
 * @param classes K; 1 for regression
 * @throws ConfigError when the loss does not serve the task
 */
export function modelSpecOf(
  hidden: readonly LayerNode[],
  features: number,
  task: Task,
  loss: LossName,
  classes: number
): ModelSpec {
  const units = lossFor(loss, task).outputUnits(task, classes)
  const output = { name: OUTPUT_LAYER, type: 'dense', inputs: [], config: { units, activation: 'identity' } }
  const layers = [...hidden, output]
  return {
    inputShape: [features],
    layers: layers.map((layer, i) => ({ ...layer, inputs: [layers[i - 1]?.name ?? INPUT] })),
    output: OUTPUT_LAYER
  }
}
