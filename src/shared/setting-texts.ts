/** The settings of a setup as people read them: columns of the table of runs, and what two runs are told apart by. */
import {
  augmentationFields,
  defaultsOf,
  earlyStoppingFields,
  layerSpecs,
  lossSpecs,
  matters,
  optimizerSpecs,
  regularizationFields,
  scheduleSpecs,
  type Config,
  type Field,
  type FieldValue,
  type LayerNode
} from '../engine/catalog'
import type { ColumnSetting, SplitSetting, WindowSetting } from './column-setting'
import type { SettingChange } from './run-views'
import { targetsOf, trainingFields, type Setup } from './setup'

/** One setting. */
export interface SettingText {
  /** The same in every setup that has this setting; once in each. */
  readonly key: string
  readonly label: string
  readonly value: string
}

/** What stands for a setting that the other setup does not have. */
export const NO_SETTING = '–'

const taskLabels = {
  regression: 'Regression',
  binary: 'Two classes',
  'multi-class': 'Several classes',
  'multi-label': 'Labels'
} as const satisfies Record<Setup['task'], string>

const splitLabels = {
  auto: 'Automatic',
  random: 'Random',
  stratified: 'Stratified',
  grouped: 'Grouped',
  ordered: 'In order',
  fixed: 'Fixed'
} as const satisfies Record<SplitSetting['by'], string>

/**
 * Every setting, the defaults of what was chosen among them, in the order in which forms show them. What does not matter
 * beside the others is left out: the patience that is 0 takes its further settings with it.
 *
 * Two setups with the same texts give the same run; unless numbers differ after their twelfth digit, which no form can show.
 */
export function settingsOf(setup: Setup): readonly SettingText[] {
  const { lossConfig, optimizer, schedule, earlyStopping } = setup
  const loss = lossSpecs.find(({ name }) => name === setup.loss)
  const optimizerSpec = optimizerSpecs.find(({ type }) => type === optimizer.type)
  const scheduleSpec = scheduleSpecs.find(({ type }) => type === schedule.type)
  const stops = Number(earlyStopping['patience']) > 0
  return [
    text('target', setup.moreTargets.length > 0 ? 'Targets' : 'Target', targetsOf(setup).join(', ')),
    text('task', 'Task', taskLabels[setup.task]),
    text('weight', 'Row weights', setup.weight ?? 'None'),
    text('repeats', 'Repeated rows', setup.repeats === 'keep' ? 'All' : 'Once'),
    text('window', 'Window', windowText(setup.window)),
    text('ignored', 'Left out', setup.ignored.length === 0 ? 'None' : setup.ignored.join(', ')),
    ...columnTexts(setup.columns),
    text('split', 'Split', splitText(setup.split)),
    ...layerTexts(setup),
    text('loss', 'Loss', loss?.label ?? setup.loss),
    ...fieldTexts('loss', loss?.fields ?? [], lossConfig),
    text('classWeights', 'Class weights', classWeightsText(setup.classWeights)),
    text('optimizer', 'Optimizer', optimizerSpec?.label ?? optimizer.type),
    ...fieldTexts('optimizer', optimizerSpec?.fields ?? [], optimizer.config),
    text('schedule', 'Schedule', scheduleSpec?.label ?? schedule.type),
    ...fieldTexts('schedule', scheduleSpec?.fields ?? [], schedule.config),
    ...fieldTexts('regularization', regularizationFields, setup.regularization),
    ...fieldTexts('earlyStopping', stops ? earlyStoppingFields : earlyStoppingFields.slice(0, 1), earlyStopping),
    ...fieldTexts('augmentation', augmentationFields, setup.augmentation),
    ...trainingFields.map((field) => text(field.key, field.label, valueText(field, setup[field.key])))
  ]
}

/** What differs between two setups; a setting that one of them has alone has no value in the other. */
export function differingSettings(before: readonly SettingText[], after: readonly SettingText[]): SettingChange[] {
  const valuesBefore = new Map(before.map(({ key, value }) => [key, value]))
  const valuesAfter = new Map(after.map(({ key, value }) => [key, value]))
  const isNew = ({ key }: SettingText) => !valuesBefore.has(key)
  return [...before, ...after.filter(isNew)].flatMap(({ key, label }) => {
    const [was, is] = [valuesBefore.get(key) ?? NO_SETTING, valuesAfter.get(key) ?? NO_SETTING]
    return was === is ? [] : [{ label, before: was, after: is }]
  })
}

/** A number without the noise of its last digits. */
export function numberText(value: number): string {
  return Number.isNaN(value) ? 'none' : String(Number(value.toPrecision(12)))
}

function text(key: string, label: string, value: string): SettingText {
  return { key, label, value }
}

function fieldTexts(owner: string, fields: readonly Field[], config: Config): SettingText[] {
  return fields
    .filter((field) => matters(field, fields, config))
    .map((field) => text(`${owner}.${field.key}`, field.label, valueText(field, config[field.key] ?? field.default)))
}

function valueText(field: Field, value: FieldValue): string {
  if (field.kind === 'choice') return field.choices.find((choice) => choice.value === value)?.label ?? String(value)
  if (typeof value === 'boolean') return value ? 'On' : 'Off'
  return typeof value === 'number' ? numberText(value) : value
}

/** Layers in their order, by their places: "Dense 16, ReLU". */
function layerTexts({ layers, model }: Setup): SettingText[] {
  const texts = (model?.layers ?? layers).map((layer, i) =>
    text(`layers.${i + 1}`, `Layer ${i + 1}`, layerText(layer, i))
  )
  if (model === null) return texts.length > 0 ? texts : [text('layers', 'Hidden layers', 'None')]
  const network = `From a file, ${model.inputShape.join('×')} to ${model.output}`
  return [text('model', 'Network', network), ...texts]
}

/**
 * The layer's first number as it is, its activation by its name, what else differs from the defaults, what it takes where
 * it says so, and its name where it is not the one that it would be given at its place: first weights are drawn by it.
 */
function layerText({ name, type, inputs, config }: LayerNode, index: number): string {
  const spec = layerSpecs.find((each) => each.type === type)
  const fields = spec?.fields ?? []
  const defaults = defaultsOf(fields)
  const [main] = fields
  const isMain = (field: Field) => field === main && field.kind !== 'choice' && field.kind !== 'boolean'
  const settings = fields.flatMap((field) => {
    const value = config[field.key] ?? field.default
    const shown = valueText(field, value)
    if (isMain(field)) return []
    if (field.key === 'activation') return [shown]
    if (!matters(field, fields, config) || value === defaults[field.key]) return []
    return [
      `${field.label.toLowerCase()} ${field.kind === 'number' || field.kind === 'integer' ? shown : shown.toLowerCase()}`
    ]
  })
  const size = main !== undefined && isMain(main) ? ` ${valueText(main, config[main.key] ?? main.default)}` : ''
  const from = inputs.length > 0 ? [`from ${inputs.join(' and ')}`] : []
  const named = name === `${type}${index + 1}` ? [] : [`named ${name}`]
  return [`${spec?.label ?? type}${size}`, ...settings, ...from, ...named].join(', ')
}

function columnTexts(columns: readonly ColumnSetting[]): SettingText[] {
  const byName = new Map<string, string[]>()
  for (const { name, ...column } of columns) byName.set(name, [...(byName.get(name) ?? []), columnText(column)])
  return [...byName].map(([name, texts]) => text(`column.${name}`, `Column ${name}`, texts.join('; ')))
}

function columnText(column: Omit<ColumnSetting, 'name'>): string {
  const { type, missing, constant, indicator, scaling, encoding, size, order } = column
  const parts = [
    type === undefined ? null : `read as ${type}`,
    encoding === undefined ? null : encoding,
    size === undefined ? null : `vectors of ${size}`,
    scaling === undefined ? null : `scaling ${scaling}`,
    missing === undefined ? null : `missing: ${missing}`,
    constant === undefined ? null : `filled with ${typeof constant === 'number' ? numberText(constant) : constant}`,
    indicator === undefined ? null : `${indicator ? 'with' : 'without'} an indicator`,
    order === undefined ? null : `order ${order.join(' < ')}`
  ].filter((part) => part !== null)
  return parts.length === 0 ? 'As it is' : parts.join(', ')
}

function splitText({ by, column, validation, test }: SplitSetting): string {
  const parts = [
    column === null ? null : `by ${column}`,
    validation === undefined ? null : `validation: ${validation.join(', ')}`,
    test === undefined ? null : `test: ${test.join(', ')}`
  ].filter((part) => part !== null)
  return [splitLabels[by], ...parts].join('; ')
}

function windowText(window: WindowSetting | null): string {
  if (window === null) return 'None'
  const { steps, horizon, time, series } = window
  const order = time === null ? [] : [`by ${time}`]
  const apart = series === null ? [] : [`each ${series} for itself`]
  return [`${numberText(steps)} rows, ${numberText(horizon)} ahead`, ...order, ...apart].join(', ')
}

function classWeightsText(weights: Setup['classWeights']): string {
  if (weights === 'none') return 'None'
  return weights === 'balanced' ? 'Balanced' : weights.map(numberText).join(', ')
}
