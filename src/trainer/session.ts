/**
 * The studio's state: one open dataset, one setup, one run. The trainer process owns it, so a window can come and go without
 * losing anything. Its parts each answer some of the requests in `shared/ipc/contract.ts`; `answers` is the list of who does.
 */
import { resolve } from 'node:path'
import { listGenerators, listSamples, previewGenerator } from '../data'
import { keepMadeDataset } from '../project'
import type { CrossValidationView } from '../shared/cross-validation'
import type { ErrorValue } from '../shared/errors'
import type { RunKept, trainerRoutes } from '../shared/ipc/contract'
import type { ReadAs } from '../shared/read-as'
import type { Handlers } from '../shared/rpc'
import type { RateTestView } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import type { SessionView, SetupView } from '../shared/views'
import { Benches } from './benches'
import { ComparingMinima } from './comparingMinima'
import { CrossValidating } from './crossValidating'
import { Explaining } from './explaining'
import { GradientChecks } from './gradientChecks'
import { GradientRequests } from './gradientRequests'
import { HeldBenches } from './heldBenches'
import { KeptExperiments } from './keptExperiments'
import { KeptRuns } from './keptRuns'
import { Landscaping } from './landscaping'
import type { LiveStream } from './liveStream'
import { MomentRequests } from './momentRequests'
import { OpenData } from './openData'
import { Pathless } from './pathless'
import { Racing } from './racing'
import { RateTesting } from './rateTesting'
import { Reopening } from './reopening'
import { RunRequests } from './runRequests'
import { SerialQueue } from './serialQueue'

/** Time to measure a run while the studio quits; it is kept all the same. */
const MEASURING_MS = 2000

export class Session {
  private readonly turns = new SerialQueue()
  private readonly data: OpenData
  private readonly runs: RunRequests
  private readonly moments: MomentRequests
  private readonly explaining: Explaining
  private readonly gradients: GradientRequests
  private readonly checks: GradientChecks
  private readonly landscape: Landscaping
  private readonly minima: ComparingMinima
  private readonly kept: KeptRuns
  private readonly reopening: Reopening
  private readonly crossValidation: CrossValidating
  private readonly rateTest: RateTesting
  private readonly racing: Racing
  private readonly benches: Benches
  private readonly pathless: Pathless
  /** Aborted when there is no time to measure runs any more. */
  private readonly hurry = new AbortController()

  /**
   * @param live where changes are told
   * @param runsFolder where runs are kept
   * @param samplesFolder the built-in samples, whose targets are known
   * @param tellKept told whenever it changes what of the run in view would outlive this process, and while it trains by `pulse`
   * @param cacheFolder where decoded images are kept until the next time
   */
  constructor(
    live: LiveStream,
    runsFolder: string,
    samplesFolder: string,
    tellKept: (kept: RunKept) => void = () => undefined,
    cacheFolder?: string
  ) {
    const folders = [runsFolder, samplesFolder, ...(cacheFolder === undefined ? [] : [cacheFolder])]
    const pathless = (this.pathless = new Pathless(folders.map((folder) => resolve(folder))))
    this.data = new OpenData(live, samplesFolder, () => this.dataReplaced(), cacheFolder)
    const followed = (before: Setup, after: Setup) => this.data.follow(before, after)
    const surroundings = { live, runsFolder, pathless, tellKept, followed, hurry: this.hurry.signal }
    this.runs = new RunRequests(surroundings, this.data, this.turns)
    this.moments = new MomentRequests(this.runs)
    this.gradients = new GradientRequests(live, this.data, this.runs)
    this.checks = new GradientChecks(this.runs, pathless, (view) => live.gradientCheck(view))
    this.landscape = new Landscaping(this.runs, (make) => live.landscape(make))
    this.minima = new ComparingMinima(this.runs, runsFolder, (view) => live.barrier(view))
    this.kept = new KeptRuns(surroundings, this.data, this.runs, this.turns)
    this.reopening = new Reopening(runsFolder, this.data, this.runs, this.turns, () => this.view())
    const isTraining = () => this.runs.isTraining
    const keptExperiments = new KeptExperiments(runsFolder, this.data)
    const heldBenches = new HeldBenches(isTraining)
    this.explaining = new Explaining(this.runs, keptExperiments, heldBenches)
    this.benches = new Benches(heldBenches, isTraining)
    this.crossValidation = new CrossValidating((view) => live.crossValidation(view), isTraining)
    this.rateTest = new RateTesting((view) => live.rateTest(view), isTraining)
    this.racing = new Racing((progress) => live.race(progress), isTraining)
  }

  /** Who answers what. */
  readonly answers: Handlers<typeof trainerRoutes> = {
    'dataset.open': (paths, setup, as) => this.openDataset(paths, setup, as),
    'dataset.make': (folder, made) => keepMadeDataset(folder, made),
    'dataset.rows': (from, count) => this.data.rows(from, count),
    'dataset.images': (...page) => this.data.images(...page),
    'dataset.augmentedImages': (from, count) => this.data.augmentedImages(from, count),
    'dataset.columnPreview': (name) => this.data.columnPreview(name),
    'dataset.cancelRead': () => this.data.cancelRead(),
    'generators.list': () => listGenerators(),
    'generators.preview': (name, config) => previewGenerator(name, config),
    'samples.list': (folder) => listSamples(folder),
    'setup.update': (setup) => this.updateSetup(setup),
    'train.start': () => this.runs.start(),
    'train.pause': () => this.runs.pause(),
    'train.resume': () => this.runs.resume(),
    'train.step': (unit) => this.runs.step(unit),
    'train.stop': () => this.runs.stop(),
    'train.reset': () => this.reset(),
    'train.change': () => this.runs.change(),
    'train.fork': (epoch) => this.runs.fork(epoch),
    'train.continue': (name, epochs, goesOn) => this.reopening.continue(name, epochs, goesOn),
    'train.again': (name) => this.reopening.again(name),
    'train.rateTest': () => this.testRates(),
    'train.cancelRateTest': () => this.rateTest.cancel(),
    'train.tryRemedy': (rule) => this.runs.require().doctor.tryRemedy(rule),
    'train.dismissFinding': (rule) => this.runs.require().doctor.dismiss(rule),
    'run.evaluate': (on, moment) => this.moments.evaluate(on, moment),
    'run.weights': (moment) => this.moments.weights(moment),
    'run.steps': (runId, from, to, points) => this.runs.steps(runId, from, to, points),
    'run.surface': (moment, size) => this.moments.surface(moment, size),
    'run.surfacePoints': () => this.moments.surfacePoints(),
    'run.filters': (moment) => this.moments.filters(moment),
    'run.activations': (row, moment) => this.moments.activations(row, moment),
    'explain.open': (choice) => this.explaining.open(choice),
    'explain.rows': (id, from, count) => this.explaining.rows(id, from, count),
    'explain.unit': (id, layer, unit) => this.explaining.unit(id, layer, unit),
    'explain.weight': (id, parameter, index) => this.explaining.weight(id, parameter, index),
    'explain.parameter': (id, name) => this.explaining.parameter(id, name),
    'explain.flow': (moment) => this.gradients.flow(moment),
    'explain.tryDepth': (choice, bench) => this.gradients.tryDepth(choice, bench),
    'explain.cancelDepth': () => this.gradients.cancelDepth(),
    'explain.tryLosses': (choice) => this.gradients.tryLosses(choice),
    'explain.cancelLosses': () => this.gradients.cancelLosses(),
    'explain.checkGradients': (choice) => this.checks.start(choice),
    'explain.cancelCheck': () => this.checks.cancel(),
    'bench.trial': (trial) => this.benches.trial(trial),
    'bench.number': (...asked) => this.benches.number(...asked),
    'explain.document': (id, format) => this.explaining.document(id, format),
    'landscape.start': (choice) => this.landscape.start(choice),
    'landscape.cancel': () => this.landscape.cancel(),
    'landscape.barrier': (choice) => this.minima.start(choice),
    'landscape.cancelBarrier': () => this.minima.cancel(),
    'landscape.view': () => ({ landscape: this.landscape.view, barrier: this.minima.view }),
    'race.view': () => this.racing.view,
    'race.start': (choice) => this.racing.start(choice, () => this.data.require()),
    'race.play': (id, pace) => this.racing.play(id, pace),
    'race.pause': (id) => this.racing.pause(id),
    'race.step': (id) => this.racing.step(id),
    'race.change': (id, lane, config) => this.racing.change(id, lane, config),
    'race.cancel': () => this.racing.cancel(),
    'runs.list': () => this.kept.list(),
    'runs.curves': (name) => this.kept.curves(name),
    'runs.compare': (one, other) => this.kept.compare(one, other),
    'runs.edit': (name, notes) => this.kept.edit(name, notes),
    'runs.delete': (names) => this.kept.delete(names),
    'runs.restore': (names) => this.kept.restore(names),
    'runs.openDesign': (name) => this.reopening.openDesign(name),
    'run.crossValidate': (folds) => this.crossValidate(folds),
    'run.cancelCrossValidation': () => this.crossValidation.cancel(),
    'export.suggestName': (format) => this.runs.suggestExportName(format),
    'export.write': (format, path) => this.runs.export(format, path),
    'session.checkpoint': () => this.runs.checkpoint(),
    'session.close': () => this.close()
  }

  /** An error as a window may read it. @param args of the request that it answers */
  errorFor(error: ErrorValue, args: unknown): ErrorValue {
    return this.pathless.with(args).error(error)
  }

  view(): SessionView {
    return {
      dataset: this.data.current?.view ?? null,
      setup: this.data.setupView(),
      run: this.runs.view,
      crossValidation: this.crossValidation.view,
      rateTest: this.rateTest.view,
      depthExperiment: this.gradients.depthView,
      lossLab: this.gradients.labView,
      gradientCheck: this.checks.view
    }
  }

  /** Once a second: tells how far a run is that trains. */
  pulse(): void {
    if (this.runs.isTraining) this.runs.tellKept()
  }

  /** Lets go of whatever runs, so that it can go on the next time; the last thing before the process ends. */
  async close(): Promise<null> {
    this.crossValidation.forget()
    this.rateTest.forget()
    this.landscape.forget()
    this.minima.forget()
    this.gradients.forget()
    this.checks.forget()
    this.racing.forget()
    this.benches.close()
    const timer = setTimeout(() => this.hurry.abort(), MEASURING_MS)
    await this.turns.run(() => this.runs.release())
    clearTimeout(timer)
    return null
  }

  /**
   * Reads a file, or several as one table, and makes it the open dataset; a run in progress is stopped and kept first. When
   * it cannot be read, everything stays as it was.
   */
  private openDataset(paths: readonly string[], setup: Setup | null, as: ReadAs): Promise<SessionView> {
    return this.data.read(paths, setup, as, (read, reading) =>
      this.turns.run(async () => {
        reading.requireWanted()
        // From here on there is no way back: the run that it replaces is ended.
        reading.end()
        await this.runs.end()
        this.runs.tell()
        this.data.take(read)
        return this.view()
      })
    )
  }

  private updateSetup(setup: Setup): SetupView {
    const view = this.data.updateSetup(setup)
    this.crossValidation.setupChanged(setup)
    return view
  }

  /** Clears the run from view, after keeping what it learned. */
  private reset(): Promise<SessionView> {
    this.checks.cancel()
    return this.turns.run(async () => {
      await this.runs.end()
      this.runs.tell()
      return this.view()
    })
  }

  private crossValidate(folds: number): CrossValidationView {
    const { table, setup } = this.data.require()
    return this.crossValidation.start(table, setup, folds)
  }

  private testRates(): RateTestView {
    const { table, setup } = this.data.require()
    return this.rateTest.start(table, setup)
  }

  private dataReplaced(): void {
    this.racing.dataReplaced()
    this.crossValidation.forget()
    this.rateTest.forget()
    this.landscape.forget()
    this.minima.forget()
    this.gradients.forget()
    this.checks.forget()
  }
}
