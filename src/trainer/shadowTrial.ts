/** Two short trainings beside each other, one as a run is and one with a remedy: what would it change? */
import { Turns, type Table } from '../data'
import type { TrainEvent, Training } from '../engine'
import { metricSpecs } from '../engine/catalog'
import { openExperiment, type Experiment } from '../project'
import { NumericError } from '../shared/errors'
import { settingChanges } from '../shared/run-changes'
import type { TrialView } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import type { MetricView, Remedy } from '../shared/views'

/** Time that both may take together, in milliseconds; a step that takes longer is ended all the same. */
export const TRIAL_MS = 2000
/** Points of each line, at most. */
const POINTS = 40
/** Losses nearer than this share of the other are a draw. */
const CLEAR = 0.02

export interface TrialStart {
  readonly table: Table
  /** Where the run stands: both go on from here, where the remedy may change a run that goes on; else both begin anew. */
  readonly experiment: Experiment
  readonly remedy: Pick<Remedy, 'change' | 'anew'>
  readonly measure: Measure
  /** Ends it when nobody waits for what comes of it any more. */
  readonly signal?: AbortSignal
}

/**
 * What says which of the two is better: the mean loss of the batches, or the validation loss, in the last quarter of the trial; or, of
 * the rows that judge the run, at its end: recall, or the first metric of the task.
 */
export type Measure = 'training-loss' | 'validation-loss' | 'recall' | 'first-metric'

export type TrialResult = Pick<TrialView, 'without' | 'with' | 'sentence'>

/** One of the two. */
class Shadow {
  /** Positions in epochs, and losses of the batches, or of the validation rows. */
  readonly points: { readonly position: number; readonly loss: number }[] = []
  private reached: number
  hasDiverged = false
  private hasEnded = false
  private readonly events: ReturnType<Training['events']>

  constructor(
    private readonly training: Training,
    /** What it is a training of. */
    private readonly experiment: Experiment,
    private readonly byValidation: boolean
  ) {
    this.reached = training.position
    this.events = training.events(undefined, { stepsAhead: Infinity })
  }

  get hasStoppedEarly(): boolean {
    return this.training.earlyStop !== null
  }

  get isOver(): boolean {
    return this.hasEnded || this.hasDiverged
  }

  get position(): number {
    return this.reached
  }

  /** The lowest so far. */
  get leastLoss(): number {
    return this.points.reduce((low, { loss }) => Math.min(low, loss), Infinity)
  }

  /** One pull. */
  async advance(): Promise<void> {
    try {
      const next = await this.events.next()
      if (next.done === true) this.hasEnded = true
      else this.take(next.value)
    } catch (thrown) {
      if (!(thrown instanceof NumericError)) throw thrown
      this.hasDiverged = true
    }
  }

  private take(event: TrainEvent): void {
    if (event.type === 'step') this.reached = event.position
    if (event.type === 'step' && !this.byValidation) this.points.push(event)
    if (event.type === 'epoch' && this.byValidation && event.validationLoss !== null)
      this.points.push({ position: event.epoch, loss: event.validationLoss })
  }

  /** On the rows that judge the run, with the weights of now. */
  async metric(name: string | null): Promise<MetricView | null> {
    const { training, experiment } = this
    const moment = { epoch: Math.floor(this.reached), step: 0, parameters: training.parameters }
    const { metrics } = await experiment.evaluation('validation', moment)
    return (name === null ? metrics[0] : metrics.find((each) => each.name === name)) ?? null
  }

  async close(): Promise<void> {
    await this.events.return()
    this.training.close()
  }
}

/**
 * Trains both to the same place in turns, each from the same weights and by the same random streams, and compares the mean loss
 * of the batches in the last quarter, or what else `measure` says. Early stopping is off, unless it is the remedy.
 * @param now a monotonic clock in milliseconds
 * @throws those of `openExperiment`, Cancelled
 */
export async function runTrial(start: TrialStart, now: () => number = () => performance.now()): Promise<TrialResult> {
  const { table, experiment, measure } = start
  const { change, anew = false } = start.remedy
  const from = experiment.state()
  const without = lasting(experiment.setup, from.epochs, 0)
  const remedied = lasting(
    { ...experiment.setup, ...change },
    from.epochs,
    Number(change.earlyStopping?.['patience'] ?? 0)
  )
  const goesOn = !anew && settingChanges(without, remedied).refused.length === 0
  const begin = (setup: Setup): Shadow => {
    if (goesOn) return new Shadow(experiment.trainingFrom(from, setup), experiment, measure === 'validation-loss')
    const own = openExperiment(table, setup)
    return new Shadow(own.training, own, measure === 'validation-loss')
  }
  const shadows: Shadow[] = []
  const turns = new Turns(start.signal)
  try {
    const one = begin(without)
    shadows.push(one)
    const other = begin(remedied)
    shadows.push(other)
    const began = one.position
    const ends = now() + TRIAL_MS
    for (;;) {
      // Whoever is behind moves: batches may differ in size.
      const [next] = shadows.filter(({ isOver }) => !isOver).sort((a, b) => a.position - b.position)
      if (next === undefined || now() >= ends) break
      await next.advance()
      await turns.take()
    }
    return await compared(one, other, began, measure)
  } finally {
    for (const shadow of shadows) await shadow.close()
  }
}

/** The setup with something left to train, to the end of the trial. */
function lasting(setup: Setup, ended: number, patience: number): Setup {
  const epochs = Math.max(setup.epochs, ended + Math.max(1, Math.ceil(ended / 2)))
  return { ...setup, epochs, earlyStopping: { ...setup.earlyStopping, patience } }
}

async function compared(one: Shadow, other: Shadow, began: number, measure: Measure): Promise<TrialResult> {
  // As far as both came; one that diverged came nowhere, and one that stopped early has come to its end.
  const reached = [one, other].filter(({ isOver }) => !isOver).map(({ position }) => position)
  const ended = [one, other].filter(({ hasDiverged }) => !hasDiverged).map(({ position }) => position)
  const end = reached.length > 0 ? Math.min(...reached) : Math.max(...ended)
  const broken = divergedSentence(one, other, measure, end - (end - began) / 4, end)
  if (measure === 'training-loss' || measure === 'validation-loss') {
    const sentence = broken ?? lossSentence(one, other, measure, { began, end })
    return { without: lineOf(one, began, end), with: lineOf(other, began, end), sentence }
  }
  const nothing = { x: [], loss: [] }
  return {
    without: nothing,
    with: nothing,
    sentence: broken ?? (await metricSentence(one, other, measure, end - began))
  }
}

/** Means of equal stretches. */
function lineOf({ points }: Shadow, from: number, to: number): TrialView['with'] {
  const buckets = Array.from({ length: POINTS }, () => ({ x: 0, loss: 0, count: 0 }))
  for (const { position, loss } of points) {
    if (position > to) break
    const bucket = buckets[Math.min(POINTS - 1, Math.floor(((position - from) / (to - from || 1)) * POINTS))]
    if (bucket === undefined) continue
    bucket.x += position - from
    bucket.loss += loss
    bucket.count += 1
  }
  const filled = buckets.filter(({ count }) => count > 0)
  return { x: filled.map(({ x, count }) => x / count), loss: filled.map(({ loss, count }) => loss / count) }
}

function divergedSentence(one: Shadow, other: Shadow, measure: Measure, from: number, to: number): string | null {
  if (other.hasDiverged) return 'With the remedy the loss left the finite numbers at once: better not.'
  if (!one.hasDiverged) return null
  const own = meanLoss(other, from, to)
  const cameTo = measure === 'training-loss' && Number.isFinite(own) ? `it came to ${shown(own)}` : 'it did not'
  return `Without the remedy the loss left the finite numbers; with it, ${cameTo}.`
}

interface Stretch {
  readonly began: number
  readonly end: number
}

function lossSentence(one: Shadow, other: Shadow, measure: Measure, { began, end }: Stretch): string {
  const from = end - (end - began) / 4
  // Early stopping ends with the best of its epochs, which is what it is for.
  const lossOf = (shadow: Shadow) => (shadow.hasStoppedEarly ? shadow.leastLoss : meanLoss(shadow, from, end))
  const [without, remedied] =
    measure === 'validation-loss'
      ? [lossOf(one), lossOf(other)]
      : [meanLoss(one, from, end), meanLoss(other, from, end)]
  if (!Number.isFinite(without) || !Number.isFinite(remedied)) return 'The time was too short to compare them.'
  const name = measure === 'validation-loss' ? 'validation loss' : 'training loss'
  const after = `${afterEpochs(end - began)} the ${name} is ${shown(remedied)} with it and ${shown(without)} without`
  if (Math.abs(remedied - without) <= CLEAR * Math.abs(without)) return `${after}: no clear difference yet.`
  const share = `${Math.round(Math.abs(1 - remedied / without) * 100)} %`
  return remedied < without ? `${after}: ${share} lower.` : `${after}: ${share} higher.`
}

async function metricSentence(one: Shadow, other: Shadow, measure: Measure, epochs: number): Promise<string> {
  const name = measure === 'recall' ? 'recall' : null
  const [without, remedied] = [await one.metric(name), await other.metric(name)]
  if (without === null || remedied === null) return 'There are no rows to compare them by.'
  const spec = metricSpecs.find((each) => each.name === without.name)
  const text = (value: number) => (spec?.unit === 'share' ? `${shown(100 * value)} %` : shown(value))
  const after = `${afterEpochs(epochs)} ${without.label} is ${text(remedied.value)} with it and ${text(without.value)} without`
  if (Math.abs(remedied.value - without.value) <= CLEAR * Math.abs(without.value))
    return `${after}: no clear difference yet.`
  const isBetter = spec?.higherIsBetter === true ? remedied.value > without.value : remedied.value < without.value
  return `${after}: ${isBetter ? 'better' : 'worse'}.`
}

function afterEpochs(epochs: number): string {
  return `After ${shown(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}`
}

function meanLoss({ points }: Shadow, from: number, to: number): number {
  const within = points.filter(({ position }) => position >= from && position <= to)
  return within.reduce((sum, { loss }) => sum + loss, 0) / within.length
}

/** Three significant digits. */
function shown(value: number): string {
  return String(Number(value.toPrecision(3)))
}
