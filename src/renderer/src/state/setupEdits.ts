/** Changes of a setup that concern more than one of its parts, and its settings by the part that declares them. */
import {
  augmentationFields,
  defaultsOf,
  earlyStoppingFields,
  lossSpecs,
  optimizerSpecs,
  regularizationFields,
  scheduleSpecs,
  type Config,
  type Field,
  type FieldValue,
  type LossName,
  type Task
} from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'

/** Parts of a setup whose settings are declared as fields. */
export const settingParts = [
  'loss',
  'optimizer',
  'schedule',
  'regularization',
  'earlyStopping',
  'augmentation'
] as const
export type SettingPart = (typeof settingParts)[number]

/** The settings that a part has as it is chosen now. */
export function partFields(setup: Setup, part: SettingPart): readonly Field[] {
  switch (part) {
    case 'loss':
      return lossSpecs.find((spec) => spec.name === setup.loss)?.fields ?? []
    case 'optimizer':
      return optimizerSpecs.find((spec) => spec.type === setup.optimizer.type)?.fields ?? []
    case 'schedule':
      return scheduleSpecs.find((spec) => spec.type === setup.schedule.type)?.fields ?? []
    case 'regularization':
      return regularizationFields
    case 'earlyStopping':
      return earlyStoppingFields
    case 'augmentation':
      return augmentationFields
  }
}

function partConfig(setup: Setup, part: SettingPart): Config {
  switch (part) {
    case 'loss':
      return setup.lossConfig
    case 'optimizer':
      return setup.optimizer.config
    case 'schedule':
      return setup.schedule.config
    case 'regularization':
      return setup.regularization
    case 'earlyStopping':
      return setup.earlyStopping
    case 'augmentation':
      return setup.augmentation
  }
}

/** The value of one setting, its default where it is left out. */
export function settingOf(setup: Setup, part: SettingPart, field: Field): FieldValue {
  const config = partConfig(setup, part)
  return (Object.hasOwn(config, field.key) ? config[field.key] : undefined) ?? field.default
}

/** All settings of a part, defaults included. */
export function completePart(setup: Setup, part: SettingPart): Config {
  return Object.fromEntries(partFields(setup, part).map((field) => [field.key, settingOf(setup, part, field)]))
}

export function withSetting(setup: Setup, part: SettingPart, field: Field, value: FieldValue): Setup {
  const config = { ...partConfig(setup, part), [field.key]: value }
  switch (part) {
    case 'loss':
      return { ...setup, lossConfig: config }
    case 'optimizer':
      return { ...setup, optimizer: { ...setup.optimizer, config } }
    case 'schedule':
      return { ...setup, schedule: { ...setup.schedule, config } }
    case 'regularization':
      return { ...setup, regularization: config }
    case 'earlyStopping':
      return { ...setup, earlyStopping: config }
    case 'augmentation':
      return { ...setup, augmentation: config }
  }
}

/** Another loss comes with its own settings. */
export function withLoss(setup: Setup, loss: LossName): Setup {
  return { ...setup, loss, lossConfig: {} }
}

/** Weights of single classes are of the classes they were given for; balancing suits any. Windows tell one class at most. */
export function withTask(setup: Setup, task: Task, loss: LossName): Setup {
  const keeps = setup.classWeights === 'balanced' && (task === 'binary' || task === 'multi-class')
  const { window } = setup
  return {
    ...withLoss(setup, loss),
    task,
    classWeights: keeps ? 'balanced' : 'none',
    window: window === null || task === 'regression' ? window : { ...window, horizon: Math.min(window.horizon, 1) }
  }
}

export function withOptimizer(setup: Setup, type: string): Setup {
  const spec = optimizerSpecs.find((one) => one.type === type)
  return spec === undefined ? setup : { ...setup, optimizer: { type, config: defaultsOf(spec.fields) } }
}

export function withSchedule(setup: Setup, type: string): Setup {
  const spec = scheduleSpecs.find((one) => one.type === type)
  return spec === undefined ? setup : { ...setup, schedule: { type, config: defaultsOf(spec.fields) } }
}

/** The factor of each class's rows that balancing comes to: N / (K · Nₖ), 1 for a class without rows. */
export function balancedWeights(classCounts: readonly number[]): number[] {
  const rows = classCounts.reduce((sum, count) => sum + count, 0)
  return classCounts.map((count) => (count === 0 ? 1 : rows / (classCounts.length * count)))
}
