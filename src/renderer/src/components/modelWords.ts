/** The words of the Model and Data stages: why a task, a loss and an output layer are what they are. */
import {
  activations,
  defaultLoss,
  inferTask,
  lossFor,
  lossSpecs,
  matters,
  tasks,
  type Field,
  type FieldValue,
  type LayerNode,
  type Link,
  type LossName,
  type Shape,
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
  if (task === 'regression' && target.storage === 'category') return 'needs numbers'
  if (task === 'binary' && target.distinct !== 2) return 'needs exactly 2 different values'
  if (task === 'multi-class' && target.distinct < 2) return 'needs at least 2 different values'
  return null
}

/** Why the studio proposes the task and the loss that it does, in one line. */
export function taskReason(target: ColumnView, task: Task, loss: LossName): string {
  const holds =
    target.storage === 'category'
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
  const task = inferTask({ ...target, type: target.storage === 'number' ? 'number' : 'category' })
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

/** "dense1", "dense1 and dense2", "a, b and c". */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

/** `16 × 14 × 14`: what one row is, without the batch. */
export function shapeText(shape: Shape): string {
  return shape.map(formatCount).join(' × ')
}

/** `[N, 16, 14, 14]`: N rows of that shape. */
export function batchShape(shape: Shape): string {
  return `[${['N', ...shape.map(formatCount)].join(', ')}]`
}

/** Settings that a layer is known by: its first two, and those that matter and are not as they come. */
function tellingFields(layer: LayerNode, fields: readonly Field[]): Field[] {
  const first = fields.filter((field) => field.advanced !== true).slice(0, 2)
  return fields.filter(
    (field) =>
      first.includes(field) ||
      (!Object.is(valueOf(layer, field), field.default) && matters(field, fields, layer.config))
  )
}

function valueOf(layer: LayerNode, field: Field): FieldValue {
  return layer.config[field.key] ?? field.default
}

/** `16 units`, `kernel size 3`, `no units yet`: one setting in a few words. */
function settingText(layer: LayerNode, field: Field): string {
  const label = field.label.charAt(0).toLowerCase() + field.label.slice(1)
  const value = valueOf(layer, field)
  if (field.kind === 'boolean') return value === true ? label : `no ${label}`
  if (field.kind === 'choice') {
    const chosen = field.choices.find((choice) => choice.value === value)?.label ?? String(value)
    return field.key === 'activation' ? chosen : `${label} ${chosen.charAt(0).toLowerCase()}${chosen.slice(1)}`
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return `no ${label} yet`
  return field.key === 'units' ? plural(value, 'unit') : `${label} ${String(value).replace('-', '−')}`
}

/** The settings by which people know a layer, as its item shows them. */
export function layerSettings(layer: LayerNode, fields: readonly Field[]): string {
  return tellingFields(layer, fields)
    .map((field) => settingText(layer, field))
    .join(' · ')
}

/** The accessible name of a layer in the list: its type first, then its name, its settings and inputs it names. */
export function layerItemName(layer: LayerNode, typeLabel: string, fields: readonly Field[]): string {
  const settings = tellingFields(layer, fields).map((field) =>
    field.key === 'activation' ? String(valueOf(layer, field)) : settingText(layer, field)
  )
  const inputs = layer.inputs.length > 0 ? [`takes ${listed(layer.inputs)}`] : []
  return [`${typeLabel} ${layer.name}`, ...settings, ...inputs].join(', ')
}
