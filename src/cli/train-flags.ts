/** What the flags of `train` say, and the setup that comes of it for a table. */
import {
  defaultLoss,
  defaultsOf,
  INPUT,
  lossSpecs,
  optimizerSpecs,
  tasks,
  type FieldValue,
  type LossName,
  type Task
} from '../engine/catalog'
import { executorNames, type ExecutorName } from '../engine/executors/training-executor'
import { trainingFields, type Setup, type TrainingFieldKey } from '../shared/setup'
import { usageError } from './failure'
import { flagOf, layerFields, layerSpec, optimizerFields, readField, readFields, unitsField } from './field-flags'

export const optimizerTypes = optimizerSpecs.map((spec) => spec.type)

/** The flags of `train`, checked as far as that goes without the table. What was not given is undefined or empty. */
export interface TrainFlags {
  readonly out: string
  readonly overwrite: boolean
  readonly target: string | undefined
  readonly task: Task | undefined
  readonly loss: LossName | undefined
  readonly ignored: readonly string[]
  readonly units: readonly number[] | undefined
  readonly layer: ReadonlyMap<string, FieldValue>
  readonly optimizer: string | undefined
  readonly optimizerConfig: ReadonlyMap<string, FieldValue>
  readonly training: Partial<Record<TrainingFieldKey, number>>
  readonly executor: ExecutorName | undefined
}

/** @throws ConfigError `usage` naming the flag */
export function readTrainFlags(options: Readonly<Record<string, unknown>>): TrainFlags {
  const optimizer = choice('--optimizer', optimizerTypes, options['optimizer'])
  return {
    out: text(options['out']) ?? '',
    overwrite: options['overwrite'] === true,
    target: text(options['target']),
    task: choice('--task', tasks, options['task']),
    loss: choice(
      '--loss',
      lossSpecs.map((spec) => spec.name),
      options['loss']
    ),
    ignored: Array.isArray(options['ignore']) ? options['ignore'].filter((name) => typeof name === 'string') : [],
    units: readUnits(text(options['layers'])),
    layer: readFields(layerFields, options),
    optimizer,
    optimizerConfig: readOptimizer(optimizer ?? optimizerTypes[0] ?? '', options),
    training: readTraining(options),
    executor: choice('--executor', executorNames, options['executor'])
  }
}

/** The setup that was suggested for a table, changed by the flags. */
export function applyFlags(flags: TrainFlags, suggested: Setup): Setup {
  const task = flags.task ?? suggested.task
  const type = flags.optimizer ?? suggested.optimizer.type
  const spec = optimizerSpecs.find((each) => each.type === type)
  const base = type === suggested.optimizer.type ? suggested.optimizer.config : defaultsOf(spec?.fields ?? [])
  const layers = flags.units === undefined ? suggested.layers : flags.units.map(layerOf)
  return {
    ...suggested,
    task,
    loss: flags.loss ?? (task === suggested.task ? suggested.loss : defaultLoss(task)),
    ignored: [...new Set([...suggested.ignored, ...flags.ignored])],
    layers: layers.map((layer) => ({ ...layer, config: { ...layer.config, ...Object.fromEntries(flags.layer) } })),
    optimizer: { type, config: { ...base, ...Object.fromEntries(flags.optimizerConfig) } },
    ...flags.training
  }
}

function layerOf(units: number, index: number): Setup['layers'][number] {
  return {
    name: `${layerSpec.type}${index + 1}`,
    type: layerSpec.type,
    inputs: [index === 0 ? INPUT : `${layerSpec.type}${index}`],
    config: { ...defaultsOf(layerSpec.fields), [unitsField.key]: units }
  }
}

function readUnits(given: string | undefined): number[] | undefined {
  if (given === undefined) return undefined
  if (given.trim() === '' || given.trim() === 'none') return []
  return given.split(',').map((part) => Number(readField(unitsField, part.trim(), '--layers: units')))
}

function readOptimizer(type: string, options: Readonly<Record<string, unknown>>): Map<string, FieldValue> {
  const spec = optimizerSpecs.find((each) => each.type === type)
  const own = spec?.fields ?? []
  const foreign = optimizerFields.find(
    (field) => options[field.key] !== undefined && !own.some((each) => each.key === field.key)
  )
  if (foreign !== undefined) throw usageError(`${flagOf(foreign)} is not a setting of the optimizer ${type}`)
  return readFields(own, options)
}

function readTraining(options: Readonly<Record<string, unknown>>): Partial<Record<TrainingFieldKey, number>> {
  const values = readFields(trainingFields, options)
  const given: Partial<Record<TrainingFieldKey, number>> = {}
  for (const { key } of trainingFields) {
    const value = values.get(key)
    if (typeof value === 'number') given[key] = value
  }
  return given
}

function choice<Name extends string>(flag: string, names: readonly Name[], given: unknown): Name | undefined {
  if (given === undefined) return undefined
  const found = names.find((name) => name === given)
  if (found === undefined) throw usageError(`${flag} must be one of ${names.join(', ')}, got ${JSON.stringify(given)}`)
  return found
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
