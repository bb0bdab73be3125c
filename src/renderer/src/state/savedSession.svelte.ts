/** The work of last time, as the first screen offers it. */
import type { SavedSessionView } from '../../../shared/ipc/contract'
import { api } from '../api'
import { studio } from './studio.svelte'

class SavedSession {
  /** Null when there is none, or it is open. */
  offer = $state.raw<SavedSessionView | null>(null)
  /** It is being opened or forgotten. */
  busy = $state(false)

  async load(): Promise<void> {
    const reply = await api.savedSession()
    if (reply.ok) this.offer = reply.value
    else studio.report(reply.error)
  }

  /** Opens it. Where that fails, the offer stays. */
  goOn(): Promise<void> {
    const { offer } = this
    return offer === null ? Promise.resolve() : this.#alone(() => studio.openSaved(offer.fileName))
  }

  forget(): Promise<void> {
    return this.#alone(async () => {
      const reply = await api.forgetSession()
      if (!reply.ok) studio.report(reply.error)
    })
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      await work()
      await this.load()
    } finally {
      this.busy = false
    }
  }
}

export const savedSession = new SavedSession()
