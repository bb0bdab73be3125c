/** From a file and the flags of `train` to a table, a setup and what else a training takes. */
import { findColumn, suggestSetup, textValues, uselessRoles, type Role, type Table } from '../data'
import { readModelFile, readWeightsFile, withModelFile, type ExperimentOptions } from '../project'
import type { SplitSetting } from '../shared/column-setting'
import { ConfigError } from '../shared/errors'
import type { Setup } from '../shared/setup'
import type { Notice } from '../shared/views'
import { loadCompiledKernels } from './kernels'
import { readParts } from './part-tables'
import { recognizedSplit } from './split-flags'
import { applyFlags, type TrainFlags } from './train-flags'

export interface TrainingSetup {
  readonly table: Table
  readonly setup: Setup
  readonly options: ExperimentOptions
  /** Does work with the network of `--model`, whose file is named where it is at fault. */
  readonly withModel: <T>(work: () => T) => T
}

/**
 * Reads the files and loads the kernels.
 * @throws StudioError of reading; ConfigError `usage`, `unknown-column`
 */
export async function readTrainingSetup(file: string, flags: TrainFlags, signal: AbortSignal): Promise<TrainingSetup> {
  const { model: modelFile } = flags
  const model = modelFile === undefined ? null : await readModelFile(modelFile)
  const options: ExperimentOptions = {
    ...(flags.executor === undefined ? {} : { executor: flags.executor }),
    ...(flags.init === undefined ? {} : { initial: await readWeightsFile(flags.init) })
  }
  const { table, split = flags.split } = await readParts(file, flags.partFiles, { signal, as: flags.readAs })
  requireColumns(table, flags.ignored)
  const suggested = suggestSetup(table, flags.targets, leftOut(flags))
  const setup = applyFlags(flags, suggested, model, split === undefined ? undefined : toldSplit(table, split))
  loadCompiledKernels()
  const withModel = <T>(work: () => T): T => (modelFile === undefined ? work() : withModelFile(modelFile, work))
  return { table, setup, options, withModel }
}

/** Columns that are ignored unasked: none where the file's numbers are taken as they are, fewer for a given network. */
function leftOut({ training, model }: TrainFlags): readonly Role[] {
  if (training.get('prepare') === false) return []
  // A network for pictures takes every pixel, those that are always white included.
  return model === undefined ? uselessRoles : uselessRoles.filter((role) => role !== 'constant')
}

/** Fixed parts of which nobody has said which values they have are recognised; columns that are not there are not our affair. */
function toldSplit(table: Table, split: SplitSetting): SplitSetting {
  const isTold = split.by !== 'fixed' || split.validation !== undefined || split.test !== undefined
  const column = isTold || split.column === null ? undefined : findColumn(table, split.column)
  return column === undefined ? split : recognizedSplit(split, textValues(column))
}

function requireColumns(table: Table, names: readonly string[]): void {
  const unknown = names.find((name) => !table.columns.some((column) => column.name === name))
  if (unknown === undefined) return
  throw new ConfigError('unknown-column', `--ignore: ${table.fileName} has no column "${unknown}".`, {
    column: unknown
  })
}

/** Notices of the table that tell what becomes of columns; they are of use only as far as it is so. */
const aboutUnused: ReadonlySet<string> = new Set(['all-missing-column', 'constant-column', 'id-column'])

/** What is worth saying about the table where this setup is trained, and about the choice of the target. */
export function tableNotices(table: Table, flags: TrainFlags, setup: Setup): Notice[] {
  const ignored = new Set(setup.ignored)
  const isSo = ({ code, columns }: Notice): boolean =>
    aboutUnused.has(code) ? columns.every((name) => ignored.has(name)) : setup.prepare || code !== 'missing-values'
  const chosen = flags.targets.length === 0 ? [targetChosen(setup.target)] : []
  return [...table.notices.filter(isSo), ...chosen]
}

function targetChosen(target: string): Notice {
  const message = `No --target was given; predicting "${target}".`
  return { code: 'target-chosen', severity: 'info', message, columns: [target] }
}
