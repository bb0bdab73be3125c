/** Making a dataset: which way is open, and what was begun in each, kept while the dialog is closed. */
import type { PaintedPoint } from '../../../shared/made-dataset'

export type MakingWay = 'generate' | 'paint' | 'paste'

class Making {
  /** The way that the dialog shows; null while it is closed. */
  way = $state<MakingWay | null>(null)
  /** Text in the box for pasting. */
  text = $state('')
  /** One array for each stroke of the brush, so that one can be taken back. Plain values: they are sent to the trainer. */
  strokes = $state.raw<readonly (readonly PaintedPoint[])[]>([])
}

export const making = new Making()

/** Text that looks like a table: two lines at least, and something between its values. */
export function looksLikeTable(text: string): boolean {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '')
  return lines.length >= 2 && lines.slice(0, 2).every((line) => /[,;\t|]/.test(line))
}
