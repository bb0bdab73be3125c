/** What the engine's tests share: points to compute at, and small networks. */
import type { RandomStream } from './random/stream'
import { modelSpecOf } from './model/spec-of'
import { compileModel, type Model } from './model/model'
import { defaultsOf, type Config } from './fields'
import { lossSpecs, type LossName, type LossSettings, type LossSpec } from './losses'
import type { LayerNode, Shape, Task } from './spec'
import { sizeOf } from './tensor/tensor'
import type { OpCase } from './ops'

/** Values an op case asks for. @param input which of its inputs they are for */
export function drawFor(
  random: RandomStream,
  shape: Shape,
  opCase: Omit<OpCase, 'shapes'> = {},
  input = 0
): Float64Array {
  const [low, high] = opCase.range ?? [-2, 2]
  const gap = opCase.awayFromZero ?? 0
  return new Float64Array(sizeOf(shape)).map(() => {
    if (opCase.integersBelow !== undefined && isInteger(opCase, input)) return random.below(opCase.integersBelow)
    const x = low + (high - low) * random.uniform()
    return Math.abs(x) < gap ? x + Math.sign(x) * gap : x
  })
}

/** Whether an input of an op case is whole numbers: an index is not a quantity, there is nothing to differentiate by. */
export function isInteger({ integersBelow, integerInputs }: Omit<OpCase, 'shapes'>, input: number): boolean {
  return integersBelow !== undefined && (integerInputs?.includes(input) ?? true)
}

export function denseNode(name: string, units: number, activation = 'tanh'): LayerNode {
  return { name, type: 'dense', inputs: [], config: { units, activation } }
}

/** features → dense1 (4 units) → output, for a loss and a task. */
export function smallModel(task: Task, loss: LossName, classes: number, activation = 'tanh', features = 3): Model {
  return compileModel(modelSpecOf([denseNode('dense1', 4, activation)], features, task, loss, classes))
}

/** Targets [rows, 1]: values, or class indices that hold each class. */
export function drawTargets(random: RandomStream, task: Task, classes: number, rows: number): Float64Array {
  return new Float64Array(rows).map((_, row) => (task === 'regression' ? random.normal() : row % classes))
}

/** The value after it was saved and read again. */
export function throughJson<Value>(value: Value): Value {
  // Plain data keeps its type on the way; the compiler cannot know that it is plain.
  return JSON.parse(JSON.stringify(value)) as Value
}

/** Classes used in tests of a task. */
export const classesFor: Readonly<Record<Task, number>> = { regression: 1, binary: 2, 'multi-class': 3 }

/** The settings of a loss when nothing is said. */
export function lossDefaults(loss: LossName): LossSettings {
  const spec = lossSpecs.find(({ name }) => name === loss)
  return { config: defaultsOf(spec?.fields ?? []), classWeights: null }
}

/** Settings of a loss: its defaults, each field away from them, and class weights where there are classes. */
export function lossVariants({ fields }: LossSpec, task: Task): LossSettings[] {
  const config = defaultsOf(fields)
  const changed: Config = Object.fromEntries(fields.map(({ key }) => [key, 0.3]))
  const weights = Array.from({ length: classesFor[task] }, (_, k) => 0.5 + k)
  const variants = [
    { config, classWeights: null },
    ...(fields.length === 0 ? [] : [{ config: changed, classWeights: null }])
  ]
  return task === 'regression' ? variants : variants.flatMap((each) => [each, { ...each, classWeights: weights }])
}
