/** The columns behind a chart: one curve for each of its lines, read from a run that grows. */
import type { RunCurvesView } from '../../../shared/run-views'
import type { EpochPoint, RunView } from '../../../shared/views'
import type { ChartSpec } from './chart'
import { Curve } from './curve'

/** What a chart is drawn from: the run in view, or another one laid over it. */
export interface Source {
  readonly epochs: readonly EpochPoint[]
  /** Rows that were trained on between the ends of two epochs; the first one from the beginning. */
  readonly rows: (point: EpochPoint, before: EpochPoint | undefined) => number
}

export class Series {
  curves: Curve[] = []
  private spec: ChartSpec | null = null
  private from: readonly EpochPoint[] | null = null
  private count = 0

  /** Takes over what is new; all of it when the chart or the array is another one. */
  read(spec: ChartSpec, { epochs, rows }: Source, smoothing: number): void {
    if (this.from !== epochs || this.spec !== spec) {
      this.from = epochs
      this.spec = spec
      this.count = 0
      this.curves = spec.lines.map(() => new Curve(smoothing))
    }
    for (const curve of this.curves) curve.smoothBy(smoothing)
    for (; this.count < epochs.length; this.count += 1) {
      const point = epochs[this.count]
      if (point === undefined) break
      const before = epochs[this.count - 1]
      const reading = { point, before, rows: rows(point, before) }
      spec.lines.forEach((line, index) => this.curves[index]?.add(point, line.value(reading)))
    }
  }
}

const nothing: Source = { epochs: [], rows: () => 0 }

export function sourceOfRun(run: RunView | null): Source {
  if (run === null) return nothing
  return {
    epochs: run.epochs,
    rows: (point, before) => run.prepared.trainRows * (point.epoch - (before?.epoch ?? 0))
  }
}

/** How many rows it had is not kept with its curves: as many as its batches could hold. */
export function sourceOfOverlay({ epochs, setup }: RunCurvesView): Source {
  return { epochs, rows: (point, before) => setup.batchSize * (point.step - (before?.step ?? 0)) }
}
