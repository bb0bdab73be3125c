/** The words of the Model and Data stages: why a task, a loss and an output layer are what they are. */
import {
  activations,
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
  'multi-class': 'Multi-class: one of several classes',
  'multi-label': 'Multi-label: each of several labels, on or off'
}

export interface TaskChoice {
  readonly task: Task
  readonly label: string
  /** Why this column cannot serve this task; null when it can. */
  readonly unfit: string | null
}

/** All tasks, each with what keeps the columns to predict from serving it. */
export function taskChoices(targets: readonly ColumnView[]): TaskChoice[] {
  return tasks.map((task) => ({ task, label: taskLabels[task], unfit: unfitFor(task, targets) }))
}

function unfitFor(task: Task, targets: readonly ColumnView[]): string | null {
  const [target] = targets
  if (target === undefined) return null
  const isPair = targets.every(({ distinct }) => distinct === 2)
  switch (task) {
    case 'regression':
      return targets.every(({ storage }) => storage === 'number') ? null : 'needs numbers'
    case 'multi-label':
      if (!isPair) return `needs exactly 2 different values${targets.length > 1 ? ' in each column' : ''}`
      return targets.length > 1 ? null : 'needs another target of 2 different values'
    case 'binary':
      if (targets.length > 1) return 'predicts one column'
      return isPair ? null : 'needs exactly 2 different values'
    case 'multi-class':
      if (targets.length > 1) return 'predicts one column'
      return target.distinct >= 2 ? null : 'needs at least 2 different values'
  }
}

/** Why the studio proposes the task and the loss that it does, in one line. */
export function taskReason(targets: readonly ColumnView[], task: Task, loss: LossName): string {
  const [target] = targets
  if (target === undefined) return ''
  const lossLabel = lossSpecs.find((spec) => spec.name === loss)?.label.toLowerCase() ?? loss
  if (targets.length > 1) return `${severalReason(targets, task)} and is trained on ${lossLabel}.`
  const holds =
    target.storage === 'category'
      ? `holds text with ${plural(target.distinct, 'different value')}`
      : `holds ${target.integers ? 'whole numbers' : 'numbers'} with ${plural(target.distinct, 'different value')}`
  const aim: Readonly<Record<Task, string>> = {
    regression: 'the network predicts the number itself',
    binary: 'the network decides between two classes',
    'multi-class': `the network chooses one of ${formatCount(target.distinct)} classes`,
    'multi-label': 'the network decides for each label whether it is on'
  }
  return `“${target.name}” ${holds}, so ${aim[task]} and is trained on ${lossLabel}.`
}

function severalReason(targets: readonly ColumnView[], task: Task): string {
  const names = targets.map(({ name }) => `“${name}”`)
  const shown = listed(names.length > 4 ? [...names.slice(0, 3), `${formatCount(names.length - 3)} more`] : names)
  return task === 'multi-label'
    ? `${shown} hold two classes each, so the network decides for each by itself, whatever the others are,`
    : `${shown} hold numbers, so one network predicts ${names.length === 2 ? 'both' : `all ${formatCount(names.length)}`} at once, each standardised so that all count alike,`
}

/** How the output of the network is read; identity when loss and task do not belong together (said elsewhere). */
export function linkOf(task: Task, loss: LossName): Link {
  const serves = lossSpecs.some((spec) => spec.name === loss && spec.tasks.includes(task))
  return serves ? lossFor(loss, task).link(task) : 'identity'
}

/**
 * Why the output layer is as it is, in one or two sentences.
 * @param outputs what the network answers with, see `PreparedView`
 */
export function outputReason(task: Task, loss: LossName, outputs: readonly string[]): string {
  const several = formatCount(outputs.length)
  switch (linkOf(task, loss)) {
    case 'softmax':
      return `Softmax turns the ${outputs.length === 0 ? '' : `${several} `}outputs into probabilities that add up to 1, one for each class.`
    case 'sigmoid':
      if (task === 'multi-label')
        return `Sigmoid turns each of the ${several} outputs into the probability of its label, whatever the others are.`
      return `Sigmoid turns the one output into the probability of ${outputs[1] === undefined ? 'the second class' : `“${shorten(outputs[1], 40)}”`}; the rest is ${outputs[0] === undefined ? 'the first class' : `“${shorten(outputs[0], 40)}”`}.`
    case 'identity':
      return outputs.length > 1
        ? `Identity: each of the ${several} outputs is a predicted number itself, which may take any value.`
        : 'Identity: the output is the predicted number itself, which may take any value.'
  }
}

/**
 * Names of the output neurons: the classes, the values or the labels; of one neuron for two classes the second.
 * @param outputs see `PreparedView`
 */
export function outputNames(outputs: readonly string[], units: number): string[] {
  if (units === outputs.length) return [...outputs]
  return units === 1 && outputs.length === 2 ? outputs.slice(1) : []
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
