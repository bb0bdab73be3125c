/** Opening datasets: what can be opened, what is being opened, and the question that may have to be answered first. */
import type { ErrorValue } from '../../../shared/errors'
import type { RecentView, Reply } from '../../../shared/ipc/contract'
import type { MadeDataset } from '../../../shared/made-dataset'
import type { ReadAs } from '../../../shared/read-as'
import type { SampleView, SessionView } from '../../../shared/views'
import { api } from '../api'

/** A question that must be answered before something goes on. */
export interface Question {
  readonly title: string
  readonly text: string
  readonly confirm: string
  readonly answer: (yes: boolean) => void
}

export interface OpeningEvents {
  /** Resolves when no command is under way: a run that is just being started would be ended unasked. */
  readonly settled: () => Promise<void>
  /** The dataset whose run in progress would be ended; null when none would. */
  readonly replaces: () => string | null
  /** An attempt begins. */
  readonly begins: () => void
  readonly opened: (session: SessionView) => void
  readonly failed: (error: ErrorValue, topic: 'open' | 'other') => void
}

export class Opening {
  samples = $state.raw<readonly SampleView[]>([])
  recent = $state.raw<readonly RecentView[]>([])
  question = $state.raw<Question | null>(null)
  /** What is being opened, for people; null when nothing is. */
  name = $state<string | null>(null)
  readonly #events: OpeningEvents

  constructor(events: OpeningEvents) {
    this.#events = events
  }

  async load(): Promise<void> {
    await Promise.all([this.#loadSamples(), this.#loadRecent()])
  }

  dialog(): Promise<void> {
    return this.#open('a dataset', () => api.openDatasetDialog())
  }

  file(file: File): Promise<void> {
    return this.#open(file.name, () => api.openDroppedFile(file))
  }

  sample(id: string): Promise<void> {
    const name = this.samples.find((sample) => sample.id === id)?.name ?? id
    return this.#open(name, () => api.openSample(id))
  }

  again(handle: string): Promise<void> {
    const name = this.recent.find((entry) => entry.handle === handle)?.fileName ?? 'a dataset'
    return this.#open(name, () => api.openDatasetHandle(handle))
  }

  /** The open file or the one that could not be opened last, with what the person says of it. */
  readAgain(which: 'open' | 'refused', as: ReadAs): Promise<void> {
    return this.#open('the file', () => api.readDatasetAs(which, as))
  }

  make(made: MadeDataset): Promise<void> {
    const names = { generated: 'a generated dataset', painted: 'the painted points', pasted: 'the pasted table' }
    return this.#open(names[made.kind], () => api.makeDataset(made))
  }

  async #loadSamples(): Promise<void> {
    const reply = await api.listSamples()
    if (reply.ok) this.samples = reply.value
    else this.#events.failed(reply.error, 'other')
  }

  async #loadRecent(): Promise<void> {
    const reply = await api.listRecent()
    if (reply.ok) this.recent = reply.value
    else this.#events.failed(reply.error, 'other')
  }

  async #open(name: string, request: () => Promise<Reply<SessionView | null>>): Promise<void> {
    if (this.name !== null || this.question !== null) return
    this.#events.begins()
    if (!(await this.#mayReplaceRun())) return
    this.name = name
    try {
      const reply = await request()
      if (!reply.ok) this.#events.failed(reply.error, 'open')
      else if (reply.value !== null) this.#events.opened(reply.value)
    } finally {
      this.name = null
    }
    void this.#loadRecent()
  }

  /** Opening another dataset ends a run in progress: asks first. */
  async #mayReplaceRun(): Promise<boolean> {
    await this.#events.settled()
    if (this.name !== null || this.question !== null) return false
    const replaced = this.#events.replaces()
    if (replaced === null) return true
    return new Promise((resolve) => {
      this.question = {
        title: 'Stop this run and open another dataset?',
        text: `The network trained on ${replaced} so far is kept with your runs. It cannot be resumed.`,
        confirm: 'Stop and open',
        answer: (yes) => {
          this.question = null
          resolve(yes)
        }
      }
    })
  }
}
