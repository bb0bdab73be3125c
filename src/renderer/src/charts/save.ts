/** A chart becomes a file of the person's choice. */
import { StudioError, type ErrorValue } from '../../../shared/errors'
import { api } from '../api'

export interface ExportChoice {
  /** In the menu: "PNG picture". */
  readonly label: string
  /** With its ending. */
  readonly fileName: string
  readonly content: () => Promise<Blob> | Blob
}

/** @returns what went wrong; null when it was saved, or the person thought better of it */
export async function saveChart({ fileName, content }: ExportChoice): Promise<ErrorValue | null> {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = new Uint8Array(await (await content()).arrayBuffer())
  } catch (error) {
    if (error instanceof StudioError) return error.toValue()
    const message = error instanceof Error ? error.message : String(error)
    return { code: 'chart-not-drawn', message: `${fileName} could not be made: ${message}`, details: {} }
  }
  const reply = await api.saveChart(fileName, bytes)
  return reply.ok ? null : reply.error
}
