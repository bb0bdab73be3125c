/** Where each export stands. Kept outside the view, so that it goes on, and is still shown, when stages change. */
import { SvelteMap } from 'svelte/reactivity'
import type { ErrorValue } from '../../../shared/errors'
import type { ExportView } from '../../../shared/views'
import { api } from '../api'

export type ExportStatus =
  | { readonly state: 'idle' }
  | { readonly state: 'busy' }
  /** `runId` and `step` say which weights are in the file. */
  | { readonly state: 'done'; readonly file: ExportView; readonly runId: string; readonly step: number }
  | { readonly state: 'failed'; readonly error: ErrorValue }

const idle: ExportStatus = { state: 'idle' }

class Exports {
  readonly #byFormat = new SvelteMap<string, ExportStatus>()

  of(format: string): ExportStatus {
    return this.#byFormat.get(format) ?? idle
  }

  /** Asks where to save, exports and checks. Closing the dialog leaves what was shown before. */
  async save(format: string, runId: string, step: number): Promise<void> {
    const before = this.of(format)
    if (before.state === 'busy') return
    this.#set(format, { state: 'busy' })
    const reply = await api.saveExport(format)
    if (!reply.ok) this.#set(format, { state: 'failed', error: reply.error })
    else if (reply.value === null) this.#set(format, before)
    else this.#set(format, { state: 'done', file: reply.value, runId, step })
  }

  #set(format: string, status: ExportStatus): void {
    this.#byFormat.set(format, status)
  }
}

export const exports = new Exports()
