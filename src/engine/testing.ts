/** What the engine's tests share: points to compute at, and small networks. */
import type { RandomStream } from './random/stream'
import { modelSpecOf } from './model/spec-of'
import { compileModel, type Model } from './model/model'
import { defaultsOf, type Config } from './fields'
import { lossSpecs, type LossName, type LossSettings, type LossSpec } from './losses'
import type { LayerNode, Shape, Task } from './spec'
import { sizeOf, type Tensor } from './tensor/tensor'
import { copyRows, type RowSource } from './train/row-source'
import { answersApart } from './train/samples'
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
export function smallModel(task: Task, loss: LossName, answers: number, activation = 'tanh', features = 3): Model {
  return compileModel(modelSpecOf([denseNode('dense1', 4, activation)], features, task, loss, answers))
}

/** Targets [rows, W]: values, class indices that hold each class, or labels that are on and off. */
export function drawTargets(random: RandomStream, task: Task, answers: number, rows: number): Float64Array {
  if (task === 'regression') return new Float64Array(rows * answers).map(() => random.normal())
  if (task === 'multi-label') return new Float64Array(rows * answers).map(() => random.below(2))
  return new Float64Array(rows).map((_, row) => row % answers)
}

/** W: numbers of a row's targets. */
export function targetWidth(task: Task, answers: number): number {
  return answersApart(task) ? answers : 1
}

/** The value after it was saved and read again. */
export function throughJson<Value>(value: Value): Value {
  // Plain data keeps its type on the way; the compiler cannot know that it is plain.
  return JSON.parse(JSON.stringify(value)) as Value
}

/** Answers used in tests of a task. */
export const answersFor: Readonly<Record<Task, number>> = {
  regression: 1,
  binary: 2,
  'multi-class': 3,
  'multi-label': 3
}

/** Numbers of answers that tests of a loss try: one and several where both are possible. */
export const answersTried: Readonly<Record<Task, readonly number[]>> = {
  regression: [1, 3],
  binary: [2],
  'multi-class': [3],
  'multi-label': [1, 3]
}

/** Row weights of all kinds: one is 0. */
export function drawWeights(random: RandomStream, rows: number): Float64Array {
  return new Float64Array(rows).map((_, row) => (row === 1 ? 0 : 0.25 + 2 * random.uniform()))
}

/** The settings of a loss when nothing is said. */
export function lossDefaults(loss: LossName): LossSettings {
  const spec = lossSpecs.find(({ name }) => name === loss)
  return { config: defaultsOf(spec?.fields ?? []), classWeights: null }
}

/** Settings of a loss: its defaults, each field away from them, and class weights where each row is of one class. */
export function lossVariants({ fields }: LossSpec, task: Task): LossSettings[] {
  const config = defaultsOf(fields)
  const changed: Config = Object.fromEntries(fields.map(({ key }) => [key, 0.3]))
  const weights = Array.from({ length: answersFor[task] }, (_, k) => 0.5 + k)
  const variants = [
    { config, classWeights: null },
    ...(fields.length === 0 ? [] : [{ config: changed, classWeights: null }])
  ]
  return answersApart(task) ? variants : variants.flatMap((each) => [each, { ...each, classWeights: weights }])
}

/** A tensor's rows, made when asked for. */
export function sourceOf(tensor: Tensor): RowSource {
  return { shape: tensor.shape, write: (rows, into, at) => copyRows(tensor, rows, into, at, null) }
}
