/**
 * Commands and flags. Each command loads its work only when it runs, so that `--help` and mistakes in the flags are
 * answered at once.
 */
import { setImmediate } from 'node:timers/promises'
import { Command, CommanderError, Option } from 'commander'
import { augmentationFields, earlyStoppingFields, regularizationFields, tasks } from '../engine/catalog'
import { addColumnOptions } from './column-flags'
import type { ExportOptions } from './commands/export'
import { failureStatus, reportFailure, usageError } from './failure'
import {
  addFieldOptions,
  layerFields,
  lossChoices,
  namesOf,
  optimizerChoices,
  rangeAmong,
  scheduleChoices,
  type ChoiceKind
} from './field-flags'
import { Interruption } from './interruption'
import { Output, Reader } from './output'
import { trainingFields } from '../shared/setup'
import { addReadOptions, readReadFlags } from './read-flags'
import { addPartFileOptions, addSplitOptions, readPartFiles } from './split-flags'
import { readEpochs, readFolds, readTrainFlags, readWhole } from './train-flags'
import { addWindowOptions } from './window-flags'
import { studioVersion } from '../project/version'

/** What a command is given besides its own flags. */
export interface CommandContext {
  readonly output: Output
  /** Aborts on Ctrl+C and when the process is asked to end. */
  readonly signal: AbortSignal
}

/** Makes what a command is given, for output with or without JSON. */
type MakeContext = (json: boolean) => CommandContext

/**
 * Runs one command line.
 * @returns the exit status: 0, 1 for a bug, 2 for a mistake or a failure that has a code, 130 when interrupted
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  const interruption = new Interruption()
  const reader = new Reader()
  let output: Output | undefined
  const context: MakeContext = (json) => {
    output = new Output(json, reader)
    return { output, signal: interruption.signal }
  }
  try {
    await createProgram(context).parseAsync(args, { from: 'user' })
    output?.writeNotices()
    // What was written last tells by then.
    await setImmediate()
    reader.requireWritten()
    return 0
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    const failure = thrown instanceof CommanderError ? usageError(plainMessage(thrown)) : thrown
    reportFailure(failure)
    return interruption.status ?? failureStatus(failure)
  } finally {
    interruption.close()
    reader.close()
  }
}

function createProgram(context: MakeContext): Command {
  const program = new Command('npm run --silent cli --')
    .description('Train a neural network on a table and take it away. Everything stays on this computer.')
    .version(studioVersion)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', '\nEach command has its own --help.')
    .action((_options: unknown, command: Command) => {
      const [first] = command.args
      const kind = first?.startsWith('-') === true ? 'option' : 'command'
      const what = first === undefined ? 'a command is missing' : `unknown ${kind} "${first}"`
      throw usageError(`${what}; use train, resume, runs, cross-validate, inspect, predict or export, or --help`)
    })

  addTrain(program, context)
  addResume(program, context)
  addRuns(program, context)
  addCrossValidate(program, context)
  addInspect(program, context)
  addPredict(program, context)
  addExplain(program, context)
  addGradcheck(program, context)
  addExport(program, context)
  // Else Commander would answer a word that is no command with "too many arguments". Last, because commands inherit it.
  return program.allowExcessArguments().allowUnknownOption()
}

function addTrain(program: Command, context: MakeContext): void {
  const train = program
    .command('train')
    .description('Train a network on a table and keep it as a run folder.')
    .argument('<file>', 'table: CSV, JSON, Parquet, Arrow, Excel, ARFF or NumPy')
    .requiredOption('--out <folder>', 'folder to keep the run in; it must not exist yet')
    .option('--overwrite', 'replace the run that is in that folder')
  addTrainingOptions(train)
  train.option('--evaluate-test', evaluateTestHelp)
  train.action(async (file: string, options: Record<string, unknown>) => {
    const flags = readTrainFlags(options)
    const { train } = await import('./commands/train')
    await train(file, flags, context(options['json'] === true))
  })
}

interface ResumeOptions {
  readonly data?: readonly string[]
  readonly epochs?: string
  readonly evaluateTest?: true
  readonly json?: true
}

function addResume(program: Command, context: MakeContext): void {
  program
    .command('resume')
    .description('Go on with an interrupted run from its last checkpoint, to its planned end.')
    .argument('<run>', 'run folder')
    .option(
      '--data <file>',
      'where the data is now; several times for several files (default: where it was)',
      collected
    )
    .option('--epochs <count>', 'epochs in all; for a run that has ended, more than it had (default: as planned)')
    .option('--evaluate-test', evaluateTestHelp)
    .option('--json', 'write one JSON object a line')
    .action(async (run: string, options: ResumeOptions) => {
      const epochs = options.epochs === undefined ? undefined : readEpochs(options.epochs)
      const flags = { data: options.data ?? [], epochs, evaluateTest: options.evaluateTest === true }
      const { resume } = await import('./commands/resume')
      await resume(run, flags, context(options.json === true))
    })
}

function addRuns(program: Command, context: MakeContext): void {
  program
    .command('runs')
    .description('List the runs of a folder, the newest first, unfinished ones among them.')
    .argument('[folder]', 'folder that holds run folders', 'runs')
    .option('--json', 'write one JSON object a line')
    .action(async (folder: string, options: { json?: true }) => {
      const { runs } = await import('./commands/runs')
      await runs(folder, context(options.json === true))
    })
}

function addCrossValidate(program: Command, context: MakeContext): void {
  const validating = program
    .command('cross-validate')
    .description('Train one network for each fold of the rows and say how well each does on its fold. Nothing is kept.')
    .argument('<file>', 'table, as for train')
    .option('--folds <count>', 'folds, and networks that are trained', '5')
  addTrainingOptions(validating)
  validating.action(async (file: string, options: Record<string, unknown>) => {
    const flags = readTrainFlags(options)
    const folds = readFolds(options['folds'])
    const { crossValidateCommand } = await import('./commands/cross-validate')
    await crossValidateCommand(file, flags, folds, context(options['json'] === true))
  })
}

const runHelp = 'run folder that train has made'
const evaluateTestHelp = 'in the end, judge the network on the rows that are kept aside for the test'

const targetHelp =
  'column to predict; several times for several: numbers (regression), or columns of two classes each (multi-label) (default: suggested from the columns)'

/** All that was said by a flag that may be given several times. */
function collected(said: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), said]
}

/** Everything but where the run is kept. */
function addTrainingOptions(train: Command): void {
  train
    .option('--target <column>', targetHelp, collected)
    .addOption(new Option('--task <task>', `${tasks.join(', ')} (default: follows from the targets)`))
    .option('--ignore <column...>', 'columns that the network must not see')
    .option('--repeats <what>', 'keep rows that repeat another one, or take each once (default: keep)')
    .option('--weight <column>', 'column with how much each row counts in the loss, from 0 up (default: all alike)')
    .option('--json', 'write one JSON object a line')
  addReadOptions(train)
  addPartFileOptions(train)
  train
    .optionsGroup('Network:')
    .option('--layers <units>', 'units of the hidden layers, as 16,8; none for no hidden layer')
  addFieldOptions(train, layerFields)
  train
    .option(
      '--model <file>',
      'JSON file with a whole network, its output layer included; columns with one value stay features then'
    )
    .option('--init <file>', 'safetensors file with the first weights, named as in PyTorch; none are drawn then')
  train.optionsGroup('Loss:')
  addChoice(train, lossChoices, 'follows from the task')
  train.option(
    '--class-weights <weights>',
    'what each class counts in the loss: none, balanced (the rarer the more), or numbers in the order of the classes, as 1,2,0.5 (default: none)'
  )
  train.optionsGroup('Optimizer:')
  addChoice(train, optimizerChoices)
  train.optionsGroup('Learning rate over the run:')
  addChoice(train, scheduleChoices)
  train.optionsGroup('Regularization:')
  addFieldOptions(train, regularizationFields)
  train.optionsGroup('Early stopping:')
  addFieldOptions(train, earlyStoppingFields)
  train.optionsGroup('Images changed at random in training:')
  addFieldOptions(train, augmentationFields)
  train.optionsGroup('Columns and rows:')
  addColumnOptions(train)
  addSplitOptions(train)
  addWindowOptions(train)
  train.optionsGroup('Training:')
  addFieldOptions(train, trainingFields)
  train.option(
    '--executor <executor>',
    'wasm: float32, fast; reference: float64, for checks (default: wasm where it can run the network)'
  )
}

/** A flag for the choice itself, and those of the settings of each. */
function addChoice(command: Command, choice: ChoiceKind, fallback = namesOf(choice)[0] ?? ''): void {
  const { kind, fields } = choice
  command.option(`--${kind} <${kind}>`, `${namesOf(choice).join(', ')} (default: ${fallback})`)
  addFieldOptions(command, fields, rangeAmong(choice))
}

function addInspect(program: Command, context: MakeContext): void {
  const inspecting = program
    .command('inspect')
    .description('Say what is in a file, what is wrong with it, and what a network would be trained on.')
    .argument('<file>', 'table to look at')
    .option('--target <column>', targetHelp, collected)
    .option('--json', 'write one JSON object')
  addReadOptions(inspecting)
  addPartFileOptions(inspecting)
  inspecting.action(async (file: string, options: { target?: readonly string[]; json?: true }) => {
    const as = readReadFlags({ ...options })
    const partFiles = readPartFiles({ ...options })
    const { inspect } = await import('./commands/inspect')
    await inspect(file, { targets: options.target ?? [], as, partFiles }, context(options.json === true))
  })
}

function addPredict(program: Command, context: MakeContext): void {
  const predict = program
    .command('predict')
    .description('Predict every row of a table with a trained run.')
    .argument('<run>', runHelp)
    .argument('<file>', 'table with the columns the run was trained on; the columns that are predicted are not needed')
    .option('--json', 'write one JSON object a line')
  addReadOptions(predict)
  predict.action(async (run: string, file: string, options: Record<string, unknown>) => {
    const { predict } = await import('./commands/predict')
    await predict(run, file, options, context(options['json'] === true))
  })
}

function addExplain(program: Command, context: MakeContext): void {
  const explaining = program
    .command('explain')
    .description('Show one step of training on one row: forward, the error, backward, and what each weight becomes.')
    .argument('<run>', runHelp)
    .argument('<file>', 'table with the columns the run was trained on, the target among them')
    .requiredOption('--row <number>', 'data row, counted from 1')
    .option('--json', 'write one JSON object')
  addReadOptions(explaining)
  explaining.action(async (run: string, file: string, options: Record<string, unknown>) => {
    const row = readWhole('--row', options['row'], 1)
    const { explain } = await import('./commands/explain')
    await explain(run, file, row, options, context(options['json'] === true))
  })
}

function addGradcheck(program: Command, context: MakeContext): void {
  const checking = program
    .command('gradcheck')
    .description("Compare a run's gradients by backpropagation with differences of its loss, in float64.")
    .argument('<run>', runHelp)
    .argument('<file>', 'table with the columns the run was trained on, the target among them')
    .option('--samples <count>', 'numbers to check, drawn alike from every tensor', '200')
    .option('--batch <count>', 'rows that the loss is of, the first ones of the table', '8')
    .option('--seed <number>', 'draws which numbers are checked', '0')
    .option('--json', 'write one JSON object')
  addReadOptions(checking)
  checking.action(async (run: string, file: string, options: Record<string, unknown>) => {
    const samples = readWhole('--samples', options['samples'], 1)
    const rows = readWhole('--batch', options['batch'], 1)
    const seed = readWhole('--seed', options['seed'], 0)
    const { gradcheck } = await import('./commands/gradcheck')
    await gradcheck(run, file, { samples, rows, seed }, options, context(options['json'] === true))
  })
}

function addExport(program: Command, context: MakeContext): void {
  const exporting = program
    .command('export')
    .description(
      'Write a trained run as a file that other programs run. It is checked on real rows before it is saved.'
    )
    .argument('<run>', runHelp)
    .requiredOption('--out <file>', 'file to write; it must not exist yet')
    .option('--overwrite', 'replace the file that is there')
    .option('--format <format>', 'format of the file', 'onnx')
    .option('--data <file>', 'table with rows to check on (default: rows that the run folder keeps)')
    .option('--json', 'write one JSON object')
  addReadOptions(exporting)
  exporting.action(async (run: string, options: ExportOptions & { json?: true }) => {
    const { exportCommand } = await import('./commands/export')
    await exportCommand(run, options, context(options.json === true))
  })
}

/** Commander's message without its prefix, on one line. */
function plainMessage(error: CommanderError): string {
  return error.message.replace(/^error: /, '')
}
