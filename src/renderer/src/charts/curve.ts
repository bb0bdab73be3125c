import type { EpochPoint } from '../../../shared/views'
import { measureOf, measures, type Measure } from './measure'
import { Pyramid } from './pyramid'
import { Smoother } from './smoothing'

/** One line of a chart: what was measured after epochs and its smoothed course, as columns that only grow. */
export class Curve {
  readonly x: Readonly<Record<Measure, number[]>> = { epoch: [], step: [], time: [] }
  readonly raw: number[] = []
  smooth: number[] = []
  readonly rawShape = new Pyramid(this.raw)
  smoothShape = new Pyramid(this.smooth)
  private smoother: Smoother

  constructor(private factor: number) {
    this.smoother = new Smoother(factor)
  }

  /** Adds the value of an epoch; one that is not finite is left out. */
  add(point: EpochPoint, value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) return
    for (const measure of measures) this.x[measure].push(measureOf(point, measure))
    this.raw.push(value)
    this.rawShape.add()
    this.addSmooth(value)
  }

  /** Smooths anew, when the factor is another one. */
  smoothBy(factor: number): void {
    if (factor === this.factor) return
    this.factor = factor
    this.smoother = new Smoother(factor)
    this.smooth = []
    this.smoothShape = new Pyramid(this.smooth)
    for (const value of this.raw) this.addSmooth(value)
  }

  private addSmooth(value: number): void {
    this.smooth.push(this.smoother.next(value))
    this.smoothShape.add()
  }
}
