/** The words of the Model and Data stages: why a task, a loss and an output layer are what they are. */
import {
  activations,
  defaultLoss,
  inferTask,
  lossFor,
  lossSpecs,
  tasks,
  type LayerNode,
  type Link,
  type LossName,
  type Task
} from '../../../engine/catalog'
import type { ColumnView } from '../../../shared/views'
import { formatCount, plural } from '../state/format'
import { shorten } from './networkLayout'

export const taskLabels: Readonly<Record<Task, string>> = {
  regression: 'Regression: predict a number',
  binary: 'Binary: one of two classes',
  'multi-class': 'Multi-class: one of several classes'
}

export interface TaskChoice {
  readonly task: Task
  readonly label: string
  /** Why this column cannot serve this task; null when it can. */
  readonly unfit: string | null
}

/** All tasks, each with what keeps the column from serving it. */
export function taskChoices(target: ColumnView | undefined): TaskChoice[] {
  return tasks.map((task) => ({
    task,
    label: taskLabels[task],
    unfit: target === undefined ? null : unfitFor(task, target)
  }))
}

function unfitFor(task: Task, target: ColumnView): string | null {
  if (task === 'regression' && target.type === 'category') return 'needs numbers'
  if (task === 'binary' && target.distinct !== 2) return 'needs exactly 2 different values'
  if (task === 'multi-class' && target.distinct < 2) return 'needs at least 2 different values'
  return null
}

/** Why the studio proposes the task and the loss that it does, in one line. */
export function taskReason(target: ColumnView, task: Task, loss: LossName): string {
  const holds =
    target.type === 'category'
      ? `holds text with ${plural(target.distinct, 'different value')}`
      : `holds ${target.integers ? 'whole numbers' : 'numbers'} with ${plural(target.distinct, 'different value')}`
  const aim: Readonly<Record<Task, string>> = {
    regression: 'the network predicts the number itself',
    binary: 'the network decides between two classes',
    'multi-class': `the network chooses one of ${formatCount(target.distinct)} classes`
  }
  const lossLabel = lossSpecs.find((spec) => spec.name === loss)?.label.toLowerCase() ?? loss
  return `“${target.name}” ${holds}, so ${aim[task]} and is trained on ${lossLabel}.`
}

/** What the studio would choose for this target. */
export function proposedTask(target: ColumnView): { task: Task; loss: LossName } {
  const task = inferTask(target)
  return { task, loss: defaultLoss(task) }
}

/** How the output of the network is read; identity when loss and task do not belong together (said elsewhere). */
export function linkOf(task: Task, loss: LossName): Link {
  const serves = lossSpecs.some((spec) => spec.name === loss && spec.tasks.includes(task))
  return serves ? lossFor(loss, task).link(task) : 'identity'
}

/** Why the output layer is as it is, in one or two sentences. */
export function outputReason(task: Task, loss: LossName, classes: readonly string[]): string {
  switch (linkOf(task, loss)) {
    case 'softmax':
      return `Softmax turns the ${classes.length === 0 ? '' : `${formatCount(classes.length)} `}outputs into probabilities that add up to 1, one for each class.`
    case 'sigmoid':
      return `Sigmoid turns the one output into the probability of ${classes[1] === undefined ? 'the second class' : `“${shorten(classes[1], 40)}”`}; the rest is ${classes[0] === undefined ? 'the first class' : `“${shorten(classes[0], 40)}”`}.`
    case 'identity':
      return 'Identity: the output is the predicted number itself, which may take any value.'
  }
}

/** Names of the output neurons: the classes, or what is predicted. */
export function outputNames(task: Task, target: string, classes: readonly string[], units: number): string[] {
  if (task === 'regression') return [target]
  if (units === classes.length) return [...classes]
  return units === 1 ? [classes[1] ?? target] : []
}

/** `relu` as people read it beside a layer; the name itself when it is no activation of the registry. */
export function activationLabel(name: string): string {
  return activations.find((activation) => activation.name === name)?.label ?? name
}

/** The accessible name of a layer in the list: its type first, then its name and its settings. */
export function layerItemName(layer: LayerNode, typeLabel: string): string {
  const units = layer.config['units']
  const activation = layer.config['activation']
  const parts = [`${typeLabel} ${layer.name}`]
  if (typeof units === 'number') parts.push(Number.isFinite(units) ? plural(units, 'unit') : 'no units yet')
  if (typeof activation === 'string') parts.push(activation)
  return parts.join(', ')
}
