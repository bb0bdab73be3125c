/** The minima that one design ends in from several seeds, and how far the loss rises on the straight line between any two of them. */
import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { splitTable, type Parting } from '../data'
import { LossLine, MAX_SEED, type Parameters } from '../engine'
import { folderOfRun, loadRun, openExperiment, type LossSubject } from '../project'
import { ConfigError, NumericError } from '../shared/errors'
import type { BarrierChoice, BarrierLine, BarrierView, MinimumView } from '../shared/landscape-views'
import { numberText } from '../shared/setting-texts'
import type { ActiveRun } from './activeRun'
import { affordableRows } from './affordableRows'
import type { RunRequests } from './runRequests'
import { RunWork, type BegunWork, type WorkHands } from './runWork'

/** Between two looks whether the run in view still trains. */
const LOOK_EVERY_MS = 50
/** On a line, both ends among them. */
const POINTS = 41
/** What all lines together may take. */
const LINES_MS = 10_000
/** A rise of less than this share of the higher end's loss counts as none: a choice of ours, well below what the eye sees in the chart. */
const HARDLY = 0.02

interface Minimum {
  readonly view: MinimumView
  readonly parameters: Parameters | null
}

type UnderWay = 'training' | 'waiting' | 'measuring'

interface Work extends BegunWork<UnderWay> {
  readonly pairs: number
  minima: Minimum[]
  lines: BarrierLine[]
  subject: LossSubject | null
  notes: string[]
}

export class ComparingMinima {
  private readonly works: RunWork<UnderWay, Work>

  /**
   * @param tell told where it stands; null when there is none any more
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    private readonly runs: RunRequests,
    private readonly runsFolder: string,
    tell: (view: BarrierView | null) => void,
    private readonly now: () => number = () => performance.now()
  ) {
    this.works = new RunWork(runs, (work) => tell(work === null ? null : viewOf(work)), now)
  }

  get view(): BarrierView | null {
    const work = this.works.current
    return work === null ? null : viewOf(work)
  }

  /**
   * Answers at once; what is found out is told. Whatever was compared before gives way.
   * @throws ConfigError `no-run`
   */
  start(choice: BarrierChoice): BarrierView {
    const others = choice.kind === 'seeds' ? choice.others : choice.names.length
    const pairs = ((others + 1) * others) / 2
    const work = this.works.begin(
      (begun) => {
        const minima = minimaOf(begun.run, choice)
        return { ...begun, state: 'training', pairs, minima, lines: [], subject: null, notes: [] }
      },
      (each, hands) => this.compare(each, choice, hands)
    )
    return viewOf(work)
  }

  /** Ends it, if it is under way; what is known stays in view. */
  cancel(): null {
    return this.works.cancel()
  }

  /** Another dataset is open, or none. */
  forget(): void {
    this.works.forget()
  }

  private async compare(work: Work, choice: BarrierChoice, { tick }: WorkHands): Promise<void> {
    const { experiment, controller } = work.run
    const own = await controller.between(() => experiment.moment().parameters)
    this.learn(work, 0, { state: 'ready' }, own)
    for (let index = 1; index < work.minima.length; index++) {
      if (choice.kind === 'seeds') await this.train(work, index, seedOf(work.run, index), choice.epochs, tick)
      else await this.read(work, index, choice.names[index - 1] ?? '')
    }
    await this.measure(work, tick)
  }

  /** The same design on the same rows, from other first weights and with the rows in another order. */
  private async train(
    work: Work,
    index: number,
    seed: number,
    epochs: number,
    tick: () => Promise<void>
  ): Promise<void> {
    const { dataset, experiment } = work.run
    const { setup } = experiment
    await this.wait(work, tick)
    // The rows are parted by the run's own seed: another part would be another problem.
    const part: Parting = (table, setting, rows, classes, shares) =>
      splitTable(table, setting, rows, classes, shares, setup.seed)
    const other = openExperiment(dataset.table, { ...setup, seed, epochs }, { part })
    this.learn(work, index, { state: 'training', epochs })
    try {
      for await (const event of other.training.events(work.stop.signal, { stepsAhead: 64 })) {
        if (event.type === 'epoch') this.learn(work, index, { epoch: event.epoch })
        await this.wait(work, tick)
        await tick()
      }
      await tick()
      this.learn(work, index, { state: 'ready' }, other.training.parameters)
    } catch (thrown) {
      if (!(thrown instanceof NumericError)) throw thrown
      throw new NumericError(thrown.code, `From seed ${seed}: ${thrown.message}`, { ...thrown.details, seed })
    } finally {
      other.training.close()
    }
  }

  /** A kept run of the same design. @throws ConfigError `other-design`; those of `loadRun` */
  private async read(work: Work, index: number, name: string): Promise<void> {
    const { experiment, folderName } = work.run
    const label = work.minima[index]?.view.label ?? name
    const different = (what: string) =>
      new ConfigError(
        'other-design',
        `"${label}" cannot be compared: ${what}. Choose runs of the same network on the same data.`,
        { name }
      )
    if (name === folderName) throw different('it is the run in view')
    const { record, model, parameters } = await loadRun(await folderOfRun(this.runsFolder, name))
    if (record.data.sha256 !== experiment.data.sha256) throw different('it learnt from other data')
    if (!isDeepStrictEqual(model.spec, experiment.model.spec)) throw different('its network is another one')
    if (record.setup.task !== experiment.setup.task || record.setup.loss !== experiment.setup.loss)
      throw different('it has another task or loss')
    if (!isDeepStrictEqual(record.preparation, experiment.prepared.preparation))
      work.notes.push(
        `"${label}" was prepared by other training rows, so that on the rows of this run its loss is not quite what it reached.`
      )
    const epoch = record.restoredEpoch ?? record.epochs
    this.learn(work, index, { state: 'ready', label, epoch, epochs: record.epochs }, parameters)
  }

  private async measure(work: Work, tick: () => Promise<void>): Promise<void> {
    work.state = 'measuring'
    this.works.show(work)
    const { experiment } = work.run
    const ends = work.minima.map(({ parameters }) => parameters)
    const [first, second] = ends
    if (first == null || second == null) throw new Error('There are no two minima')
    const { subject } = await affordableRows(
      experiment,
      work.pairs * POINTS,
      LINES_MS,
      ({ problem, samples }) => new LossLine(problem, samples, first, second, POINTS),
      tick,
      this.now
    )
    work.subject = subject
    for (const [from, start] of ends.entries()) {
      for (const [to, end] of ends.entries()) {
        if (to <= from || start === null || end === null) continue
        const line = new LossLine(subject.problem, subject.samples, start, end, POINTS)
        for (let goesOn = true; goesOn;) {
          goesOn = line.next()
          await tick()
        }
        this.take(work, from, to, line)
      }
    }
  }

  private take(work: Work, from: number, to: number, { positions, losses, barrier }: LossLine): void {
    const [start, end] = [losses[0] ?? NaN, losses.at(-1) ?? NaN]
    const height = barrier?.height ?? NaN
    const labels = [from, to].map((index) => work.minima[index]?.view.label ?? '')
    const sentence = barrierSentence(labels.join(' and '), height, Math.max(start, end))
    work.lines.push({ from, to, positions, losses, height, at: barrier?.at ?? NaN, sentence })
    this.learn(work, from, { loss: start })
    this.learn(work, to, { loss: end })
    this.works.show(work)
  }

  private learn(work: Work, index: number, what: Partial<MinimumView>, parameters: Parameters | null = null): void {
    work.minima = work.minima.map((each, i) =>
      i === index ? { view: { ...each.view, ...what }, parameters: parameters ?? each.parameters } : each
    )
    this.works.showInTime(work)
  }

  /** The run in view goes first. */
  private async wait(work: Work, tick: () => Promise<void>): Promise<void> {
    const isTraining = () => this.runs.isTraining
    if (!isTraining()) return
    work.state = 'waiting'
    this.works.show(work)
    while (isTraining() && !work.stop.signal.aborted) await setTimeout(LOOK_EVERY_MS)
    await tick()
    work.state = 'training'
    this.works.show(work)
  }
}

/** What the rise on a line means. @param between "seed 1 and seed 2" @param higher loss of the higher end */
export function barrierSentence(between: string, height: number, higher: number): string {
  const of = `Between the minima of ${between} the loss`
  if (!Number.isFinite(height)) return `${of} leaves the finite numbers: no straight way leads from one to the other.`
  if (height === 0) return `${of} rises above neither of them: on the straight line they lie in one valley.`
  const rise = numberText(Number(height.toPrecision(3)))
  return height <= HARDLY * higher
    ? `${of} rises by no more than ${rise}: on the straight line they lie in one valley.`
    : `${of} rises by ${rise}: not one valley.`
}

function minimaOf(run: ActiveRun, choice: BarrierChoice): Minimum[] {
  const { setup, epoch } = run.experiment
  const waiting = (label: string, epochs: number): Minimum => ({
    view: { label, state: 'waiting', epoch: 0, epochs, loss: null },
    parameters: null
  })
  const own = choice.kind === 'seeds' ? `seed ${setup.seed}` : `"${run.title}"`
  const others =
    choice.kind === 'seeds'
      ? Array.from({ length: choice.others }, (_, i) => waiting(`seed ${seedOf(run, i + 1)}`, choice.epochs))
      : choice.names.map((name) => waiting(name, 0))
  return [{ ...waiting(own, setup.epochs), view: { ...waiting(own, setup.epochs).view, epoch } }, ...others]
}

/** Seeds after that of the run. */
function seedOf({ experiment }: ActiveRun, index: number): number {
  return (experiment.setup.seed + index) % (MAX_SEED + 1)
}

function viewOf({ id, run, state, error, minima, lines, pairs, subject, notes }: Work): BarrierView {
  return {
    ...{ id, runId: run.id, state, error, pairs, lines: [...lines], notes: [...notes] },
    minima: minima.map(({ view }) => view),
    rows: subject?.rows ?? 0,
    ofRows: subject?.ofRows ?? 0
  }
}
