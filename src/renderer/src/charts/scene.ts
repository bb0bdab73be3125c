/**
 * What a chart shows, in the units of its axes: made anew for each drawing from columns of any length, at a cost that hangs on
 * the width of the picture alone. The canvas and the exported picture are both drawn from it.
 */
import type { StepSeries } from '../../../shared/run-views'
import { linearAxis, logAxis, logTicks, roundValues, spanOf, type Axis, type Span } from './axis'
import type { Mark } from './changes'
import type { Band, ChartSpec, Level, Token } from './chart'
import type { Curve } from './curve'
import { overlaidLook } from './lines'
import { formatAlong, stepsAlong, tickStep, type Measure } from './measure'
import type { Pyramid } from './pyramid'
import { envelope, firstAtOrAfter } from './thinning'
import type { Range } from './zoom'

export interface SceneInput {
  readonly spec: ChartSpec
  readonly curves: readonly Curve[]
  readonly steps: StepSeries
  readonly overlays: readonly { readonly colour: Token; readonly curves: readonly Curve[] }[]
  readonly measure: Measure
  readonly range: Range
  readonly logX: boolean
  readonly logY: boolean
  readonly outliers: boolean
  readonly smoothed: boolean
  readonly levels: readonly Level[]
  readonly marks: readonly Mark[]
  /** The place that is looked at; null for now. */
  readonly moment: number | null
  /** Of the picture, in px. */
  readonly width: number
}

export interface SceneLine {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly colour: Token
  /** How much of the colour is left, in percent. */
  readonly strength: number
  readonly width: number
  readonly dash: readonly number[]
  /** Radius of a dot at each point; 0 for none. */
  readonly dots: number
}

/** A level that is out of sight is named at the edge that it lies beyond. */
export interface PlacedLevel extends Level {
  readonly beyond: 'top' | 'bottom' | null
}

export interface SceneAxis extends Axis {
  readonly logarithmic: boolean
  readonly format: (value: number) => string
}

export interface Scene {
  readonly x: SceneAxis
  readonly y: SceneAxis
  /** From the back to the front. */
  readonly lines: readonly SceneLine[]
  readonly band: Band | null
  readonly levels: readonly PlacedLevel[]
  readonly marks: readonly Mark[]
  readonly moment: number | null
  /** Some of what was measured lies above or below the picture. */
  readonly cut: boolean
}

/** How far a level may stretch the picture: by so many times what the lines take. */
const STRETCH = 1

export function sceneOf(input: SceneInput): Scene {
  const { spec, range, logX, logY, outliers, levels, marks, moment } = input
  const lines = linesOf(input)
  const values = lines.flatMap((line) => line.y)
  const all = spanOf(values, logY, true)
  const bulk = spanOf(values, logY, outliers)
  const wide = stretched(bulk, levels, logY) ?? (logY ? { min: 0.1, max: 1 } : { min: 0, max: 1 })
  const axis = logY ? logAxis(wide) : linearAxis(wide, { min: spec.min, max: spec.max })
  return {
    x: { ...xAxis(range, logX, input.measure, input.width), logarithmic: logX },
    y: { ...axis, logarithmic: logY, format: spec.formatTick },
    lines,
    band: spec.band ?? null,
    levels: levels
      .filter(({ value }) => Number.isFinite(value) && (!logY || value > 0))
      .map((level) => ({
        ...level,
        beyond: level.value > axis.max ? 'top' : level.value < axis.min ? 'bottom' : null
      })),
    marks: marks.filter(({ at }) => at >= range.from && at <= range.to),
    moment: moment !== null && moment >= range.from && moment <= range.to ? moment : null,
    cut: all !== null && bulk !== null && (all.min < bulk.min || all.max > bulk.max)
  }
}

function stretched(span: Span | null, levels: readonly Level[], logarithmic: boolean): Span | null {
  if (span === null) return null
  const place = (value: number): number => (logarithmic ? Math.log10(value) : value)
  const room = STRETCH * (place(span.max) - place(span.min))
  let { min, max } = span
  for (const { value } of levels) {
    if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue
    if (place(value) < place(min) && place(value) >= place(span.min) - room) min = value
    if (place(value) > place(max) && place(value) <= place(span.max) + room) max = value
  }
  return { min, max }
}

function xAxis(
  { from, to }: Range,
  logarithmic: boolean,
  measure: Measure,
  width: number
): Axis & { readonly format: (value: number) => string } {
  const most = Math.max(2, Math.min(8, Math.floor(width / 70)))
  const step = tickStep(to - from, most, measure)
  if (!logarithmic) {
    return {
      min: from,
      max: to,
      ticks: roundValues(from, to, step),
      format: (value) => formatAlong(value, step, measure)
    }
  }
  const ticks = logTicks(from, to)
  const shown =
    ticks.length <= 2 * most ? ticks : ticks.filter((tick) => Number.isInteger(Number(Math.log10(tick).toFixed(9))))
  return { min: from, max: to, ticks: shown, format: (value) => formatAlong(value, value, measure) }
}

function linesOf(input: SceneInput): SceneLine[] {
  const { spec, curves, overlays, steps, measure, smoothed } = input
  const stretches = Math.max(64, Math.floor(input.width))
  const lines: SceneLine[] = []
  const push = (points: Points, look: Omit<SceneLine, 'x' | 'y'>): void => {
    if (points.x.length > 0) lines.push({ ...points, ...look })
  }
  // Beside no run in view they are no background: two runs that are compared.
  const overlayLook =
    curves.some(({ raw }) => raw.length > 0) || steps.step.length > 0
      ? spec.ofLayers === true
        ? { strength: 80, width: 1.6 }
        : { strength: 55, width: 1.2 }
      : { strength: 100, width: 1.8 }
  for (const overlay of overlays) {
    spec.lines.forEach((line, index) => {
      const curve = overlay.curves[index]
      if (curve === undefined) return
      const values = smoothed ? curve.smooth : curve.raw
      const points = pointsOf(curve, values, smoothed ? curve.smoothShape : curve.rawShape, input, stretches)
      const look = { ...overlayLook, ...overlaidLook(spec, line, overlay.colour) }
      push(points, { ...look, dots: curve.raw.length === 1 ? 3 : 0 })
    })
  }
  const stepPoints = spec.steps === undefined ? noPoints : pointsOfSteps(spec.steps, input, Math.floor(stretches / 2))
  // Until the first epoch has ended the steps are all there is to see; rates are known of every step.
  const alone = spec.steps === 'learningRate' || (curves[0]?.raw.length ?? 0) === 0
  push(stepPoints, {
    colour: spec.lines[0]?.colour ?? '--train',
    strength: spec.steps === 'learningRate' ? 100 : alone ? 80 : 18,
    width: alone ? 1.6 : 1,
    dash: [],
    dots: alone && stepPoints.x.length <= 60 ? 2.5 : 0
  })
  if (spec.steps === 'learningRate' && stepsAlong(steps, measure).length > 0) return lines
  spec.lines.forEach((line, index) => {
    const curve = curves[index]
    if (curve === undefined) return
    const look = { colour: line.colour, dash: line.dash }
    if (smoothed) {
      const ghost = pointsOf(curve, curve.raw, curve.rawShape, input, stretches)
      push(ghost, { ...look, dash: [], strength: 34, width: 1, dots: 0 })
    }
    const values = smoothed ? curve.smooth : curve.raw
    const points = pointsOf(curve, values, smoothed ? curve.smoothShape : curve.rawShape, input, stretches)
    // A line of one point would not be seen.
    push(points, { ...look, strength: 100, width: 1.8, dots: curve.raw.length === 1 ? 3 : 0 })
  })
  return lines
}

interface Points {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

const noPoints: Points = { x: [], y: [] }

/** The places of a curve along the measure; none where they were not kept. */
export function placesOf(curve: Curve, measure: Measure): readonly number[] {
  const x = curve.x[measure]
  return Number.isFinite(x[0]) && Number.isFinite(x.at(-1)) ? x : []
}

function pointsOf(
  curve: Curve,
  values: readonly number[],
  shape: Pyramid,
  input: SceneInput,
  stretches: number
): Points {
  const x = placesOf(curve, input.measure)
  // One neighbour on either side, so that lines run on to the edge.
  const from = firstAtOrAfter(x, input.range.from) - 1
  const to = firstAtOrAfter(x, input.range.to) + 1
  if (x.length === 0) return noPoints
  return picked(x, values, shape.indices(from, to, stretches), input)
}

function pointsOfSteps(column: 'loss' | 'learningRate', input: SceneInput, stretches: number): Points {
  const x = stepsAlong(input.steps, input.measure)
  const y = input.steps[column]
  return picked(x, y, envelope({ x, y }, input.range.from, input.range.to, stretches), input)
}

function picked(x: readonly number[], y: readonly number[], indices: readonly number[], input: SceneInput): Points {
  const points: { x: number[]; y: number[] } = { x: [], y: [] }
  for (const index of indices) {
    const atX = x[index] ?? Number.NaN
    const atY = y[index] ?? Number.NaN
    if (!Number.isFinite(atX) || !Number.isFinite(atY) || (input.logX && atX <= 0) || (input.logY && atY <= 0)) continue
    points.x.push(atX)
    points.y.push(atY)
  }
  return points
}
