/** Two kept runs beside each other: what was set differently, how they went, and what they answer to the same rows. */
import {
  answeredRows,
  encodeFeatures,
  encodeTargets,
  outputNames,
  prepare,
  targetNames,
  valueOutputs,
  type Preparation,
  type Prepared,
  type Table
} from '../data'
import { isOn, predictedClasses, type Tensor } from '../engine'
import { StorageError, StudioError } from '../shared/errors'
import type { ComparisonView, RunCurvesView } from '../shared/run-views'
import { differingSettings, numberText } from '../shared/setting-texts'
import type { EvaluatedRows, EvaluationView } from '../shared/views'
import { evaluationView, targetScaleOf } from './evaluation'
import { requireIndices } from './indices'
import { judge } from './judge'
import { loadRun } from './load-run'
import { lossSettingsOf } from './loss-settings'
import { shapedFeatures } from './network'
import { readCurves } from './run-curves'
import type { Run } from './record'
import { folderOfRun } from './run-store'
import { keptRun, type KeptRun } from './run-summary'

/** Rows that are told one by one, at most. */
const MAX_ROWS = 200
/** Share of a value's deviation over the training rows by which two answers differ enough to be called other ones. */
const OTHER_VALUE = 0.1

type Answers = NonNullable<ComparisonView['answers']>
type ChangedRow = Answers['rows'][number]

/**
 * Compares the second run with the first. Where the table is the data of both, both answer the validation rows of the first
 * one (its training rows where it has no others), by its split.
 *
 * An answer has changed when the class is another one, a label is on where it was off, or a value differs by more than a
 * tenth of its standard deviation. Classes and labels are told in the order of the rows, values from the largest change on. A
 * row is better when the second run alone is right, of values when it is nearer; worse the other way round.
 *
 * @param going a run that has not ended, as it stands, for whoever trains it
 * @throws StorageError `run-not-found`, and the error of a run that is too damaged to be told of
 */
export async function compareRuns(
  folder: string,
  one: string,
  other: string,
  table: Table | null,
  going: GoingRun = () => null
): Promise<ComparisonView> {
  const [first, second] = [await openKept(folder, one), await openKept(folder, other)]
  const compared = await compareAnswers(first, second, table, going).catch((thrown: unknown) => {
    if (!(thrown instanceof StudioError)) throw thrown
    return without(thrown.message)
  })
  return {
    runs: [first.summary, second.summary],
    settings: differingSettings(first.summary.settings, second.summary.settings),
    curves: [await curvesOf(first), await curvesOf(second)],
    ...compared
  }
}

/** By the name of its folder; null for all others. */
export type GoingRun = (name: string) => Promise<Run> | null

interface Kept extends KeptRun {
  readonly path: string
}

async function openKept(folder: string, name: string): Promise<Kept> {
  const path = await folderOfRun(folder, name)
  const kept = await keptRun(path, name)
  if (kept === null) throw new StorageError('run-not-found', `"${path}" holds no run.`, { path, name })
  return { ...kept, path }
}

async function curvesOf({ path, summary, setup }: Kept): Promise<RunCurvesView> {
  const { name, runId, title, error } = summary
  if (setup === null) {
    const message = error?.message ?? `The run "${path}" cannot be read.`
    throw new StorageError(error?.code ?? 'run-damaged', message, { path })
  }
  return { name, runId, title, setup, ...(await readCurves(path)) }
}

type Compared = Pick<ComparisonView, 'answers' | 'why'>

function without(why: string): Compared {
  return { answers: null, why }
}

async function compareAnswers(first: Kept, second: Kept, table: Table | null, going: GoingRun): Promise<Compared> {
  const loaded = [await going(first.summary.name), await going(second.summary.name)] as const
  const onDisk = [first, second].filter((_, i) => loaded[i] === null)
  const refusal = reasonAgainst(first, second, onDisk, table)
  if (refusal !== null || table === null) return without(refusal ?? 'No dataset is open.')
  const [one, other] = [loaded[0] ?? (await loadRun(first.path)), loaded[1] ?? (await loadRun(second.path))]
  if (!answerAlike(one, other))
    return without('The two runs predict different things, so their answers cannot be compared.')
  const parted = prepare(table, one.record.setup)
  const rows = sharedRows(parted, one, other, table)
  if (rows.length === 0) return without('There is no row that both runs can answer: they see different windows.')
  const on = parted.validationRows.length > 0 ? 'validation' : 'training'
  const [before, after] = [await answersTo(one, table, rows, on), await answersTo(other, table, rows, on)]
  const changed = changedRows(one.record.preparation, other.record.preparation, rows, before, after)
  return {
    answers: {
      evaluations: [before.evaluation, after.evaluation],
      changed: changed.length,
      rows: changed.slice(0, MAX_ROWS)
    },
    why: remarks([
      ...[first, second].filter((_, i) => loaded[i] !== null).map(stillTrains),
      seenBy(second, prepare(table, other.record.setup), rows, on)
    ])
  }
}

function reasonAgainst(first: Kept, second: Kept, onDisk: readonly Kept[], table: Table | null): string | null {
  for (const { summary } of onDisk) {
    const { title, status, error } = summary
    if (error !== null) return error.message
    if (status === 'interrupted' || status === 'running')
      return `"${title}" has not ended, so it has no final weights to answer with. Continue it to its end first.`
  }
  const { sha256, fileName } = first.summary.dataset
  if (sha256 !== second.summary.dataset.sha256)
    return `The two runs learnt from different data ("${fileName}" and "${second.summary.dataset.fileName}").`
  return table?.sha256 === sha256
    ? null
    : `Open "${fileName}", which both runs learnt from, to see what they answer to its rows.`
}

function answerAlike({ record: one }: Run, { record: other }: Run): boolean {
  const same = (some: readonly string[], others: readonly string[]) =>
    some.length === others.length && some.every((name, i) => name === others[i])
  return (
    one.setup.task === other.setup.task &&
    same(targetNames(one.preparation), targetNames(other.preparation)) &&
    same(outputNames(one.preparation), outputNames(other.preparation))
  )
}

function sharedRows(parted: Prepared, one: Run, other: Run, table: Table): Int32Array {
  const rows = parted.validationRows.length > 0 ? parted.validationRows : parted.trainRows
  const [isMine, isOthers] = [one, other].map(({ record }) => answeredRows(record.preparation, table))
  return rows.filter((row) => isMine?.(row) === true && isOthers?.(row) === true)
}

function remarks(sentences: readonly (string | null)[]): string | null {
  const said = [...new Set(sentences.filter((sentence) => sentence !== null))]
  return said.length === 0 ? null : said.join(' ')
}

function stillTrains({ summary }: Kept): string {
  return `"${summary.title}" has not ended: its answers are those of now.`
}

/** What is to be said when the second run knows some of the rows, or both do. */
function seenBy({ summary }: Kept, { trainRows }: Prepared, rows: Int32Array, on: EvaluatedRows): string | null {
  if (on === 'training') return 'The first run kept no rows for validation: these are rows that it was trained on.'
  const trained = new Set(trainRows)
  const seen = rows.reduce((count, row) => count + Number(trained.has(row)), 0)
  if (seen === 0) return null
  return `"${summary.title}" was trained on ${seen} of these ${rows.length} rows, which flatters it.`
}

interface GivenAnswers {
  readonly evaluation: EvaluationView
  readonly outputs: Tensor
  readonly targets: Tensor
}

async function answersTo(run: Run, table: Table, rows: Int32Array, on: EvaluatedRows): Promise<GivenAnswers> {
  const { record, model, parameters } = run
  const { preparation, setup, id, epochs, restoredEpoch, classWeights } = record
  const features = shapedFeatures(model, encodeFeatures(preparation, table, rows))
  requireIndices(model, table, preparation, features, rows)
  const targets = encodeTargets(preparation, table, rows)
  const problem = { model, loss: setup.loss, task: setup.task, lossSettings: lossSettingsOf(setup, classWeights) }
  const evaluation = await judge(problem, parameters, { features, targets }, targetScaleOf(preparation))
  const view = evaluationView({
    runId: id,
    epoch: restoredEpoch ?? epochs,
    on,
    preparation,
    judgedRows: rows,
    targets,
    evaluation
  })
  return { evaluation: view, outputs: evaluation.outputs, targets }
}

/** What a run says of a row, in units that do not hang on its preparation. */
interface Answer {
  readonly text: string
  /** How far from the truth: 0 or 1 for classes, labels that are wrong, the mean distance of values in deviations. */
  readonly error: number
  /** Codes of classes, 0 or 1 of labels, values in raw units. */
  readonly values: readonly number[]
}

interface Reader {
  readonly actual: (row: number) => string
  readonly answer: (row: number) => Answer
}

function changedRows(
  one: Preparation,
  other: Preparation,
  rows: Int32Array,
  before: GivenAnswers,
  after: GivenAnswers
): ChangedRow[] {
  const scales = valueOutputs(one).map(({ scale }) => scale)
  const [was, is] = [readerOf(one, before, scales), readerOf(other, after, scales)]
  const changed: (ChangedRow & { readonly size: number })[] = []
  for (const [i, row] of rows.entries()) {
    const [old, now] = [was.answer(i), is.answer(i)]
    const size = Math.max(...old.values.map((value, k) => Math.abs(value - (now.values[k] ?? NaN)) / (scales[k] ?? 1)))
    if (scales.length > 0 ? size <= OTHER_VALUE : size === 0) continue
    const verdict = now.error === old.error ? 'other' : now.error < old.error ? 'better' : 'worse'
    changed.push({
      row,
      actual: was.actual(i),
      answers: [old.text, now.text],
      verdict: isRight(one, old, now) ?? verdict,
      size
    })
  }
  if (scales.length > 0) changed.sort((a, b) => b.size - a.size || a.row - b.row)
  return changed.map(({ size: _size, ...row }) => row)
}

/** Where answers are right or wrong, that alone counts; null for values. */
function isRight(
  { target }: Preparation,
  { error: old }: Answer,
  { error: now }: Answer
): ChangedRow['verdict'] | null {
  if (target.task === 'regression') return null
  if ((old === 0) === (now === 0)) return 'other'
  return now === 0 ? 'better' : 'worse'
}

function readerOf(preparation: Preparation, { outputs, targets }: GivenAnswers, scales: readonly number[]): Reader {
  const { target } = preparation
  if ('classes' in target) {
    const predicted = predictedClasses(outputs)
    const nameOf = (code: number) => target.classes[code] ?? ''
    const actual = (row: number) => targets.data[row] ?? -1
    return {
      actual: (row) => nameOf(actual(row)),
      answer: (row) => {
        const code = predicted[row] ?? -1
        return { text: nameOf(code), error: Number(code !== actual(row)), values: [code] }
      }
    }
  }
  const names = outputNames(preparation)
  const valuesAt = ({ data }: Tensor, row: number) => [...data.subarray(row * names.length, (row + 1) * names.length)]
  const joined = (texts: readonly string[]) =>
    texts.length === 1 ? (texts[0] ?? '') : texts.map((text, k) => `${names[k] ?? ''}: ${text}`).join(', ')
  if (target.task === 'multi-label') {
    const textOf = (codes: readonly number[]) =>
      joined(codes.map((code, k) => labelText(target, names.length, k, code)))
    return {
      actual: (row) => textOf(valuesAt(targets, row)),
      answer: (row) => {
        const codes = valuesAt(outputs, row).map((share) => Number(isOn(share)))
        const truth = valuesAt(targets, row)
        return { text: textOf(codes), error: codes.filter((code, k) => code !== truth[k]).length, values: codes }
      }
    }
  }
  const raw = (tensor: Tensor, row: number) => {
    const units = valueOutputs(preparation)
    return valuesAt(tensor, row).map((value, k) => (units[k]?.mean ?? 0) + (units[k]?.scale ?? 1) * value)
  }
  const textOf = (values: readonly number[]) => joined(values.map((value) => numberText(Number(value.toPrecision(6)))))
  return {
    actual: (row) => textOf(raw(targets, row)),
    answer: (row) => {
      const [values, truth] = [raw(outputs, row), raw(targets, row)]
      const errors = values.map((value, k) => Math.abs(value - (truth[k] ?? NaN)) / (scales[k] ?? 1))
      return { text: textOf(values), error: errors.reduce((sum, each) => sum + each, 0) / errors.length, values }
    }
  }
}

type LabelsTarget = Extract<Preparation['target'], { task: 'multi-label' }>

/** Windows that look ahead have each label once for each step. */
function labelText({ labels }: LabelsTarget, outputs: number, k: number, code: number): string {
  const label = labels[Math.floor(k / Math.max(1, outputs / labels.length))]
  return label?.classes[code === 1 ? 1 : 0] ?? ''
}
