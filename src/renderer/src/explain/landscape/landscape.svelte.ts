/** The landscape of the run in view and the minima beside it, as the window knows them: put together of what the trainer tells. */
import type { ErrorValue } from '../../../../shared/errors'
import type { BarrierChoice, BarrierView, LandscapeChoice, LandscapeView } from '../../../../shared/landscape-views'
import { api } from '../../api'
import { joined, type Landscape } from './grid'

class Landscapes {
  landscape = $state.raw<Landscape | null>(null)
  barrier = $state.raw<BarrierView | null>(null)
  /** Why what was asked for last could not begin. */
  error = $state.raw<ErrorValue | null>(null)

  receive(view: LandscapeView | null): void {
    if (view === null) {
      this.landscape = null
      return
    }
    const next = joined(this.landscape, view)
    if (next === null) void this.load()
    else this.landscape = next
  }

  receiveBarrier(view: BarrierView | null): void {
    this.barrier = view
  }

  /** Asks for all that there is: the window, or the trainer, is a new one. */
  async load(): Promise<void> {
    const reply = await api.landscapes()
    if (!reply.ok) return
    this.receive(reply.value.landscape)
    this.barrier = reply.value.barrier
  }

  async start(choice: LandscapeChoice): Promise<void> {
    const reply = await api.startLandscape(choice)
    this.error = reply.ok ? null : reply.error
    if (reply.ok) this.receive(reply.value)
  }

  async cancel(): Promise<void> {
    await api.cancelLandscape()
  }

  async compare(choice: BarrierChoice): Promise<void> {
    const reply = await api.compareMinima(choice)
    this.error = reply.ok ? null : reply.error
    // What was told live meanwhile is newer.
    if (reply.ok && this.barrier?.id !== reply.value.id) this.barrier = reply.value
  }

  async cancelCompare(): Promise<void> {
    await api.cancelMinima()
  }
}

export const landscapes = new Landscapes()
