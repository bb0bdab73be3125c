/** Two short trainings beside each other, one as a run is and one with a remedy: what would it change? */
import { Turns, type Table } from '../data'
import type { Training } from '../engine'
import { openExperiment, type Experiment } from '../project'
import { NumericError } from '../shared/errors'
import { settingChanges } from '../shared/run-changes'
import type { TrialView } from '../shared/run-views'
import type { Setup } from '../shared/setup'

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
  /** Settings that the remedy changes. */
  readonly change: Partial<Setup>
}

export type TrialResult = Pick<TrialView, 'without' | 'with' | 'sentence'>

/** One of the two. */
class Shadow {
  /** Positions in epochs, and losses of the batches. */
  readonly points: { readonly position: number; readonly loss: number }[] = []
  hasDiverged = false
  private hasEnded = false
  private readonly events: ReturnType<Training['events']>

  constructor(private readonly training: Training) {
    this.events = training.events(undefined, { stepsAhead: Infinity })
  }

  get isOver(): boolean {
    return this.hasEnded || this.hasDiverged
  }

  get position(): number {
    return this.points.at(-1)?.position ?? this.training.position
  }

  /** One pull. */
  async advance(): Promise<void> {
    try {
      const next = await this.events.next()
      if (next.done === true) this.hasEnded = true
      else if (next.value.type === 'step') this.points.push(next.value)
    } catch (thrown) {
      if (!(thrown instanceof NumericError)) throw thrown
      this.hasDiverged = true
    }
  }

  async close(): Promise<void> {
    await this.events.return()
    this.training.close()
  }
}

/**
 * Trains both to the same place in turns, each from the same weights and by the same random streams, and compares the mean loss
 * of the batches in the last quarter. Early stopping is off.
 * @param now a monotonic clock in milliseconds
 * @throws those of `openExperiment`
 */
export async function runTrial(start: TrialStart, now: () => number = () => performance.now()): Promise<TrialResult> {
  const { table, experiment, change } = start
  const from = experiment.state()
  const without = lasting(experiment.setup, from.epochs)
  const remedied = lasting({ ...experiment.setup, ...change }, from.epochs)
  const goesOn = settingChanges(without, remedied).refused.length === 0
  const training = (setup: Setup) =>
    goesOn ? experiment.trainingFrom(from, setup) : openExperiment(table, setup).training
  const shadows: Shadow[] = []
  const turns = new Turns(undefined)
  try {
    const one = new Shadow(training(without))
    shadows.push(one)
    const other = new Shadow(training(remedied))
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
    return compared(one, other, began)
  } finally {
    for (const shadow of shadows) await shadow.close()
  }
}

/** The setup with something left to train, to the end of the trial. */
function lasting(setup: Setup, ended: number): Setup {
  const epochs = Math.max(setup.epochs, ended + Math.max(1, Math.ceil(ended / 2)))
  return { ...setup, epochs, earlyStopping: { ...setup.earlyStopping, patience: 0 } }
}

function compared(one: Shadow, other: Shadow, began: number): TrialResult {
  // As far as both came; one that diverged came nowhere.
  const end = Math.min(...[one, other].filter(({ hasDiverged }) => !hasDiverged).map(({ position }) => position))
  const sentence = sentenceOf(one, other, end - began, end - (end - began) / 4, end)
  return { without: lineOf(one, began, end), with: lineOf(other, began, end), sentence }
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

function sentenceOf(one: Shadow, other: Shadow, epochs: number, from: number, to: number): string {
  if (other.hasDiverged) return 'With the remedy the loss left the finite numbers at once: better not.'
  if (one.hasDiverged)
    return `Without the remedy the loss left the finite numbers; with it, it came to ${shown(meanLoss(other, from, to))}.`
  const [without, remedied] = [meanLoss(one, from, to), meanLoss(other, from, to)]
  const after = `After ${shown(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'} the training loss is ${shown(remedied)} with it and ${shown(without)} without`
  if (Math.abs(remedied - without) <= CLEAR * Math.abs(without)) return `${after}: no clear difference yet.`
  const share = `${Math.round(Math.abs(1 - remedied / without) * 100)} %`
  return remedied < without ? `${after}: ${share} lower.` : `${after}: ${share} higher.`
}

function meanLoss({ points }: Shadow, from: number, to: number): number {
  const within = points.filter(({ position }) => position >= from && position <= to)
  return within.reduce((sum, { loss }) => sum + loss, 0) / within.length
}

/** Three significant digits. */
function shown(value: number): string {
  return String(Number(value.toPrecision(3)))
}
