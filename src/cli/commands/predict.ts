import { predictionNotices, readTable, outputNames, type Preparation } from '../../data'
import { loadRun, predictTable, readAsFor, type RowPrediction } from '../../project'
import { Cancelled } from '../../shared/errors'
import { loadCompiledKernels } from '../kernels'
import type { CommandContext } from '../program'
import { readReadFlags } from '../read-flags'
import { tableText } from '../table'
import { oneLine, shortNumber } from '../text'

/** A table in a terminal shows this many rows; all of them are for files and programs. */
const mostTableRows = 50

/** Predicts every row of the file, in its order. */
export async function predict(
  folder: string,
  file: string,
  options: Readonly<Record<string, unknown>>,
  { output, signal }: CommandContext
): Promise<void> {
  const run = await loadRun(folder)
  const table = await readTable(file, { signal, as: readReadFlags(options, readAsFor(run.record)) })
  loadCompiledKernels()
  const predictions = await predictTable(run, table, signal)
  // Rows that are left out have no prediction, which is not to be overlooked.
  const skipped = table.notices.filter(({ code }) => code === 'skipped-rows' || code === 'skipped-images')
  output.notices([...skipped, ...predictionNotices(run.record.preparation, table)])

  if (output.terminal) {
    const shown = predictions.slice(0, mostTableRows).map(cellsOf)
    await output.line(tableText(headOf(run.record.preparation), shown))
    const more = predictions.length - mostTableRows
    if (more > 0) await output.line(`… and ${more} more rows: send the output to a file, or add --json, for all.`)
    return
  }
  if (!output.json) await output.line(headOf(run.record.preparation).join('\t'))
  for (const prediction of predictions) {
    if (output.closed) return
    if (signal.aborted) throw new Cancelled()
    await output.line(output.json ? jsonOf(prediction) : cellsOf(prediction).join('\t'))
  }
}

/**
 * `{"row", "prediction", "probabilities"?}`, and of several targets `{"row", "predictions", "probabilities"?}` by their
 * names. The objects are put together as text: names of classes and columns are data, and as keys of an object `__proto__`
 * would vanish and `10` would move before `setosa`.
 */
export function jsonOf({ row, prediction, probabilities, values }: RowPrediction): string {
  if (values === undefined) {
    const start = `{"row":${row},"prediction":${JSON.stringify(prediction)}`
    return probabilities === undefined ? `${start}}` : `${start},"probabilities":${objectText(probabilities)}}`
  }
  const start = `{"row":${row},"predictions":${objectText(values.map(({ name, value }) => [name, value]))}`
  const sure = values.flatMap(({ name, probability }) =>
    probability === undefined ? [] : [[name, probability] as const]
  )
  return sure.length === 0 ? `${start}}` : `${start},"probabilities":${objectText(sure)}}`
}

function objectText(entries: readonly (readonly [name: string, value: string | number])[]): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
}

function headOf(preparation: Preparation): string[] {
  const { target } = preparation
  const names = outputNames(preparation).map(oneLine)
  if ('classes' in target) return ['row', 'prediction', ...names.map((name) => `P(${name})`)]
  if (names.length === 1) return ['row', 'prediction']
  const labels = target.task === 'multi-label' ? target.labels : []
  return ['row', ...names, ...labels.map(({ classes: [, yes] }, k) => `P(${names[k] ?? ''}=${oneLine(yes)})`)]
}

function cellsOf({ row, prediction, probabilities = [], values }: RowPrediction): string[] {
  if (values === undefined)
    return [String(row), answerText(prediction), ...probabilities.map(([, value]) => shortNumber(value))]
  const sure = values.flatMap(({ probability }) => (probability === undefined ? [] : [shortNumber(probability)]))
  return [String(row), ...values.map(({ value }) => answerText(value)), ...sure]
}

function answerText(answer: string | number): string {
  return typeof answer === 'number' ? valueText(answer) : oneLine(answer)
}

/** A predicted value: six significant digits at least, and all digits before the point, as a time in seconds needs. */
export function valueText(value: number): string {
  return Math.abs(value) < 1e5 ? shortNumber(value) : String(Number(value.toFixed(1)))
}
