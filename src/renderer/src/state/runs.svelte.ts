/** The kept runs as the window knows them: the list, what is chosen in it, and what can be done with that. */
import type { ComparisonView, RunNotes, RunSummary } from '../../../shared/run-views'
import { api } from '../api'
import { overlays } from '../charts/overlays.svelte'
import { keepPreferences, readPreferences, type TablePreferences } from '../run-table/preferences'
import { plural } from './format'
import { studio } from './studio.svelte'

/** Runs that were deleted together, and can be brought back. */
interface Deleted {
  readonly runs: readonly RunSummary[]
  readonly text: string
}

class Runs {
  /** The newest first, archived ones among them; null until they were listed. */
  all = $state.raw<readonly RunSummary[] | null>(null)
  /** Names of those whose box is checked. */
  selected = $state.raw<readonly string[]>([])
  /** Name of the one whose details are in view. */
  current = $state<string | null>(null)
  /** What is compared; null where nothing is. */
  comparison = $state.raw<ComparisonView | null>(null)
  /** Actions under way that take their time. */
  busy = $state(false)
  preferences = $state.raw<TablePreferences>(readPreferences(localStorage))
  /** The newest last. */
  #deleted = $state.raw<readonly Deleted[]>([])
  #loading = false
  #again = false

  /** Without the archived ones. */
  readonly count: number = $derived((this.all ?? []).filter(({ archived }) => !archived).length)
  /** What the actions are about: the checked ones, or the one in view. */
  readonly targets: readonly RunSummary[] = $derived.by(() => {
    const wanted = this.selected.length > 0 ? this.selected : this.current === null ? [] : [this.current]
    const known = new Map((this.all ?? []).map((run) => [run.name, run]))
    return wanted.flatMap((name) => known.get(name) ?? [])
  })
  readonly deleted: Deleted | null = $derived(this.#deleted.at(-1) ?? null)

  find(name: string): RunSummary | null {
    return this.all?.find((run) => run.name === name) ?? null
  }

  /** Lists them anew; asked for while that goes on, once more after it. */
  async load(): Promise<void> {
    this.#again = this.#loading
    if (this.#loading) return
    this.#loading = true
    const reply = await api.listRuns()
    this.#loading = false
    if (reply.ok) this.#take(reply.value)
    // A trainer that died lists them when it is back.
    else if (reply.error.code !== 'trainer-gone') studio.report(reply.error)
    if (this.#again) await this.load()
  }

  prefer(change: Partial<TablePreferences>): void {
    this.preferences = { ...this.preferences, ...change }
    keepPreferences(localStorage, this.preferences)
  }

  toggle(name: string): void {
    this.selected = this.selected.includes(name)
      ? this.selected.filter((other) => other !== name)
      : [...this.selected, name]
  }

  // ── What is done with them ───────────────────────────────────────────────────────────────────────────────

  async edit(name: string, notes: RunNotes): Promise<void> {
    await this.#edit([name], notes)
  }

  async archive(names: readonly string[], archived: boolean): Promise<void> {
    await this.#edit(names, { archived })
    const done = new Set(names)
    this.selected = this.selected.filter((name) => !done.has(name))
  }

  /** All in one change of the list: a table of thousands is not drawn anew for each. */
  async #edit(names: readonly string[], notes: RunNotes): Promise<void> {
    const replies = await Promise.all(names.map((name) => api.editRun(name, notes)))
    const edited = new Map(replies.flatMap((reply) => (reply.ok ? [[reply.value.name, reply.value] as const] : [])))
    this.#change((all) => all.map((run) => edited.get(run.name) ?? run))
    for (const reply of replies) if (!reply.ok) studio.report(reply.error)
  }

  async delete(runs: readonly RunSummary[]): Promise<void> {
    const names = runs.map(({ name }) => name)
    const reply = await api.deleteRuns(names)
    if (!reply.ok) {
      studio.report(reply.error)
      return
    }
    const [only] = runs
    const what = runs.length === 1 && only !== undefined ? `“${only.title}”` : plural(runs.length, 'run')
    this.#deleted = [...this.#deleted, { runs, text: `Deleted ${what}.` }]
    for (const name of names) overlays.remove(name)
    const gone = new Set(names)
    this.#change((all) => all.filter(({ name }) => !gone.has(name)))
  }

  async undoDelete(): Promise<void> {
    const { deleted } = this
    if (deleted === null) return
    const reply = await api.restoreRuns(deleted.runs.map(({ name }) => name))
    if (!reply.ok) {
      studio.report(reply.error)
      return
    }
    this.#deleted = this.#deleted.filter((each) => each !== deleted)
    this.#change((all) => {
      const known = new Map([...deleted.runs, ...all].map((run) => [run.name, run]))
      return [...known.values()].sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1))
    })
  }

  /** The message is taken away; what was deleted stays deleted. */
  forgetDeleted(): void {
    this.#deleted = []
  }

  async compare(one: string, other: string): Promise<void> {
    await this.#alone(async () => {
      const reply = await api.compareRuns(one, other)
      if (reply.ok) this.comparison = reply.value
      else studio.report(reply.error)
    })
  }

  /** Lays their curves over the charts of the Train stage. */
  async overlay(names: readonly string[]): Promise<void> {
    await this.#alone(async () => {
      for (const error of await Promise.all(names.map((name) => overlays.add(name)))) {
        if (error !== null) studio.report(error)
      }
      studio.go('train')
    })
  }

  openDesign({ name, title }: RunSummary): Promise<void> {
    return this.#alone(() => studio.openKept(title, () => api.openRunDesign(name)))
  }

  trainAgain({ name, title }: RunSummary): Promise<void> {
    return this.#alone(() => studio.openKept(title, () => api.trainAgain(name)))
  }

  /** @param epochs to how many in all, where it had ended; null as planned */
  continue({ name, title }: RunSummary, epochs: number | null): Promise<void> {
    return this.#alone(() => studio.openKept(title, () => api.continueRun(name, epochs)))
  }

  async show(name: string): Promise<void> {
    const reply = await api.showRun(name)
    if (!reply.ok) studio.report(reply.error)
  }

  /** What was done is in the list at once; a list that is on its way may be from before it. */
  #change(change: (all: readonly RunSummary[]) => readonly RunSummary[]): void {
    if (this.#loading) this.#again = true
    this.#take(change(this.all ?? []))
  }

  /** What is no longer there is no longer chosen. */
  #take(runs: readonly RunSummary[]): void {
    this.all = runs
    const names = new Set(runs.map(({ name }) => name))
    this.selected = this.selected.filter((name) => names.has(name))
    if (this.current !== null && !names.has(this.current)) this.current = null
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      await work()
    } finally {
      this.busy = false
    }
  }
}

export const runs = new Runs()
