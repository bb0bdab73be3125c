/** What the doctor has found of the run in view, and the trials of its remedies. */
import { examine, type Finding } from '../engine/doctor'
import { Cancelled, ConfigError, errorValue } from '../shared/errors'
import type { BaselineView, FindingView, TrialView } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import type { Table } from '../data'
import type { Experiment } from '../project'
import { patientOf } from './patient'
import { remedyOf } from './remedies'
import type { RunController } from './runController'
import { runTrial, type Measure } from './shadowTrial'

const NOTHING = { x: [], loss: [] }

/** Least time between two looks, and the share of it that one may take: the network is evaluated, and rules read all epochs. */
const LOOK_MS = 1000
const LOOK_SHARE = 0.002

export class RunDoctor {
  private found: readonly Omit<FindingView, 'trial'>[] = []
  private lookAgainAt = Number.NEGATIVE_INFINITY
  private looking = false
  /** Asked for while a look was under way. */
  private lookAgain = false
  private readonly dismissed = new Set<string>()
  private readonly trials = new Map<string, TrialView>()
  /** Of the trial in progress. */
  private cancel = new AbortController()

  /** @param changed told when there is something else to show */
  constructor(
    private readonly table: Table,
    private readonly experiment: Experiment,
    private readonly controller: () => RunController,
    private readonly baselines: () => readonly BaselineView[],
    private readonly changed: () => void
  ) {}

  get findings(): readonly FindingView[] {
    return this.found
      .filter(({ rule }) => !this.dismissed.has(rule))
      .map((finding) => ({ ...finding, trial: this.trials.get(finding.rule) ?? null }))
  }

  /**
   * Looks at the run, after a milestone, where the last look is long enough ago; at a run that is paused or has ended in any case.
   * @param now at once: it may be the last look for long
   */
  async look(now: boolean): Promise<void> {
    if (this.looking) {
      this.lookAgain ||= now
      return
    }
    if (!now && performance.now() < this.lookAgainAt) return
    this.looking = true
    do {
      this.lookAgain = false
      await this.examine()
    } while (this.isAskedAgain())
    this.looking = false
  }

  /** Meanwhile. */
  private isAskedAgain(): boolean {
    return this.lookAgain
  }

  private async examine(): Promise<void> {
    const { experiment } = this
    const { steps, error, status } = this.controller()
    const diverged = error?.code === 'diverged'
    const settled = status !== 'running'
    try {
      const start = performance.now()
      const evaluation = diverged || experiment.epochs.length === 0 ? null : await experiment.evaluation()
      const patient = patientOf(experiment, { steps, baselines: this.baselines(), diverged, settled, evaluation })
      this.finds(examine(patient))
      const now = performance.now()
      this.lookAgainAt = now + Math.max(LOOK_MS, (now - start) / LOOK_SHARE)
    } catch (thrown) {
      // Training needs no doctor; what went wrong is a bug and belongs in the log.
      console.error('[trainer] the doctor:', thrown)
    }
  }

  private finds(findings: readonly Finding[]): void {
    const { found, experiment } = this
    const known = new Map(found.map(({ rule, epoch }) => [rule, epoch]))
    this.found = findings.flatMap(({ cure, ...finding }) => {
      const remedy = remedyOf(cure, experiment.setup)
      const epoch = known.get(finding.rule) ?? experiment.epochs.length
      return remedy === null ? [] : [{ ...finding, remedy, epoch }]
    })
    if (found.length > 0 || this.found.length > 0) this.changed()
  }

  /** That rule says nothing more of this run. */
  dismiss(rule: string): null {
    this.dismissed.add(rule)
    this.changed()
    return null
  }

  /**
   * Answers at once; what comes of it is told. The run waits meanwhile.
   * @throws ConfigError `unknown-finding`, `trial-in-progress`
   */
  tryRemedy(rule: string): null {
    const finding = this.findings.find((each) => each.rule === rule)
    if (finding === undefined)
      throw new ConfigError('unknown-finding', `The doctor has no finding "${rule}" of this run any more.`, { rule })
    if ([...this.trials.values()].some(({ state }) => state === 'running'))
      throw new ConfigError('trial-in-progress', 'A remedy is being tried. Wait until that is done.')
    this.cancel = new AbortController()
    this.show(rule, { state: 'running', without: NOTHING, with: NOTHING, sentence: null, error: null })
    void this.trial(finding)
    return null
  }

  /** Ends the trial in progress, as if it had not been asked for: the run is over, or out of view. */
  cancelTrial(): void {
    this.cancel.abort()
  }

  private async trial({ rule, remedy }: FindingView): Promise<void> {
    const { experiment, table } = this
    const { signal } = this.cancel
    const measure = measureOf(rule, remedy.change)
    try {
      const result = await this.controller().between(() => runTrial({ table, experiment, remedy, measure, signal }))
      this.show(rule, { ...result, state: 'done', error: null })
    } catch (thrown) {
      if (thrown instanceof Cancelled) {
        this.trials.delete(rule)
        this.changed()
        return
      }
      const error = errorValue(thrown)
      this.show(rule, { state: 'failed', without: NOTHING, with: NOTHING, sentence: null, error })
    }
  }

  private show(rule: string, trial: TrialView): void {
    this.trials.set(rule, trial)
    this.changed()
  }
}

/** By what a trial is judged: the training loss, where both have the same and it is what the remedy is to lower. */
function measureOf(rule: string, change: Partial<Setup>): Measure {
  if (rule === 'overfitting') return 'validation-loss'
  // Losses of other weights, or of targets in other units, are no measure of each other.
  if (change.classWeights !== undefined) return 'recall'
  return change.prepare === undefined ? 'training-loss' : 'first-metric'
}
