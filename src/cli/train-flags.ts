/** What the flags of `train` say, and the setup that comes of it for a table. */
import {
  augmentationFields,
  defaultLoss,
  defaultsOf,
  earlyStoppingFields,
  lossSpecs,
  optimizerSpecs,
  regularizationFields,
  tasks,
  type Config,
  type FieldValue,
  type LossName,
  type Task
} from '../engine/catalog'
import { withFlatten } from '../shared/window-change'
import { executorNames, type ExecutorName } from '../engine/executors/training-executor'
import type { ReadAs } from '../shared/read-as'
import {
  targetsOf,
  MAX_HIDDEN_LAYERS,
  setupDefaults,
  trainingFields,
  trainingSettings,
  type Setup
} from '../shared/setup'
import type { ColumnSetting, SplitSetting } from '../shared/column-setting'
import { readColumns, requireFeatures } from './column-flags'
import { usageError } from './failure'
import {
  epochsField,
  flagOf,
  layerFields,
  layerSpec,
  lossChoices,
  namesOf,
  optimizerChoices,
  readChoiceFields,
  readField,
  readFields,
  readNumber,
  scheduleChoices,
  unitsField
} from './field-flags'
import { readReadFlags } from './read-flags'
import { readWindow } from './window-flags'
import { readPartFiles, readSplit, type PartFiles } from './split-flags'

type Options = Readonly<Record<string, unknown>>
type Settings = ReadonlyMap<string, FieldValue>

/** The flags of `train`, checked as far as that goes without the table. What was not given is undefined or empty. */
export interface TrainFlags {
  readonly readAs: ReadAs
  readonly out: string
  readonly overwrite: boolean
  /** The first one is the main one; none where it is suggested. */
  readonly targets: readonly string[]
  /** Column that says how much each row counts. */
  readonly weight: string | undefined
  readonly repeats: Setup['repeats'] | undefined
  readonly task: Task | undefined
  readonly loss: LossName | undefined
  readonly window: Setup['window'] | undefined
  /** All flags, for the settings of the loss: which loss it is may follow from the table. */
  readonly options: Options
  readonly classWeights: Setup['classWeights'] | undefined
  readonly ignored: readonly string[]
  readonly columns: readonly ColumnSetting[]
  readonly split: SplitSetting | undefined
  readonly partFiles: PartFiles
  /** Whether the rows kept aside are looked at in the end. */
  readonly evaluateTest: boolean
  readonly units: readonly number[] | undefined
  readonly layer: Settings
  /** File with a whole network. */
  readonly model: string | undefined
  /** File with first weights. */
  readonly init: string | undefined
  readonly optimizer: string | undefined
  readonly optimizerConfig: Settings
  readonly schedule: string
  readonly scheduleConfig: Settings
  readonly regularization: Settings
  readonly earlyStopping: Settings
  readonly augmentation: Settings
  readonly training: Settings
  readonly executor: ExecutorName | undefined
}

/** @throws ConfigError `usage` naming the flag */
export function readTrainFlags(options: Options): TrainFlags {
  const optimizer = choice('--optimizer', namesOf(optimizerChoices), options['optimizer'])
  const schedule = choice('--schedule', namesOf(scheduleChoices), options['schedule']) ?? setupDefaults.schedule.type
  const flags: TrainFlags = {
    readAs: readReadFlags(options),
    out: text(options['out']) ?? '',
    overwrite: options['overwrite'] === true,
    targets: texts(options['target']),
    weight: text(options['weight']),
    repeats: choice('--repeats', ['keep', 'once'] as const, options['repeats']),
    task: choice('--task', tasks, options['task']),
    loss: choice(
      '--loss',
      lossSpecs.map((spec) => spec.name),
      options['loss']
    ),
    options,
    window: readWindow(options),
    classWeights: readClassWeights(text(options['classWeights'])),
    ignored: texts(options['ignore']),
    columns: readColumns(options['column']),
    split: readSplit(options),
    partFiles: readPartFiles(options),
    evaluateTest: options['evaluateTest'] === true,
    units: readUnits(text(options['layers'])),
    layer: readFields(layerFields, options),
    model: text(options['model']),
    init: text(options['init']),
    optimizer,
    optimizerConfig: readChoiceFields(optimizerChoices, optimizer ?? namesOf(optimizerChoices)[0] ?? '', options),
    schedule,
    scheduleConfig: readChoiceFields(scheduleChoices, schedule, options),
    regularization: readFields(regularizationFields, options),
    earlyStopping: readFields(earlyStoppingFields, options),
    augmentation: readFields(augmentationFields, options),
    training: readFields(trainingFields, options),
    executor: choice('--executor', executorNames, options['executor'])
  }
  if (flags.loss !== undefined) readChoiceFields(lossChoices, flags.loss, options)
  if (flags.model !== undefined) refuseLayers(flags)
  if (flags.evaluateTest && !mayKeepTest(flags))
    throw usageError('--evaluate-test needs --test, the share of the rows that is kept aside, or --test-data')
  return flags
}

/**
 * The setup that was suggested for a table, changed by the flags.
 * @param model what `--model` names, else null
 * @param split what the files that were named say of it, or the column of fixed parts; else what the flags say
 * @throws ConfigError `usage` for a setting of another loss than the one that serves the task
 */
export function applyFlags(flags: TrainFlags, suggested: Setup, model: Setup['model'], split = flags.split): Setup {
  const task = flags.task ?? suggested.task
  const loss = flags.loss ?? (task === suggested.task ? suggested.loss : defaultLoss(task))
  const type = flags.optimizer ?? suggested.optimizer.type
  const spec = optimizerSpecs.find((each) => each.type === type)
  const base = type === suggested.optimizer.type ? suggested.optimizer.config : defaultsOf(spec?.fields ?? [])
  const window = flags.window ?? suggested.window
  const layers = (flags.units === undefined ? suggested.layers : flags.units.map(layerOf)).map((layer) => {
    return { ...layer, config: changed(layer.config, flags.layer) }
  })
  // Windows and images have channels, which no list of units takes.
  const hasChannels = window !== null || suggested.layers.some((layer) => layer.type === 'flatten')
  const setup: Setup = {
    ...suggested,
    task,
    loss,
    lossConfig: Object.fromEntries(readChoiceFields(lossChoices, loss, flags.options)),
    classWeights: flags.classWeights ?? suggested.classWeights,
    weight: flags.weight ?? suggested.weight,
    repeats: flags.repeats ?? suggested.repeats,
    window,
    ignored: ignoredOf(suggested, flags),
    layers: model !== null ? [] : hasChannels ? withFlatten(layers) : layers,
    model,
    optimizer: { type, config: changed(base, flags.optimizerConfig) },
    schedule: { type: flags.schedule, config: Object.fromEntries(flags.scheduleConfig) },
    regularization: changed(suggested.regularization, flags.regularization),
    earlyStopping: changed(suggested.earlyStopping, flags.earlyStopping),
    augmentation: changed(suggested.augmentation, flags.augmentation),
    columns: [...flags.columns],
    split: split ?? suggested.split,
    ...trainingSettings(changed(trainingSettings(suggested), flags.training))
  }
  requireFeatures(flags.columns, setup)
  return setup
}

/** As far as that can be told without the table. */
function mayKeepTest({ training, split, partFiles }: TrainFlags): boolean {
  return split?.by === 'fixed' || partFiles.test !== undefined || Number(training.get('test')) > 0
}

/**
 * A column that something is said of is a feature, even if it would be left out unasked.
 * @throws ConfigError `usage` when a target is to be ignored
 */
function ignoredOf(suggested: Setup, flags: TrainFlags): string[] {
  const target = targetsOf(suggested).find((each) => flags.ignored.includes(each))
  if (target !== undefined) {
    const name = JSON.stringify(target.slice(0, 60))
    const advice = flags.targets.length === 0 ? 'name another with --target' : 'name it in one of --target and --ignore'
    throw usageError(`--ignore ${name}: this is the column to predict; ${advice}`)
  }
  const said = new Set(flags.columns.map(({ name }) => name))
  return [...new Set([...suggested.ignored.filter((name) => !said.has(name)), ...flags.ignored])]
}

function changed(config: Config, changes: Settings): Config {
  return { ...config, ...Object.fromEntries(changes) }
}

function layerOf(units: number, index: number): Setup['layers'][number] {
  return {
    name: `${layerSpec.type}${index + 1}`,
    type: layerSpec.type,
    inputs: [],
    config: { ...defaultsOf(layerSpec.fields), [unitsField.key]: units }
  }
}

/** A network from a file has all its layers, so nothing may be said of layers beside it. */
function refuseLayers({ units, layer, options }: TrainFlags): void {
  const field = layerFields.find(({ key }) => layer.has(key) && options[key] !== undefined)
  const flag = units !== undefined ? '--layers' : field === undefined ? null : flagOf(field)
  if (flag !== null) throw usageError(`${flag} does not go with --model, whose file says all of the network`)
}

/** @throws ConfigError `usage` */
export function readEpochs(given: string): number {
  return Number(readField(epochsField, given, flagOf(epochsField)))
}

/** @throws ConfigError `usage` */
export function readFolds(given: unknown): number {
  return readWhole('--folds', given, 2)
}

/** @throws ConfigError `usage` */
export function readWhole(flag: string, given: unknown, least: number): number {
  const value = readNumber(String(given))
  if (value !== null && Number.isSafeInteger(value) && value >= least) return value
  throw usageError(`${flag} must be a whole number from ${least}, got ${JSON.stringify(given)}`)
}

function readUnits(given: string | undefined): number[] | undefined {
  if (given === undefined) return undefined
  if (given.trim() === '' || given.trim() === 'none') return []
  const parts = given.split(',')
  if (parts.length > MAX_HIDDEN_LAYERS)
    throw usageError(`--layers takes at most ${MAX_HIDDEN_LAYERS} layers, got ${parts.length}; use fewer`)
  return parts.map((part) => Number(readField(unitsField, part.trim(), '--layers: units')))
}

function readClassWeights(given: string | undefined): Setup['classWeights'] | undefined {
  if (given === undefined) return undefined
  const word = given.trim()
  if (word === 'none' || word === 'balanced') return word
  const weights = word.split(',').map(readNumber)
  const right = weights.filter((weight) => weight !== null && weight > 0 && Number.isFinite(weight))
  if (weights.length >= 2 && right.length === weights.length) return right.map(Number)
  throw usageError(
    `--class-weights must be none, balanced or a number above 0 for each class, as 1,2,0.5, got ${JSON.stringify(given)}`
  )
}

function choice<Name extends string>(flag: string, names: readonly Name[], given: unknown): Name | undefined {
  if (given === undefined) return undefined
  const found = names.find((name) => name === given)
  if (found === undefined) throw usageError(`${flag} must be one of ${names.join(', ')}, got ${JSON.stringify(given)}`)
  return found
}

/** What a flag says that may be given several times. */
function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
