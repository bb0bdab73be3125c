import { predictionNotices, readTable } from '../../data'
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
    await output.line(tableText(headOf(run.record.classes), shown))
    const more = predictions.length - mostTableRows
    if (more > 0) await output.line(`… and ${more} more rows: send the output to a file, or add --json, for all.`)
    return
  }
  if (!output.json) await output.line(headOf(run.record.classes).join('\t'))
  for (const prediction of predictions) {
    if (output.closed) return
    if (signal.aborted) throw new Cancelled()
    await output.line(output.json ? jsonOf(prediction) : cellsOf(prediction).join('\t'))
  }
}

/**
 * `{"row", "prediction", "probabilities"?}`. The object of the probabilities is put together as text: class names are
 * data, and as keys of an object `__proto__` would vanish and `10` would move before `setosa`.
 */
export function jsonOf({ row, prediction, probabilities }: RowPrediction): string {
  const start = `{"row":${row},"prediction":${JSON.stringify(prediction)}`
  if (probabilities === undefined) return `${start}}`
  const entries = probabilities.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `${start},"probabilities":{${entries.join(',')}}}`
}

function headOf(classes: readonly string[]): string[] {
  return ['row', 'prediction', ...classes.map((name) => `P(${oneLine(name)})`)]
}

function cellsOf({ row, prediction, probabilities = [] }: RowPrediction): string[] {
  const answer = typeof prediction === 'number' ? valueText(prediction) : oneLine(prediction)
  return [String(row), answer, ...probabilities.map(([, value]) => shortNumber(value))]
}

/** A predicted value: six significant digits at least, and all digits before the point, as a time in seconds needs. */
export function valueText(value: number): string {
  return Math.abs(value) < 1e5 ? shortNumber(value) : String(Number(value.toFixed(1)))
}
