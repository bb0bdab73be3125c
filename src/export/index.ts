/** The exporter registry, one line per exporter, and the one way to export: write, check, only then save. */
import { basename } from 'node:path'
import type { Table } from '../data'
import { writeFileAtomic, type Run } from '../project'
import { ConfigError, StorageError, StudioError } from '../shared/errors'
import type { ExportView } from '../shared/views'
import type { Exporter } from './exporter'
import { onnx } from './onnx/onnx'

export type { Exporter, Verification } from './exporter'

export const exporters: readonly Exporter[] = [onnx]

/** @throws ConfigError `unknown-format` */
export function exporterNamed(format: string): Exporter {
  const found = exporters.find((exporter) => exporter.format === format)
  if (found !== undefined) return found
  const known = exporters.map((exporter) => exporter.format).join(', ')
  throw new ConfigError('unknown-format', `There is no export format "${format}"; known are ${known}.`, { format })
}

/**
 * Writes a run in a format, runs the bytes on rows of `table`, and saves the file once its answers are the
 * studio's own.
 * @param table rows to check on: the table it was trained on, or null for the sample that the run keeps
 * @throws StorageError `no-sample` when there is neither
 * @throws StudioError `export-mismatch` when they are not: nothing is written
 * @throws StudioError `export-unsupported` when the format cannot hold the network
 * @throws StorageError when the file cannot be written: what was at `path` stays
 */
export async function exportRun(run: Run, table: Table | null, format: string, path: string): Promise<ExportView> {
  const rows = table ?? run.sample
  if (rows !== null) return saveExport(exporterNamed(format), run, rows, path)
  throw new StorageError(
    'no-sample',
    'The run holds no sample.json to check the exported file on. Name the data it was trained on.'
  )
}

/** `exportRun` with the exporter itself. */
export async function saveExport(exporter: Exporter, run: Run, table: Table, path: string): Promise<ExportView> {
  const bytes = await exporter.write(run)
  const { rows, maxDifference, differenceUnit, worstShare, tolerance, wrongLabels, inputs } = await exporter.verify(
    bytes,
    run,
    table
  )
  // Written so that NaN fails too.
  if (!(worstShare <= 1) || wrongLabels > 0) {
    throw new StudioError(
      'export-mismatch',
      `The ${exporter.label} file does not answer as the studio does: over ${rows} rows the largest difference is ${maxDifference} (${differenceUnit}; allowed: ${tolerance}), and ${wrongLabels} rows get another class. Nothing was saved. Train again with a smaller learning rate, or report this as a bug.`,
      { rows, maxDifference: String(maxDifference), worstShare: String(worstShare), wrongLabels }
    )
  }
  await writeFileAtomic(path, bytes)
  return {
    format: exporter.format,
    fileName: basename(path),
    bytes: bytes.byteLength,
    rows,
    maxDifference,
    differenceUnit,
    inputs
  }
}
