/** Opening datasets: what can be opened, what is being opened, and the question that may have to be answered first. */
import type { ErrorValue } from '../../../shared/errors'
import { nameOfFiles } from '../../../shared/file-names'
import type { RecentView, Reply } from '../../../shared/ipc/contract'
import type { MadeDataset } from '../../../shared/made-dataset'
import type { ReadAs } from '../../../shared/read-as'
import type { ReadingView, SampleView, SessionView } from '../../../shared/views'
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
  /** How far the file is that is being read; null unless that takes long. */
  reading = $state.raw<ReadingView | null>(null)
  /** What is being opened, the newest last: a file may take the place of one that takes long to read. */
  #underWay = $state.raw<readonly { readonly name: string }[]>([])
  readonly #events: OpeningEvents

  /** What is being opened, for people; null when nothing is. */
  readonly name: string | null = $derived(this.#underWay.at(-1)?.name ?? null)

  constructor(events: OpeningEvents) {
    this.#events = events
  }

  async load(): Promise<void> {
    await Promise.all([this.#loadSamples(), this.#loadRecent()])
  }

  dialog(): Promise<void> {
    return this.#open('a dataset', () => api.openDatasetDialog())
  }

  folderDialog(): Promise<void> {
    return this.#open('a folder of images', () => api.openFolderDialog())
  }

  files(files: readonly File[]): Promise<void> {
    return this.#open(nameOfFiles(files.map(({ name }) => name)), () => api.openDroppedFiles(files))
  }

  sample(id: string): Promise<void> {
    const name = this.samples.find((sample) => sample.id === id)?.name ?? id
    return this.#open(name, () => api.openSample(id))
  }

  again(handle: string): Promise<void> {
    const name = this.recent.find((entry) => entry.handle === handle)?.fileName ?? 'a dataset'
    return this.#open(name, () => api.openDatasetHandle(handle))
  }

  /** The work of last time; its run may not come with it, which is told as a failure of its own. */
  saved(name: string): Promise<void> {
    return this.#open(name, async () => {
      const reply = await api.restoreSession()
      if (!reply.ok) return reply
      const { session, problem } = reply.value
      if (problem !== null) this.#events.failed(problem, 'other')
      return { ok: true, value: session }
    })
  }

  /** A kept run with its data: its design, itself, or once more. */
  kept(title: string, request: () => Promise<Reply<SessionView>>): Promise<void> {
    return this.#open(`“${title}”`, request, `“${title}”`)
  }

  /** The open file or the one that could not be opened last, with what the person says of it. */
  readAgain(which: 'open' | 'refused', as: ReadAs): Promise<void> {
    return this.#open('the file', () => api.readDatasetAs(which, as))
  }

  make(made: MadeDataset): Promise<void> {
    const names = { generated: 'a generated dataset', painted: 'the painted points', pasted: 'the pasted table' }
    return this.#open(names[made.kind], () => api.makeDataset(made))
  }

  /** Gives up the file that is being read; what was open stays open. */
  async cancel(): Promise<void> {
    if (this.reading === null) return
    this.reading = null
    const reply = await api.cancelRead()
    if (!reply.ok) this.#events.failed(reply.error, 'open')
  }

  /** One at a time, but for a file that takes long to read: another one may take its place. */
  get #mayBegin(): boolean {
    return this.question === null && (this.name === null || this.reading !== null)
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

  /** @param what as the question calls it that may have to be asked first */
  async #open(
    name: string,
    request: () => Promise<Reply<SessionView | null>>,
    what = 'another dataset'
  ): Promise<void> {
    if (!this.#mayBegin) return
    this.#events.begins()
    if (!(await this.#mayReplaceRun(what))) return
    const opening = { name }
    this.#underWay = [...this.#underWay, opening]
    try {
      const reply = await request()
      if (!reply.ok) this.#events.failed(reply.error, 'open')
      else if (reply.value !== null) this.#events.opened(reply.value)
    } finally {
      this.#underWay = this.#underWay.filter((each) => each !== opening)
    }
    void this.#loadRecent()
  }

  /** Opening something else ends a run in progress: asks first. */
  async #mayReplaceRun(what: string): Promise<boolean> {
    await this.#events.settled()
    if (!this.#mayBegin) return false
    const replaced = this.#events.replaces()
    if (replaced === null) return true
    return new Promise((resolve) => {
      this.question = {
        title: `Stop this run and open ${what}?`,
        text: `The network trained on ${replaced} so far is kept with your runs, and can be continued from there.`,
        confirm: 'Stop and open',
        answer: (yes) => {
          this.question = null
          resolve(yes)
        }
      }
    })
  }
}
