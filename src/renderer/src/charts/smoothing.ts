/**
 * Exponential smoothing as TensorBoard does it: s ← β·s + (1 − β)·x, divided by 1 − βⁿ so that the first points
 * are not pulled towards 0. Points are added one at a time, so a growing series is never gone through again.
 */
export class Smoother {
  private sum = 0
  private weight = 0

  /** @param factor β from 0 (as measured) to below 1 */
  constructor(private readonly factor: number) {}

  /** The smoothed value after `value`; a value that is not finite leaves a gap and is forgotten. */
  next(value: number): number {
    if (!Number.isFinite(value)) return Number.NaN
    this.sum = this.factor * this.sum + (1 - this.factor) * value
    this.weight = this.factor * this.weight + (1 - this.factor)
    return this.sum / this.weight
  }
}
