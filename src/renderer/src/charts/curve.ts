import { Extremes } from './extremes'
import { Smoother } from './smoothing'

/** One line of a chart: what was measured and its smoothed course, as columns that only grow. */
export class Curve {
  readonly x: number[] = []
  readonly raw: number[] = []
  smooth: number[] = []
  /** What is drawn of either, in bounded size. */
  readonly rawShape = new Extremes()
  smoothShape = new Extremes()
  private smoother: Smoother

  constructor(private factor: number) {
    this.smoother = new Smoother(factor)
  }

  add(x: number, value: number): void {
    this.x.push(x)
    this.raw.push(value)
    this.rawShape.add(x, value)
    this.addSmooth(x, value)
  }

  /** Smooths anew, when the factor is another one. */
  smoothBy(factor: number): void {
    if (factor === this.factor) return
    this.factor = factor
    this.smoother = new Smoother(factor)
    this.smooth = []
    this.smoothShape = new Extremes()
    this.raw.forEach((value, index) => this.addSmooth(this.x[index] ?? 0, value))
  }

  private addSmooth(x: number, value: number): void {
    const smooth = this.smoother.next(value)
    this.smooth.push(smooth)
    this.smoothShape.add(x, smooth)
  }
}
