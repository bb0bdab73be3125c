/** What an exporter declares, and what checking its file gives. */
import type { Table } from '../data'
import type { Run } from '../project'
import type { ExportView } from '../shared/views'

/** One form in which a trained network can be taken away. */
export interface Exporter {
  /** Name on the command line, for example `onnx`. */
  readonly format: string
  readonly label: string
  /** Of the file's name, with its dot: `.onnx`. */
  readonly extension: string
  /** Two plain sentences at most: what the file is and who reads it. */
  readonly description: string
  /** The file's bytes. @throws StudioError `export-unsupported` when the network has a part the format cannot hold */
  write(run: Run): Uint8Array | Promise<Uint8Array>
  /** Runs the bytes on rows of the table and compares with the studio's own predictions. */
  verify(bytes: Uint8Array, run: Run, table: Table): Promise<Verification>
}

/** How the file's answers compare with the studio's. */
export interface Verification {
  /** Rows of the table the file was run on. */
  readonly rows: number
  /**
   * Largest |studio − file| over rows and classes; Infinity where only one of them is a number. With several values or
   * labels, that of the one which comes nearest to what is allowed.
   */
  readonly maxDifference: number
  /** What that is measured in: `probability`, or the value's name for raw units. */
  readonly differenceUnit: string
  /** The worst difference as a share of what is allowed there; above 1 the file is wrong. */
  readonly worstShare: number
  /** What is allowed, in words and numbers. */
  readonly tolerance: string
  /** Rows, or labels in rows, whose class differs although the studio's two best classes are not a near tie. */
  readonly wrongLabels: number
  /** What the file takes. */
  readonly inputs: ExportView['inputs']
}
