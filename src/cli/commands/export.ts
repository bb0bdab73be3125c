import { readTable } from '../../data'
import { exporterNamed, exportRun } from '../../export'
import { loadRun, readAsFor } from '../../project'
import { Cancelled } from '../../shared/errors'
import { loadCompiledKernels } from '../kernels'
import { requirePlaceForExport } from '../place'
import type { CommandContext } from '../program'
import { readReadFlags } from '../read-flags'
import { oneLine, shortNumber } from '../text'

export interface ExportOptions {
  readonly out: string
  readonly format: string
  readonly data?: string
  readonly overwrite?: boolean
}

/** Writes the run in a format, checked on real rows: of `--data`, or those that the run folder keeps. */
export async function exportCommand(folder: string, options: ExportOptions, context: CommandContext): Promise<void> {
  const { output, signal } = context
  exporterNamed(options.format)
  await requirePlaceForExport(options.out, options.overwrite === true)
  const run = await loadRun(folder)
  const as = readReadFlags({ ...options }, readAsFor(run.record))
  const table = options.data === undefined ? null : await readTable(options.data, { signal, as })
  if (signal.aborted) throw new Cancelled()
  loadCompiledKernels()
  const view = await exportRun(run, table, options.format, options.out)

  if (output.json) {
    await output.line(JSON.stringify({ type: 'export', file: options.out, ...view }))
    return
  }
  await output.line(`${oneLine(options.out)}: ${view.format}, ${view.bytes} bytes`)
  await output.line(
    `Checked on ${view.rows} rows: the largest difference from the studio is ${shortNumber(view.maxDifference)} (${oneLine(view.differenceUnit)}).`
  )
}
