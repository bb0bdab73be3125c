/** The setup as it is being edited: with undo and redo, and sent to the trainer a moment after each change. */
import type { ErrorValue } from '../../../shared/errors'
import type { Reply } from '../../../shared/ipc/contract'
import type { Setup } from '../../../shared/setup'
import type { SetupView } from '../../../shared/views'
import { emptyHistory, recorded, redone, undone, type History, type Moved } from './history'
import { LatestWins } from './latestWins'
import { same } from './same'

const SEND_DELAY_MS = 120

export interface DraftEvents {
  readonly send: (setup: Setup) => Promise<Reply<SetupView>>
  /** The trainer could not take the setup; null when it could. */
  readonly answered: (error: ErrorValue | null) => void
  /** A step of the history was undone or redone. */
  readonly moved: (text: string) => void
}

export class Draft {
  setup = $state.raw<Setup | null>(null)
  /** What the trainer answered last. */
  view = $state.raw<SetupView | null>(null)
  /** Why the trainer did not take the setup as it is now: it would train with the one before. Null when it did. */
  refusal = $state.raw<ErrorValue | null>(null)
  #history = $state.raw<History<Setup>>(emptyHistory())
  /** What the checks found out last. It may come before the answer that says that they are under way. */
  #checked: SetupView | null = null
  readonly #events: DraftEvents
  readonly #sender: LatestWins<Setup, Reply<SetupView>>

  readonly undoLabel: string | null = $derived(this.#history.past.at(-1)?.label ?? null)
  readonly redoLabel: string | null = $derived(this.#history.future.at(-1)?.label ?? null)

  constructor(events: DraftEvents) {
    this.#events = events
    this.#sender = new LatestWins(SEND_DELAY_MS, events.send, (reply) => {
      if (reply.ok) this.view = this.#withChecks(reply.value)
      this.refusal = reply.ok ? null : reply.error
      events.answered(this.refusal)
    })
  }

  /** Begins anew with what the trainer suggests for another dataset. */
  open(view: SetupView | null): void {
    this.#sender.clear()
    this.#history = emptyHistory()
    this.#checked = null
    this.setup = view?.setup ?? null
    this.view = view
    this.refusal = null
  }

  /** The trainer told where it stands with the same dataset: what was edited here counts, and is sent again. */
  meet(view: SetupView | null): void {
    if (this.setup === null) this.open(view)
    else if (view !== null && same(view.setup, this.setup)) {
      this.view = this.#withChecks(view)
      this.refusal = null
    } else this.#sender.push(this.setup)
  }

  /** The checks of a setup are done. */
  checked(view: SetupView): void {
    this.#checked = view
    if (this.view !== null && same(this.view.setup, view.setup)) this.view = view
  }

  edit(label: string, change: (setup: Setup) => Setup): void {
    const before = this.setup
    if (before === null) return
    // A view may hand in parts of its own reactive state; what is kept and sent is plain.
    const after: Setup = $state.snapshot(change(before))
    if (same(before, after)) return
    this.#history = recorded(this.#history, label, before, after, performance.now())
    this.#set(after)
  }

  undo(): void {
    if (this.setup !== null) this.#move(undone(this.#history, this.setup), 'Undone')
  }

  redo(): void {
    if (this.setup !== null) this.#move(redone(this.#history, this.setup), 'Redone')
  }

  /** Sends what has been edited now, and waits for the trainer's answer. */
  flush(): Promise<void> {
    return this.#sender.flush()
  }

  /** Sends the setup once more, when the trainer may have another one. */
  sendAgain(): void {
    if (this.setup !== null) this.#sender.push(this.setup)
  }

  #withChecks(view: SetupView): SetupView {
    const checked = this.#checked
    return view.checking && checked !== null && same(checked.setup, view.setup) ? checked : view
  }

  #move(moved: Moved<Setup> | null, verb: string): void {
    if (moved === null) return
    this.#history = moved.history
    this.#set(moved.value)
    this.#events.moved(`${verb}: ${moved.label}`)
  }

  #set(setup: Setup): void {
    this.setup = setup
    this.#sender.push(setup)
  }
}
