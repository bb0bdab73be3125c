/**
 * The studio as the window knows it: one store, fed by answers to requests and by live messages.
 *
 * The trainer owns the data, the run and the setup it trains with; the draft of the setup is edited here and
 * sent after every change. Large values are replaced, never changed in place (`$state.raw`), except the history
 * of the run, which is appended to: whoever draws it reads `studio.run`, a new object with every frame.
 */
import { describeModel, modelSpecOf, type ModelDescription, type ModelSpec } from '../../../engine/catalog'
import type { ErrorValue } from '../../../shared/errors'
import {
  PROTOCOL_VERSION,
  type LiveMessage,
  type RecentView,
  type Reply,
  type TrainerNotice
} from '../../../shared/ipc/contract'
import type { Setup } from '../../../shared/setup'
import type {
  DatasetView,
  PreparedView,
  RunProgress,
  RunStatus,
  RunView,
  SampleView,
  SessionView,
  SetupView
} from '../../../shared/views'
import { api, listenLive } from '../api'
import { Draft } from './draft.svelte'
import { plural, projectName } from './format'
import { followsOn, LiveRun } from './liveRun'
import { Notices, type LogEntry, type Message, type Topic } from './notices.svelte'
import { problemsOf, stages, type Problem, type Stage } from './problems'
import { same } from './same'
import { storyOf } from './story'
import { transportOf, type TransportView } from './transport'

export type { LogEntry, Message, Topic } from './notices.svelte'
export type { Problem, Stage } from './problems'
export { stages } from './problems'

/** A question that must be answered before something goes on. */
export interface Question {
  readonly title: string
  readonly text: string
  readonly confirm: string
  readonly answer: (yes: boolean) => void
}

/** A command that takes longer than this is shown as being carried out. */
const BUSY_SHOWN_AFTER_MS = 250

class Studio {
  stage = $state<Stage>(stageOfHash())
  /** The first screen, shown again while a dataset is open. */
  start = $state(false)
  dataset = $state.raw<DatasetView | null>(null)
  run = $state.raw<RunView | null>(null)
  samples = $state.raw<readonly SampleView[]>([])
  recent = $state.raw<readonly RecentView[]>([])
  question = $state.raw<Question | null>(null)
  /** What is being opened, for people; null when nothing is. */
  opening = $state<string | null>(null)

  #busy = false
  /** The command that is being carried out; never rejects. */
  #underWay: Promise<void> = Promise.resolve()
  #busyShown = $state(false)
  #live: LiveRun | null = null
  #lastSeq = 0
  readonly #notices = new Notices()
  readonly #draft = new Draft({
    send: (setup) => api.updateSetup(setup),
    answered: (error) => {
      this.clearMessages('setup')
      if (error !== null) this.report(error, 'setup')
    },
    moved: (text) => this.note(text)
  })

  readonly prepared: PreparedView | null = $derived(this.#draft.view?.prepared ?? null)
  readonly status: RunStatus | null = $derived(this.run?.progress.status ?? null)
  readonly training: boolean = $derived(this.status === 'running')
  readonly project: string | null = $derived(this.dataset === null ? null : projectName(this.dataset.fileName))
  /** The network that the draft describes; null while the data is not ready for one. */
  readonly modelSpec: ModelSpec | null = $derived(modelOf(this.#draft.setup, this.prepared))
  readonly description: ModelDescription | null = $derived(
    this.modelSpec === null ? null : describeModel(this.modelSpec)
  )
  readonly problems: readonly Problem[] = $derived(
    problemsOf({
      dataset: this.dataset,
      setup: this.#draft.setup,
      setupView: this.#draft.view,
      description: this.description,
      refusal: this.#draft.refusal
    })
  )
  /** The first error: why nothing can be trained. */
  readonly blocker: Problem | null = $derived(this.problems.find((problem) => problem.severity === 'error') ?? null)
  readonly transport: TransportView = $derived(
    transportOf({
      status: this.status,
      blocker: this.blocker?.message ?? null,
      opening: this.opening !== null,
      busy: this.#busyShown
    })
  )
  readonly #runSetup: Setup | null = $derived(this.run?.setup ?? null)
  /** True when the run in view was made with other settings than those that are set now. */
  readonly setupDiffersFromRun: boolean = $derived(
    this.#runSetup !== null && this.setup !== null && !same(this.#runSetup, this.setup)
  )

  /** Begins to listen; called once, by the window. @returns ends it */
  connect(): () => void {
    const stopLive = listenLive((message) => this.#receive(message))
    const stopNotices = api.onTrainerNotice((notice) => this.#trainerNotice(notice))
    const onHash = (): void => {
      this.stage = stageOfHash()
    }
    window.addEventListener('hashchange', onHash)
    void this.#loadSamples()
    void this.#loadRecent()
    return () => {
      stopLive()
      stopNotices()
      window.removeEventListener('hashchange', onHash)
    }
  }

  go(stage: Stage): void {
    this.start = false
    this.stage = stage
    // The stage outlives a reload of the window.
    history.replaceState(null, '', `#${stage}`)
  }

  goToProblem(problem: Problem): void {
    this.go(problem.stage)
  }

  async #loadSamples(): Promise<void> {
    const reply = await api.listSamples()
    if (reply.ok) this.samples = reply.value
    else this.report(reply.error, 'other')
  }

  async #loadRecent(): Promise<void> {
    const reply = await api.listRecent()
    if (reply.ok) this.recent = reply.value
    else this.report(reply.error, 'other')
  }

  // ── Opening ──────────────────────────────────────────────────────────────────────────────────────────────

  openDialog(): Promise<void> {
    return this.#open('a dataset', () => api.openDatasetDialog())
  }

  openFile(file: File): Promise<void> {
    return this.#open(file.name, () => api.openDroppedFile(file))
  }

  openSample(id: string): Promise<void> {
    const name = this.samples.find((sample) => sample.id === id)?.name ?? id
    return this.#open(name, () => api.openSample(id))
  }

  openRecent(handle: string): Promise<void> {
    const name = this.recent.find((entry) => entry.handle === handle)?.fileName ?? 'a dataset'
    return this.#open(name, () => api.openDatasetHandle(handle))
  }

  async #open(name: string, request: () => Promise<Reply<SessionView | null>>): Promise<void> {
    if (this.opening !== null) return
    this.clearMessages('open')
    if (!(await this.#mayReplaceRun())) return
    this.opening = name
    try {
      const reply = await request()
      if (!reply.ok) this.report(reply.error, 'open')
      else if (reply.value !== null) this.#takeOpened(reply.value)
    } finally {
      this.opening = null
    }
    void this.#loadRecent()
  }

  /** Opening another dataset ends a run in progress: asks first. */
  async #mayReplaceRun(): Promise<boolean> {
    // A run that is just being started would be ended unasked.
    await this.#underWay
    if (this.opening !== null) return false
    if (this.status !== 'running' && this.status !== 'paused') return true
    return this.#ask({
      title: 'Stop this run and open another dataset?',
      text: `The network trained on ${this.project ?? 'this dataset'} so far is kept with your runs. It cannot be resumed.`,
      confirm: 'Stop and open'
    })
  }

  #ask(question: Omit<Question, 'answer'>): Promise<boolean> {
    return new Promise((resolve) => {
      this.question = {
        ...question,
        answer: (yes) => {
          this.question = null
          resolve(yes)
        }
      }
    })
  }

  // ── Editing ──────────────────────────────────────────────────────────────────────────────────────────────

  /** The setup as it is being edited. */
  get setup(): Setup | null {
    return this.#draft.setup
  }

  /** What the trainer answered last about the setup. */
  get setupView(): SetupView | null {
    return this.#draft.view
  }

  get canUndo(): boolean {
    return this.#draft.undoLabel !== null
  }

  get canRedo(): boolean {
    return this.#draft.redoLabel !== null
  }

  get undoLabel(): string | null {
    return this.#draft.undoLabel
  }

  get redoLabel(): string | null {
    return this.#draft.redoLabel
  }

  /** Changes the draft; can be undone, and is sent to the trainer a moment later. */
  edit(label: string, change: (setup: Setup) => Setup): void {
    this.#draft.edit(label, change)
  }

  undo(): void {
    this.#draft.undo()
  }

  redo(): void {
    this.#draft.redo()
  }

  /** Sends what has been edited now, and waits for the trainer's answer. */
  flush(): Promise<void> {
    return this.#draft.flush()
  }

  // ── Training ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Starts, pauses or resumes, whichever is next. */
  async train(): Promise<void> {
    if (this.dataset === null || this.transport.train !== null) return
    this.clearMessages('train')
    if (this.status === 'running') return this.#progress(() => api.pauseTraining())
    if (this.status === 'paused') return this.#progress(() => api.resumeTraining())
    // At once, not when the answer comes: by then the person may have gone elsewhere.
    this.go('train')
    await this.#begin(async () => {
      const reply = await api.startTraining()
      if (reply.ok) this.#takeRunAnswer(reply.value)
      else this.report(reply.error, 'train')
    })
  }

  /** One optimizer update; the first one begins a run. */
  async step(): Promise<void> {
    if (this.dataset === null || this.transport.step !== null) return
    this.clearMessages('train')
    if (this.status === 'paused') return this.#progress(() => api.stepTraining())
    await this.#begin(() => this.#takeProgress(api.stepTraining()))
  }

  async stop(): Promise<void> {
    if (this.transport.stop === null) await this.#progress(() => api.stopTraining())
  }

  async reset(): Promise<void> {
    if (this.transport.reset !== null) return
    this.clearMessages('train')
    await this.#exclusive(async () => {
      const reply = await api.resetTraining()
      if (reply.ok) this.#setRun(null)
      else this.report(reply.error, 'train')
    })
  }

  /** Clears the run in view and starts one with the settings as they are now. */
  async startOver(): Promise<void> {
    await this.reset()
    await this.train()
  }

  #begin(start: () => Promise<void>): Promise<void> {
    return this.#exclusive(async () => {
      await this.flush()
      // The trainer's answer may have found what the window alone could not see.
      if (this.blocker === null) await start()
    })
  }

  #progress(request: () => Promise<Reply<RunProgress>>): Promise<void> {
    return this.#exclusive(() => this.#takeProgress(request()))
  }

  async #takeProgress(request: Promise<Reply<RunProgress>>): Promise<void> {
    const reply = await request
    if (!reply.ok) this.report(reply.error, 'train')
    else if (this.#live !== null) this.#show(this.#live.advance(reply.value))
  }

  /** One command at a time; what is asked for meanwhile is left out. */
  #exclusive(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return Promise.resolve()
    this.#busy = true
    const done = this.#carryOut(work)
    this.#underWay = done.catch(() => undefined)
    return done
  }

  async #carryOut(work: () => Promise<void>): Promise<void> {
    const shown = setTimeout(() => (this.#busyShown = true), BUSY_SHOWN_AFTER_MS)
    try {
      await work()
    } finally {
      clearTimeout(shown)
      this.#busy = false
      this.#busyShown = false
    }
  }

  // ── Messages and log ─────────────────────────────────────────────────────────────────────────────────────

  get messages(): readonly Message[] {
    return this.#notices.messages
  }

  get log(): readonly LogEntry[] {
    return this.#notices.log
  }

  /** Shows an error until it is dismissed or the same thing is tried again. */
  report(error: ErrorValue, topic: Topic = 'other'): void {
    this.#notices.report(error, topic)
  }

  dismiss(id: number): void {
    this.#notices.dismiss(id)
  }

  clearMessages(topic: Topic): void {
    this.#notices.clear(topic)
  }

  /** Adds a line to the log. */
  note(text: string, level: LogEntry['level'] = 'info'): void {
    this.#notices.note(text, level)
  }

  // ── What the trainer tells ───────────────────────────────────────────────────────────────────────────────

  #receive(message: LiveMessage): void {
    if (message.type === 'hello') {
      this.#lastSeq = message.seq
      this.#hello(message.protocolVersion, message.session)
      return
    }
    const order = followsOn(this.#lastSeq, message.seq)
    if (order === 'repeated') return
    if (order === 'gap') this.note(`Live messages ${this.#lastSeq + 1} to ${message.seq - 1} did not arrive.`, 'error')
    this.#lastSeq = message.seq
    switch (message.type) {
      case 'frame':
        if (this.#live?.view.runId === message.runId) this.#show(this.#live.add(message))
        break
      case 'run':
        this.#setRun(message.run)
        break
      case 'dataset':
        this.#takeDataset(message.dataset, message.setup)
        break
    }
  }

  #hello(protocolVersion: number, session: SessionView): void {
    if (protocolVersion !== PROTOCOL_VERSION) {
      const message = `The window speaks version ${PROTOCOL_VERSION} of the studio's protocol, the trainer version ${protocolVersion}. Quit the studio and start it again.`
      this.report({ code: 'protocol-mismatch', message, details: {} }, 'trainer')
      return
    }
    this.#takeDataset(session.dataset, session.setup)
    this.#setRun(session.run)
  }

  /** A dataset is told live and as an answer: the second time the draft stays, as it may have been edited since. */
  #takeDataset(dataset: DatasetView | null, view: SetupView | null): void {
    if (dataset !== null && same(dataset, this.dataset)) {
      this.#draft.meet(view)
      return
    }
    this.#draft.open(view)
    this.dataset = dataset
    if (dataset === null) return
    this.note(
      `Opened ${dataset.fileName}: ${plural(dataset.rows, 'row')}, ${plural(dataset.columns.length, 'column')}.`
    )
  }

  /** The answer to opening: also the same file, opened again, begins with what is suggested for it. */
  #takeOpened({ dataset, setup, run }: SessionView): void {
    if (same(dataset, this.dataset) && !same(setup?.setup, this.setup)) {
      this.#draft.open(setup)
      // The live message may have come first, and the former draft have been sent again.
      this.#draft.sendAgain()
    } else {
      this.#takeDataset(dataset, setup)
    }
    if (run === null) this.#setRun(null)
    else this.#takeRunAnswer(run)
    this.go('data')
  }

  /** A run is told live first; an answer that comes after it says nothing new. */
  #takeRunAnswer(run: RunView): void {
    if (this.#live?.view.runId !== run.runId) this.#setRun(run)
  }

  #setRun(run: RunView | null): void {
    if (run === null) {
      this.#live = null
      this.#show(null)
    } else {
      this.#live = new LiveRun(run)
      this.#show(this.#live.view)
    }
  }

  #show(run: RunView | null): void {
    const story = storyOf(this.run, run)
    const couldNotBeKept = (this.run?.saveError ?? null) === null ? (run?.saveError ?? null) : null
    this.run = run
    if (couldNotBeKept !== null) this.report(couldNotBeKept, 'train')
    if (story === null) return
    // The Train stage shows a failure itself; elsewhere it must not go unseen.
    const failure = run?.progress.status === 'failed' ? run.error : null
    if (failure !== null && (this.stage !== 'train' || this.start)) this.report(failure, 'train')
    else this.note(story, failure === null ? 'info' : 'error')
  }

  #trainerNotice({ error }: TrainerNotice): void {
    this.clearMessages('trainer')
    this.report(error, 'trainer')
  }
}

function modelOf(setup: Setup | null, prepared: PreparedView | null): ModelSpec | null {
  if (setup === null || prepared === null || prepared.features.length === 0) return null
  try {
    const classes = setup.task === 'regression' ? 1 : prepared.classes.length
    return modelSpecOf(setup.layers, prepared.features.length, setup.task, setup.loss, classes)
  } catch {
    // A loss that does not serve the task: the problems say so.
    return null
  }
}

function stageOfHash(): Stage {
  const name = location.hash.slice(1)
  return stages.find((stage) => stage === name) ?? 'data'
}

export const studio = new Studio()
