/** What the engine's tests share: points to compute at, and small networks. */
import type { RandomStream } from './random/stream'
import { modelSpecOf } from './model/spec-of'
import { compileModel, type Model } from './model/model'
import type { LossName } from './losses'
import type { LayerNode, Shape, Task } from './spec'
import { sizeOf } from './tensor/tensor'
import type { OpCase } from './ops'

/** Values an op case asks for. */
export function drawFor(random: RandomStream, shape: Shape, opCase: Omit<OpCase, 'shapes'> = {}): Float64Array {
  const [low, high] = opCase.range ?? [-2, 2]
  const gap = opCase.awayFromZero ?? 0
  return new Float64Array(sizeOf(shape)).map(() => {
    if (opCase.integersBelow !== undefined) return random.below(opCase.integersBelow)
    const x = low + (high - low) * random.uniform()
    return Math.abs(x) < gap ? x + Math.sign(x) * gap : x
  })
}

export function denseNode(name: string, units: number, activation = 'tanh'): LayerNode {
  return { name, type: 'dense', inputs: ['input'], config: { units, activation } }
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
