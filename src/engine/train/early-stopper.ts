/** Which epoch was the best, and whether it is time to end. */
import { booleanSetting, numberSetting, type Config } from '../fields'

/** How a run ended before its last epoch. */
export interface EarlyStop {
  /** The last that was trained. */
  readonly epoch: number
  readonly bestEpoch: number
  /** Whether parameters and buffers of the best epoch were taken back. */
  readonly restored: boolean
}

export class EarlyStopper {
  /** Whether the best epoch's parameters are to be taken back when training ends. */
  readonly restores: boolean
  readonly #patience: number
  readonly #minDelta: number
  #best = Infinity
  #bestEpoch = 0
  /** The loss that counts as a gain only when it is fallen below by more than `minDelta`. */
  #mark = Infinity
  #sinceGain = 0

  /** @param config of `earlyStoppingFields`, parsed */
  constructor(config: Config) {
    this.#patience = numberSetting(config, 'patience')
    this.#minDelta = numberSetting(config, 'minDelta')
    this.restores = this.#patience > 0 && booleanSetting(config, 'restoreBest')
  }

  /** From 1; the epoch of the lowest loss so far, the first of equal ones. 0 before the first epoch. */
  get bestEpoch(): number {
    return this.#bestEpoch
  }

  /** Whether no gain was seen for as many epochs as the patience says. */
  get ends(): boolean {
    return this.#patience > 0 && this.#sinceGain >= this.#patience
  }

  /** All that it remembers, as finite numbers; empty before the first epoch. */
  get state(): readonly number[] {
    return this.#bestEpoch === 0 ? [] : [this.#best, this.#bestEpoch, this.#mark, this.#sinceGain]
  }

  /** Goes on from a state, with a patience and a least gain of its own. */
  restore([best = Infinity, bestEpoch = 0, mark = Infinity, sinceGain = 0]: readonly number[]): void {
    this.#best = best
    this.#bestEpoch = bestEpoch
    this.#mark = mark
    this.#sinceGain = sinceGain
  }

  /**
   * @param loss finite, of the validation rows, or of the training rows where there are none
   * @returns whether it is the lowest so far, and whether to end: no gain for as many epochs as the patience says
   */
  epochEnded(epoch: number, loss: number): { readonly best: boolean; readonly ends: boolean } {
    const best = loss < this.#best
    if (best) {
      this.#best = loss
      this.#bestEpoch = epoch
    }
    if (loss < this.#mark - this.#minDelta) {
      this.#mark = loss
      this.#sinceGain = 0
    } else this.#sinceGain++
    return { best, ends: this.ends }
  }
}
