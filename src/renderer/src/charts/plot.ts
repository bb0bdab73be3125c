/**
 * The picture of a chart: a canvas that is told what a run looks like and draws it at the next frame of the
 * screen, however often it is told. It keeps its own columns and reads from the run only what is new.
 */
import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type ChartDataset,
  type Plugin
} from 'chart.js'
import type { EpochPoint, RunView, StepSeries } from '../../../shared/views'
import { epochAxis, linearAxis, logAxis, rangeOf, type Axis } from './axis'
import type { ChartSpec } from './chart'
import { Curve } from './curve'
import { onThemeChange, readPalette, type Palette } from './theme'
import { envelope, nearestIndex, type Columns } from './thinning'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale)

export interface PlotInput {
  readonly spec: ChartSpec
  /** Null before the first run. */
  readonly run: RunView | null
  /** Smoothing factor from 0 to below 1. */
  readonly smoothing: number
  readonly logarithmic: boolean
}

/** What stands under the pointer. */
export interface Hover {
  /** Where, in px from the left and the top of the canvas. */
  readonly left: number
  readonly top: number
  /** In the right half, where a label should stand to the left of the pointer. */
  readonly inRightHalf: boolean
  readonly epoch: number | null
  readonly lines: readonly { readonly label: string; readonly raw: number; readonly smooth: number }[]
  readonly step: { readonly step: number; readonly loss: number } | null
}

type Point = { x: number; y: number }
type LineDataset = ChartDataset<'line', Point[]>

export class Plot {
  private readonly chart: Chart<'line', Point[]>
  private readonly stopTheme: () => void
  private palette: Palette = readPalette()
  private input: PlotInput | null = null
  private curves: Curve[] = []
  private readFrom: readonly EpochPoint[] | null = null
  private readCount = 0
  private stepColumns: Columns = { x: [], y: [] }
  private frame = 0
  private pointer: { x: number; y: number } | null = null

  /** @param hovered told what is under the pointer, again when it changes while training; null when it left */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly hovered: (hover: Hover | null) => void
  ) {
    this.chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      plugins: [this.crosshair()],
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        parsing: false,
        normalized: true,
        events: [],
        layout: { padding: { top: 6, right: 6 } },
        elements: { line: { borderJoinStyle: 'round', borderCapStyle: 'round' } },
        onResize: () => this.schedule()
      }
    })
    this.stopTheme = onThemeChange(() => {
      this.palette = readPalette()
      this.schedule()
    })
  }

  show(input: PlotInput): void {
    this.input = input
    this.schedule()
  }

  /** The pointer stands at these px of the canvas; null when it left. */
  point(at: { x: number; y: number } | null): void {
    this.pointer = at
    this.schedule()
  }

  destroy(): void {
    cancelAnimationFrame(this.frame)
    this.stopTheme()
    this.chart.destroy()
  }

  private schedule(): void {
    if (this.frame !== 0) return
    this.frame = requestAnimationFrame(() => {
      this.frame = 0
      this.draw()
    })
  }

  private draw(): void {
    const { input } = this
    if (input === null || this.canvas.clientWidth === 0) return
    this.read(input)
    const { run, spec, logarithmic } = input
    const x = this.epochs(run)
    const stretches = Math.max(64, Math.floor(this.canvas.clientWidth))
    const steps = this.thinnedSteps(x, stretches)
    const range = rangeOf(
      this.bounds(logarithmic),
      steps.map((point) => point.y),
      logarithmic
    ) ?? { min: logarithmic ? 0.1 : 0, max: 1 }
    const y = logarithmic ? logAxis(range) : linearAxis(range, { min: spec.min, max: spec.max })
    this.chart.data.datasets = [
      ...(spec.showsSteps ? [this.stepLine(steps)] : []),
      ...spec.lines.flatMap((_, index) => this.lineDatasets(input, index, x, stretches))
    ]
    this.setAxes(input, x, y)
    this.chart.update('none')
    this.tellHover()
  }

  private epochs(run: RunView | null): Axis {
    if (run === null) return epochAxis(10, 10, true)
    const { status, step, stepsPerEpoch, epochs } = run.progress
    const reached = Math.max(this.curves[0]?.x.at(-1) ?? 0, step / Math.max(1, stepsPerEpoch))
    return epochAxis(reached, epochs, status !== 'running' && status !== 'paused')
  }

  /** Takes over what is new in the run; all of it when it is another run, or its arrays were replaced. */
  private read({ spec, run, smoothing }: PlotInput): void {
    const epochs = run?.epochs ?? []
    if (run === null || this.readFrom !== epochs || this.curves.length !== spec.lines.length) {
      this.readFrom = epochs
      this.readCount = 0
      this.curves = spec.lines.map(() => new Curve(smoothing))
    }
    for (const curve of this.curves) curve.smoothBy(smoothing)
    for (; this.readCount < epochs.length; this.readCount += 1) {
      const point = epochs[this.readCount]
      if (point === undefined) break
      spec.lines.forEach((line, index) => this.curves[index]?.add(point.epoch, line.value(point) ?? Number.NaN))
    }
    const steps: StepSeries = run?.steps ?? { epoch: [], loss: [] }
    this.stepColumns = { x: steps.epoch, y: steps.loss }
  }

  /** The lowest and the highest value of every curve. */
  private bounds(logarithmic: boolean): number[] {
    return this.curves.flatMap(({ rawShape }) => [logarithmic ? rawShape.lowPositive : rawShape.low, rawShape.high])
  }

  private thinnedSteps(x: Axis, stretches: number): Point[] {
    if (this.input?.spec.showsSteps !== true) return []
    return this.points(this.stepColumns, x, Math.floor(stretches / 2))
  }

  private points(columns: Columns, x: Axis, stretches: number): Point[] {
    const onlyPositive = this.input?.logarithmic === true
    return envelope(columns, x.min, x.max, stretches).map((index) => {
      const value = columns.y[index] ?? Number.NaN
      return { x: columns.x[index] ?? 0, y: onlyPositive && value <= 0 ? Number.NaN : value }
    })
  }

  private stepLine(data: Point[]): LineDataset {
    // Until the first epoch has ended the steps are all there is to see.
    const alone = (this.curves[0]?.x.length ?? 0) === 0
    return {
      data,
      borderColor: this.faded('--train', alone ? 80 : 18),
      backgroundColor: this.palette('--train'),
      borderWidth: alone ? 1.5 : 1,
      pointRadius: alone && data.length <= 60 ? 2.5 : 0
    }
  }

  private lineDatasets({ spec, smoothing }: PlotInput, index: number, x: Axis, stretches: number): LineDataset[] {
    const line = spec.lines[index]
    const curve = this.curves[index]
    if (line === undefined || curve === undefined) return []
    const main: LineDataset = {
      data: this.points(curve.smoothShape.columns(), x, stretches),
      borderColor: this.palette(line.colour),
      backgroundColor: this.palette(line.colour),
      borderWidth: 1.8,
      borderDash: line.dashed === true ? [5, 4] : [],
      // A line of one point would not be seen.
      pointRadius: curve.x.length === 1 ? 3 : 0
    }
    if (smoothing === 0) return [main]
    const ghost: LineDataset = {
      data: this.points(curve.rawShape.columns(), x, stretches),
      borderColor: this.faded(line.colour, 34),
      borderWidth: 1,
      pointRadius: 0
    }
    return [ghost, main]
  }

  private faded(token: `--${string}`, percent: number): string {
    return `color-mix(in srgb, ${this.palette(token)} ${percent}%, transparent)`
  }

  private setAxes({ spec, logarithmic }: PlotInput, x: Axis, y: Axis): void {
    const text = { color: this.palette('--text-3'), font: { family: this.palette('--font'), size: 10.5 } }
    const grid = { color: this.palette('--line'), drawTicks: false }
    const border = { display: false }
    this.chart.options.scales = {
      x: {
        type: 'linear',
        min: x.min,
        max: x.max,
        border,
        grid: { display: false },
        afterBuildTicks: (scale) => {
          scale.ticks = x.ticks.map((value) => ({ value }))
        },
        ticks: { ...text, padding: 6, maxRotation: 0, autoSkip: false, callback: (value) => String(value) }
      },
      y: {
        type: logarithmic ? 'logarithmic' : 'linear',
        min: y.min,
        max: y.max,
        border,
        grid,
        // A steady width, so that the plot does not shift as its labels grow.
        afterFit: (scale) => {
          scale.width = Math.max(scale.width, 44)
        },
        afterBuildTicks: (scale) => {
          scale.ticks = y.ticks.map((value) => ({ value }))
        },
        ticks: { ...text, padding: 8, autoSkip: false, callback: (value) => spec.formatTick(Number(value)) }
      }
    }
  }

  /** What is nearest to the pointer, by epoch. */
  private tellHover(): void {
    const { pointer, input } = this
    const { area, scale } = this.geometry()
    if (
      pointer === null ||
      input === null ||
      scale === undefined ||
      pointer.x < area.left - 8 ||
      pointer.x > area.right + 8
    ) {
      this.hovered(null)
      return
    }
    const at = scale.getValueForPixel(pointer.x) ?? 0
    const [first] = this.curves
    const index = first === undefined ? -1 : nearestIndex(first.x, at)
    const stepIndex = input.spec.showsSteps ? nearestIndex(this.stepColumns.x, at) : -1
    if (index < 0 && stepIndex < 0) {
      this.hovered(null)
      return
    }
    const stepAt = this.stepColumns.x[stepIndex] ?? 0
    const left = scale.getPixelForValue(index < 0 ? stepAt : (first?.x[index] ?? 0))
    this.hovered({
      left,
      top: pointer.y,
      inRightHalf: left > (area.left + area.right) / 2,
      epoch: index < 0 ? null : (first?.x[index] ?? null),
      lines:
        index < 0
          ? []
          : input.spec.lines.map((line, place) => ({
              label: line.label,
              raw: this.curves[place]?.raw[index] ?? Number.NaN,
              smooth: this.curves[place]?.smooth[index] ?? Number.NaN
            })),
      step:
        stepIndex < 0
          ? null
          : {
              step: Math.round(stepAt * (input.run?.progress.stepsPerEpoch ?? 1)),
              loss: this.stepColumns.y[stepIndex] ?? Number.NaN
            }
    })
  }

  private geometry(): { area: Chart['chartArea']; scale: Chart['scales'][string] | undefined } {
    return { area: this.chart.chartArea, scale: this.chart.scales['x'] }
  }

  /** A thin upright line at the epoch under the pointer. */
  private crosshair(): Plugin<'line'> {
    return {
      id: 'crosshair',
      beforeDatasetsDraw: (chart) => {
        // The first drawing happens while `this.chart` is still being made.
        if (this.pointer === null) return
        const { scale } = this.geometry()
        const xs = this.curves[0]?.x
        if (scale === undefined || xs === undefined || xs.length === 0) return
        const epoch = xs[nearestIndex(xs, scale.getValueForPixel(this.pointer.x) ?? 0)]
        if (epoch === undefined) return
        const x = Math.round(scale.getPixelForValue(epoch)) + 0.5
        const { ctx, chartArea } = chart
        ctx.save()
        ctx.strokeStyle = this.palette('--line-strong')
        ctx.beginPath()
        ctx.moveTo(x, chartArea.top)
        ctx.lineTo(x, chartArea.bottom)
        ctx.stroke()
        ctx.restore()
      }
    }
  }
}
