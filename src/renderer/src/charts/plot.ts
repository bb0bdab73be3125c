/**
 * The picture of a chart on a canvas: told what there is to see, it draws when the clock says so. It keeps its own columns and
 * reads from the run only what is new.
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
import type { RunCurvesView, StepSeries } from '../../../shared/run-views'
import type { RunView } from '../../../shared/views'
import { projection, shapesOf, type Shape } from './annotations'
import { epochAlong, marksOf } from './changes'
import type { ChartSpec, Token } from './chart'
import { drawClock } from './clock'
import { hoverAt, type Hover } from './hover'
import type { Area } from './labels'
import type { Measure } from './measure'
import { sceneOf, type Scene, type SceneAxis, type SceneLine } from './scene'
import { Series, sourceOfOverlay, sourceOfRun } from './series'
import { mixed, onThemeChange, readPalette, type Palette } from './theme'
import type { Range } from './zoom'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale)

/** Another run that is laid over the one in view. */
export interface OverlayLook {
  readonly colour: Token
  readonly curves: RunCurvesView
}

export interface PlotInput {
  readonly spec: ChartSpec
  /** Null before the first run. */
  readonly run: RunView | null
  /** Those of the run, finer where that was asked for. */
  readonly steps: StepSeries
  readonly overlays: readonly OverlayLook[]
  /** Smoothing factor from 0 to below 1. */
  readonly smoothing: number
  readonly measure: Measure
  readonly range: Range
  readonly logX: boolean
  readonly logY: boolean
  readonly outliers: boolean
  /** The epoch that is looked at; null for now. */
  readonly moment: number | null
}

type Point = { x: number; y: number }
type LineDataset = ChartDataset<'line', Point[]>

export class Plot {
  /** Of what is drawn. */
  scene: Scene | null = null
  private readonly chart: Chart<'line', Point[]>
  private readonly stopTheme: () => void
  private palette: Palette = readPalette()
  private input: PlotInput | null = null
  private readonly series = new Series()
  private overlays = new Map<RunCurvesView, Series>()
  private pointer: { x: number; y: number } | null = null
  private selection: readonly [number, number] | null = null
  private chosen: number | null = null
  private inSight = true
  /** The lines are other ones than those on the canvas. */
  private stale = true
  private readonly paint = (): void => this.draw()

  /**
   * @param hovered told what is under the pointer, again when it changes while training; null when it left
   * @param drawn told after each drawing
   */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly hovered: (hover: Hover | null) => void,
    private readonly drawn: (scene: Scene) => void
  ) {
    this.chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      plugins: [this.annotations()],
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        parsing: false,
        normalized: true,
        events: [],
        layout: { padding: { top: 6, right: 6 } },
        elements: { line: { borderJoinStyle: 'round', borderCapStyle: 'butt' } },
        onResize: () => this.refresh(true)
      }
    })
    this.stopTheme = onThemeChange(() => {
      this.palette = readPalette()
      this.refresh()
    })
  }

  show(input: PlotInput): void {
    this.input = input
    this.refresh()
  }

  /** Draws before all that is not urgent, as when the person moves it. */
  hurry(): void {
    drawClock.ask(this.paint, true)
  }

  /** Nothing is drawn while it is out of sight. */
  see(inSight: boolean): void {
    this.inSight = inSight
    if (inSight) drawClock.ask(this.paint)
  }

  /** The pointer stands at these px of the canvas; null when it left. */
  point(at: { x: number; y: number } | null): void {
    this.pointer = at
    this.hurry()
  }

  /** The stretch that is being chosen, in px; null when none is. */
  select(selection: readonly [number, number] | null): void {
    this.selection = selection
    this.hurry()
  }

  /** The place along the measure that was chosen; null when none is. */
  choose(place: number | null): void {
    this.chosen = place
    this.hurry()
  }

  /** Where the lines are, in px of the canvas. */
  get area(): Area {
    return this.chart.chartArea
  }

  destroy(): void {
    drawClock.forget(this.paint)
    this.stopTheme()
    this.chart.destroy()
  }

  private refresh(urgent = false): void {
    this.stale = true
    drawClock.ask(this.paint, urgent)
  }

  private draw(): void {
    const { input } = this
    if (input === null || !this.inSight || this.canvas.clientWidth === 0) return
    if (this.stale) {
      this.stale = false
      this.read(input)
      const scene = this.makeScene(input)
      this.scene = scene
      this.setLines(scene.lines)
      this.setAxes(scene)
      this.chart.update('none')
      this.drawn(scene)
    } else {
      this.chart.draw()
    }
    this.tellHover()
  }

  private read({ spec, run, overlays, smoothing }: PlotInput): void {
    this.series.read(spec, sourceOfRun(run), smoothing)
    const kept = this.overlays
    this.overlays = new Map(overlays.map(({ curves }) => [curves, kept.get(curves) ?? new Series()]))
    for (const [curves, series] of this.overlays) series.read(spec, sourceOfOverlay(curves), smoothing)
  }

  private makeScene(input: PlotInput): Scene {
    const { spec, run, measure } = input
    return sceneOf({
      ...input,
      curves: this.series.curves,
      overlays: input.overlays.map(({ colour, curves }) => ({
        colour,
        curves: this.overlays.get(curves)?.curves ?? []
      })),
      smoothed: input.smoothing > 0,
      levels: run === null ? [] : (spec.levels?.(run.facts) ?? []),
      marks: run === null ? [] : marksOf(run, measure),
      moment: run === null || input.moment === null ? null : epochAlong(run, input.moment, measure),
      width: this.canvas.clientWidth
    })
  }

  private setLines(lines: readonly SceneLine[]): void {
    const { datasets } = this.chart.data
    datasets.length = Math.min(datasets.length, lines.length)
    lines.forEach((line, index) => {
      const colour = mixed(this.palette(line.colour), line.strength)
      const dataset: LineDataset = {
        data: line.x.map((x, at) => ({ x, y: line.y[at] ?? Number.NaN })),
        borderColor: colour,
        backgroundColor: colour,
        borderWidth: line.width,
        borderDash: [...line.dash],
        pointRadius: line.dots,
        pointBorderWidth: 0
      }
      const known = datasets[index]
      // The dots of a line that had them would stay: Chart.js keeps what its points share.
      if (known === undefined || known.pointRadius !== dataset.pointRadius) datasets[index] = dataset
      else Object.assign(known, dataset)
    })
  }

  private setAxes({ x, y }: Scene): void {
    this.chart.options.scales = {
      x: { ...this.axis(x, 6), grid: { display: false } },
      y: {
        ...this.axis(y, 8),
        grid: { color: this.palette('--line'), drawTicks: false },
        // A steady width, so that the plot does not shift as its labels grow.
        afterFit: (scale) => {
          scale.width = Math.max(scale.width, 44)
        }
      }
    }
  }

  private axis(axis: SceneAxis, padding: number) {
    const { min, max, ticks, logarithmic, format } = axis
    return {
      type: logarithmic ? ('logarithmic' as const) : ('linear' as const),
      min,
      max,
      border: { display: false },
      afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
        scale.ticks = ticks.map((value) => ({ value }))
      },
      ticks: {
        color: this.palette('--text-3'),
        font: { family: this.palette('--font'), size: 10.5 },
        padding,
        maxRotation: 0,
        autoSkip: false,
        callback: (value: number | string) => format(Number(value))
      }
    }
  }

  /** What is drawn at these px of the canvas. */
  at(pointer: { readonly x: number; readonly y: number }): Hover | null {
    const { input, scene } = this
    if (input === null || scene === null) return null
    return hoverAt(pointer, {
      scene,
      area: this.area,
      spec: input.spec,
      measure: input.measure,
      curves: this.series.curves,
      steps: input.steps,
      overlays: input.overlays.map(({ colour, curves }) => ({
        title: curves.title,
        colour,
        curves: this.overlays.get(curves)?.curves ?? []
      }))
    })
  }

  private tellHover(): void {
    this.hovered(this.pointer === null || this.selection !== null ? null : this.at(this.pointer))
  }

  /** All that is no line of the data: levels, bands, marks and the place under the pointer behind the lines, names in front. */
  private annotations(): Plugin<'line'> {
    let names: readonly Shape[] = []
    return {
      id: 'annotations',
      // The first drawing happens while `this.chart` is still being made.
      beforeDatasetsDraw: ({ ctx, chartArea }) => {
        if (this.scene === null) return
        ctx.save()
        ctx.font = this.labelFont
        const widthOf = (text: string): number => ctx.measureText(text).width
        const format = this.input?.spec.format ?? String
        const shapes = shapesOf(this.scene, chartArea, format, widthOf)
        names = shapes.filter(({ type }) => type === 'text')
        for (const shape of shapes) if (shape.type !== 'text') this.drawShape(ctx, shape)
        this.drawPointer(ctx, chartArea)
        ctx.restore()
      },
      afterDatasetsDraw: ({ ctx }) => {
        ctx.save()
        ctx.font = this.labelFont
        for (const name of names) this.drawShape(ctx, name)
        ctx.restore()
      }
    }
  }

  private get labelFont(): string {
    return `10.5px ${this.palette('--font')}`
  }

  private drawShape(ctx: CanvasRenderingContext2D, shape: Shape): void {
    const { palette } = this
    if (shape.type === 'box') {
      const { left, right, top, bottom } = shape.area
      ctx.fillStyle = mixed(palette(shape.colour), shape.strength)
      ctx.fillRect(left, top, right - left, bottom - top)
    } else if (shape.type === 'text') {
      ctx.fillStyle = palette(shape.colour)
      ctx.textAlign = shape.side
      // A rim, so that it can be read over lines.
      ctx.strokeStyle = palette('--panel')
      ctx.lineWidth = 4
      ctx.lineJoin = 'round'
      ctx.setLineDash([])
      ctx.strokeText(shape.text, shape.at[0], shape.at[1])
      ctx.fillText(shape.text, shape.at[0], shape.at[1])
    } else {
      ctx.strokeStyle = palette(shape.colour)
      ctx.lineWidth = 1
      ctx.setLineDash([...shape.dash])
      ctx.beginPath()
      ctx.moveTo(shape.from[0], shape.from[1])
      ctx.lineTo(shape.to[0], shape.to[1])
      ctx.stroke()
    }
  }

  private drawPointer(ctx: CanvasRenderingContext2D, area: Area): void {
    if (this.chosen !== null && this.scene !== null) {
      const x = Math.round(projection(this.scene.x, area.left, area.right)(this.chosen)) + 0.5
      if (x >= area.left && x <= area.right) {
        this.drawShape(ctx, { type: 'rule', from: [x, area.top], to: [x, area.bottom], colour: '--accent', dash: [] })
      }
    }
    if (this.selection !== null) {
      const [from, to] = this.selection
      ctx.fillStyle = mixed(this.palette('--accent'), 14)
      ctx.fillRect(Math.min(from, to), area.top, Math.abs(to - from), area.bottom - area.top)
      return
    }
    if (this.pointer === null || this.pointer.x < area.left || this.pointer.x > area.right) return
    const x = Math.round(this.pointer.x) + 0.5
    this.drawShape(ctx, { type: 'rule', from: [x, area.top], to: [x, area.bottom], colour: '--line-strong', dash: [] })
  }
}
