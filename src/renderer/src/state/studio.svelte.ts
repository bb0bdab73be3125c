/**
 * The studio as the window knows it: one store, fed by answers to requests and by live messages.
 *
 * The trainer owns the data, the run and the setup it trains with; the draft of the setup is edited here and
 * sent after every change. Large values are replaced, never changed in place (`$state.raw`), except the history
 * of the run, which is appended to: whoever draws it reads `studio.run`, a new object with every frame.
 */
import { describeModel, type ModelDescription, type ModelSpec } from '../../../engine/catalog'
import type { CrossValidationView } from '../../../shared/cross-validation'
import type { ErrorValue } from '../../../shared/errors'
import { PROTOCOL_VERSION, type LiveMessage, type Reply, type TrainerNotice } from '../../../shared/ipc/contract'
import type { GradientCheckView } from '../../../shared/gradient-checks'
import type { MadeDataset } from '../../../shared/made-dataset'
import type { ReadAs } from '../../../shared/read-as'
import type { DepthExperimentView, LossLabView } from '../../../shared/gradient-views'
import type { RateTestView } from '../../../shared/run-views'
import type { Setup } from '../../../shared/setup'
import type {
  DatasetView,
  PreparedView,
  RunProgress,
  RunStatus,
  RunView,
  SessionView,
  SetupView
} from '../../../shared/views'
import { api, listenLive } from '../api'
import { landscapes } from '../explain/landscape/landscape.svelte'
import { race } from '../explain/race/race.svelte'
import { Draft } from './draft.svelte'
import { plural, projectName } from './format'
import { followsOn, LiveRun } from './liveRun'
import { networkOf } from './network'
import { Notices, type LogEntry, type Message, type Topic } from './notices.svelte'
import { OneAtATime } from './oneAtATime.svelte'
import { Opening } from './opening.svelte'
import { problemsOf, stages, type Problem, type Stage } from './problems'
import { same } from './same'
import { selection } from './selection.svelte'
import { slownessStory, storyOf } from './story'
import { transportOf, type TransportCommand, type TransportView } from './transport'

export type { LogEntry, Message, Topic } from './notices.svelte'
export type { Question } from './opening.svelte'
export type { Problem, Stage } from './problems'
export { stages } from './problems'

class Studio {
  stage = $state<Stage>(stageOfHash())
  /** The first screen, shown again while a dataset is open. */
  start = $state(false)
  /** The lessons stand in place of the first screen. */
  learning = $state(false)
  dataset = $state.raw<DatasetView | null>(null)
  run = $state.raw<RunView | null>(null)
  crossValidation = $state.raw<CrossValidationView | null>(null)
  /** The learning-rate test of this dataset that was made last. */
  rateTest = $state.raw<RateTestView | null>(null)
  /** The experiment with depth that was made last on this dataset. */
  depthExperiment = $state.raw<DepthExperimentView | null>(null)
  /** The gradient check that was asked for last. */
  gradientCheck = $state.raw<GradientCheckView | null>(null)
  /** The comparison of losses that was made last on this dataset. */
  lossLab = $state.raw<LossLabView | null>(null)
  /** Grows whenever the list of kept runs is another one. */
  runsTold = $state(0)

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
  readonly #commands = new OneAtATime()
  readonly #opening = new Opening({
    settled: () => this.#commands.settled,
    replaces: () => (this.status === 'running' || this.status === 'paused' ? (this.project ?? 'this dataset') : null),
    begins: () => this.clearMessages('open'),
    opened: (session) => this.#takeOpened(session),
    failed: (error, topic) => this.report(error, topic)
  })

  readonly prepared: PreparedView | null = $derived(this.#draft.view?.prepared ?? null)
  readonly status: RunStatus | null = $derived(this.run?.progress.status ?? null)
  readonly training: boolean = $derived(this.status === 'running')
  readonly project: string | null = $derived(this.dataset === null ? null : projectName(this.dataset.fileName))
  /** The network that the draft describes; null while the data is not ready for one. */
  readonly modelSpec: ModelSpec | null = $derived(networkOf(this.#draft.setup, this.prepared))
  readonly description: ModelDescription | null = $derived(
    this.modelSpec === null ? null : describeModel(this.modelSpec)
  )
  readonly problems: readonly Problem[] = $derived(
    problemsOf({
      dataset: this.dataset,
      setup: this.#draft.setup,
      setupView: this.#draft.view,
      description: this.description,
      spec: this.modelSpec,
      refusal: this.#draft.refusal
    })
  )
  /** The first error: why nothing can be trained. */
  readonly blocker: Problem | null = $derived(this.problems.find((problem) => problem.severity === 'error') ?? null)
  readonly transport: TransportView = $derived(
    transportOf({
      status: this.status,
      blocker: this.blocker?.message ?? null,
      opening: this.#opening.name !== null,
      busy: this.#commands.shown
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
    const stopCommands = api.onOpenCommand((what) => void (what === 'folder' ? this.openFolder() : this.openDialog()))
    const onHash = (): void => {
      this.stage = stageOfHash()
    }
    window.addEventListener('hashchange', onHash)
    void this.#opening.load()
    return () => {
      stopLive()
      stopNotices()
      stopCommands()
      window.removeEventListener('hashchange', onHash)
    }
  }

  go(stage: Stage): void {
    this.start = false
    this.learning = false
    this.stage = stage
    // The stage outlives a reload of the window.
    history.replaceState(null, '', `#${stage}`)
  }

  goToProblem(problem: Problem): void {
    if (problem.layer !== undefined) selection.layer = problem.layer
    this.go(problem.stage)
  }

  // ── Opening ──────────────────────────────────────────────────────────────────────────────────────────────

  get samples(): Opening['samples'] {
    return this.#opening.samples
  }

  get recent(): Opening['recent'] {
    return this.#opening.recent
  }

  /** What must be answered before anything else happens. */
  get question(): Opening['question'] {
    return this.#opening.question
  }

  /** What is being opened, for people; null when nothing is. */
  get opening(): Opening['name'] {
    return this.#opening.name
  }

  /** How far the file is that is being read; null unless that takes long. */
  get reading(): Opening['reading'] {
    return this.#opening.reading
  }

  /** Gives up the file that is being read; what was open stays open. */
  cancelRead(): Promise<void> {
    return this.#opening.cancel()
  }

  openDialog(): Promise<void> {
    return this.#opening.dialog()
  }

  openFolder(): Promise<void> {
    return this.#opening.folderDialog()
  }

  openFiles(files: readonly File[]): Promise<void> {
    return this.#opening.files(files)
  }

  openSample(id: string): Promise<void> {
    return this.#opening.sample(id)
  }

  makeDataset(made: MadeDataset): Promise<void> {
    return this.#opening.make(made)
  }

  /** Reads the open file again, as the person says. */
  readAgain(as: ReadAs): Promise<void> {
    return this.#opening.readAgain('open', as)
  }

  /** Reads the file that could not be opened last again, as the person says. */
  readRefused(as: ReadAs): Promise<void> {
    return this.#opening.readAgain('refused', as)
  }

  openRecent(handle: string): Promise<void> {
    return this.#opening.again(handle)
  }

  /** Opens the work of last time; where its run waits, that is what is shown. */
  async openSaved(name: string): Promise<void> {
    await this.#opening.saved(name)
    if (this.run !== null) this.go('train')
  }

  /** Opens a kept run with its data: where it trains, that is what is shown, else its design. */
  async openKept(title: string, request: () => Promise<Reply<SessionView>>): Promise<void> {
    const outcome = { isOpen: false }
    await this.#opening.kept(title, async () => {
      const reply = await request()
      outcome.isOpen = reply.ok
      return reply
    })
    if (outcome.isOpen) this.go(this.run === null ? 'model' : 'train')
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

  /** Starts, pauses or resumes, whichever is next when its turn comes. */
  train(): Promise<void> {
    // At once, not when the answer comes: by then the person may have gone elsewhere.
    if (this.#may('train') && this.status !== 'running' && this.status !== 'paused') this.go('train')
    return this.#command('train', async () => {
      if (this.status === 'running') await this.#takeProgress(api.pauseTraining())
      else if (this.status === 'paused') await this.#takeProgress(api.resumeTraining())
      else await this.#begin(() => api.startTraining())
    })
  }

  /** One optimizer update, or all to the end of the epoch; the first one begins a run. */
  step(unit: 'step' | 'epoch' = 'step'): Promise<void> {
    return this.#command('step', async () => {
      if (this.status !== 'paused' && !(await this.#isReady())) return
      // An epoch may take long, and can be paused meanwhile: nothing waits for it.
      const taken = this.#takeProgress(api.stepTraining(unit))
      if (unit === 'step') await taken
    })
  }

  stop(): Promise<void> {
    return this.#command('stop', () => this.#takeProgress(api.stopTraining()))
  }

  reset(): Promise<void> {
    return this.#command('reset', async () => {
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

  /** The run in view goes on with the settings as they are now. */
  async applyToRun(): Promise<void> {
    this.clearMessages('train')
    if (!(await this.#isReady())) return
    // The changed run is told live; the transport does not wait for its checkpoint.
    const reply = await api.changeTraining()
    if (!reply.ok) this.report(reply.error, 'train')
  }

  /** Begins a run with the settings as they are now from where the run in view stood after that epoch. */
  fork(epoch: number): Promise<void> {
    this.clearMessages('train')
    return this.#commands.run('fork', () => this.#begin(() => api.forkTraining(epoch)))
  }

  /** Lets the rate grow from step to step with the settings as they are now; live messages tell how far it is. */
  async testRates(): Promise<void> {
    this.clearMessages('train')
    if (!(await this.#isReady())) return
    const reply = await api.testRates()
    if (!reply.ok) this.report(reply.error, 'train')
  }

  async cancelRateTest(): Promise<void> {
    const reply = await api.cancelRateTest()
    if (!reply.ok) this.report(reply.error, 'train')
  }

  /** Tries the remedy of that rule's finding in a short run beside the one in view; live messages tell what comes of it. */
  async tryRemedy(rule: string): Promise<void> {
    this.clearMessages('train')
    const reply = await api.tryRemedy(rule)
    if (!reply.ok) this.report(reply.error, 'train')
  }

  async dismissFinding(rule: string): Promise<void> {
    const reply = await api.dismissFinding(rule)
    if (!reply.ok) this.report(reply.error, 'train')
  }

  /** Trains a network for each of so many folds with the settings as they are now; live messages tell how far it is. */
  async crossValidate(folds: number): Promise<void> {
    this.clearMessages('train')
    if (!(await this.#isReady())) return
    const reply = await api.crossValidate(folds)
    if (!reply.ok) this.report(reply.error, 'train')
  }

  async cancelCrossValidation(): Promise<void> {
    const reply = await api.cancelCrossValidation()
    if (!reply.ok) this.report(reply.error, 'train')
  }

  /** Begins an experiment of the Explain stage with the settings as they are now; live messages tell how far it is. */
  async experiment(begin: () => Promise<Reply<unknown>>): Promise<void> {
    this.clearMessages('train')
    if (!(await this.#isReady())) return
    const reply = await begin()
    if (!reply.ok) this.report(reply.error, 'train')
  }

  /** A command of the transport can be given. */
  #may(name: TransportCommand): boolean {
    return this.dataset !== null && this.transport[name] === null
  }

  /** Carries a command out when its turn comes, if it can then be given still. */
  async #command(name: TransportCommand, work: () => Promise<void>): Promise<void> {
    if (!this.#may(name)) return
    await this.#commands.run(name, async () => {
      if (!this.#may(name)) return
      this.clearMessages('train')
      await work()
    })
  }

  async #begin(start: () => Promise<Reply<RunView>>): Promise<void> {
    if (!(await this.#isReady())) return
    const reply = await start()
    if (reply.ok) this.#takeRunAnswer(reply.value)
    else this.report(reply.error, 'train')
  }

  /** The trainer has all edits, and neither it nor the window knows why no run could begin with them. */
  async #isReady(): Promise<boolean> {
    await this.flush()
    return this.blocker === null
  }

  async #takeProgress(request: Promise<Reply<RunProgress>>): Promise<void> {
    const reply = await request
    if (!reply.ok) this.report(reply.error, 'train')
    else if (this.#live !== null) this.#show(this.#live.advance(reply.value))
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

  /** Ends a trainer that does not respond and has it started again; a notice tells what came back. */
  async restartTrainer(): Promise<void> {
    const reply = await api.restartTrainer()
    if (!reply.ok) this.report(reply.error, 'trainer')
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
      case 'facts':
        if (this.#live?.view.runId === message.runId) this.#show(this.#live.tell(message.facts))
        break
      case 'run':
        this.#setRun(message.run)
        break
      case 'runs':
        this.runsTold += 1
        break
      case 'dataset':
        this.#takeDataset(message.dataset, message.setup)
        break
      case 'setup':
        this.#draft.checked(message.setup)
        break
      case 'reading':
        this.#opening.reading = message.reading
        break
      case 'cross-validation':
        this.crossValidation = message.crossValidation
        break
      case 'landscape':
        landscapes.receive(message.landscape)
        break
      case 'barrier':
        landscapes.receiveBarrier(message.barrier)
        break
      case 'rate-test':
        this.rateTest = message.rateTest
        break
      case 'race':
        race.take(message.race)
        break
      case 'depth-experiment':
        this.depthExperiment = message.depthExperiment
        break
      case 'gradient-check':
        this.gradientCheck = message.gradientCheck
        break
      case 'loss-lab':
        this.lossLab = message.lossLab
        break
    }
  }

  #hello(protocolVersion: number, session: SessionView): void {
    // What is still being read tells of itself again.
    this.#opening.reading = null
    if (protocolVersion !== PROTOCOL_VERSION) {
      const message = `The window speaks version ${PROTOCOL_VERSION} of the studio's protocol, the trainer version ${protocolVersion}. Quit the studio and start it again.`
      this.report({ code: 'protocol-mismatch', message, details: {} }, 'trainer')
      return
    }
    this.#takeDataset(session.dataset, session.setup)
    this.#setRun(session.run)
    this.runsTold += 1
    this.crossValidation = session.crossValidation
    this.rateTest = session.rateTest
    void race.reconnected()
    void landscapes.load()
    this.depthExperiment = session.depthExperiment
    this.lossLab = session.lossLab
    this.gradientCheck = session.gradientCheck
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
    const slowness = slownessStory(this.run, run)
    const couldNotBeKept = (this.run?.saveError ?? null) === null ? (run?.saveError ?? null) : null
    this.run = run
    if (couldNotBeKept !== null) this.report(couldNotBeKept, 'train')
    if (slowness !== null) this.note(slowness)
    if (story === null) return
    // The Train stage shows a failure itself; elsewhere it must not go unseen.
    const failure = run?.progress.status === 'failed' ? run.error : null
    if (failure !== null && (this.stage !== 'train' || this.start)) this.report(failure, 'train')
    else this.note(story, failure === null ? 'info' : 'error')
  }

  #trainerNotice({ state, error }: TrainerNotice): void {
    this.clearMessages('trainer')
    if (state === 'responding') this.note(error.message)
    else this.report(error, 'trainer')
  }
}

function stageOfHash(): Stage {
  const name = location.hash.slice(1)
  return stages.find((stage) => stage === name) ?? 'data'
}

export const studio = new Studio()
