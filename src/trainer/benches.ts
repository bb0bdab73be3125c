/** What lessons ask of benches. */
import { benchMicroscope, benchNumber } from '../project'
import type { Bench, BenchTrial } from '../shared/bench'
import type { BenchTrialView } from '../shared/bench-views'
import type { BenchNumber } from '../shared/lessons/lesson'
import { BesideTraining } from './besideTraining'
import { tryBench } from './benchTrial'
import type { HeldBenches } from './heldBenches'

export class Benches {
  private trying: AbortController | null = null

  /** @param isTraining whether the run in view trains: it goes first */
  constructor(
    private readonly held: HeldBenches,
    private readonly isTraining: () => boolean
  ) {}

  /**
   * One at a time: a trial under way is given up for a new one.
   * @throws Cancelled when it is; those of `tryBench`
   */
  trial(trial: BenchTrial): Promise<BenchTrialView> {
    this.trying?.abort()
    const trying = (this.trying = new AbortController())
    const beside = new BesideTraining(trying.signal, this.isTraining)
    return tryBench(trial, () => beside.take())
  }

  /**
   * A number of the step that comes after so many, with one row by itself, in float64.
   * @throws ConfigError `unknown-row`, `unknown-part`; those of `openBench` and `benchState`
   */
  async number(bench: Bench, row: number, after: number, number: BenchNumber): Promise<number> {
    const { opened, state } = await this.held.at(bench, after)
    return benchNumber(benchMicroscope(opened, state, row), number)
  }

  close(): void {
    this.trying?.abort()
    this.held.close()
  }
}
