/** Draws a surface with its rows and axes. */
import { formatTick, niceStep, roundValues } from '../charts/axis'
import type { Palette } from '../charts/theme'
import type { SurfacePointsView, SurfaceView } from '../../../shared/run-views'
import { classToken, paintsOf, signColour, type Rgb } from './colour'
import { finerPlane, planePixels, scaleOf, surfaceScale, toScale, valuesAt, whereIs } from './surface'

export interface SurfaceDrawing {
  readonly view: SurfaceView
  readonly points: SurfacePointsView | null
  /** Which of several values. */
  readonly output: number
  readonly palette: Palette
  readonly width: number
  readonly height: number
}

/** Where the picture lies in its canvas, in px. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const MARGIN = { left: 46, top: 4, right: 6, bottom: 32 }
/** Share of the full colour that a point has at least. */
const FAINTEST = 0.35
/** Places along an axis that are as many as can be seen. */
const FINE = 100
/** Of points: largest and least. */
const RADIUS = { most: 3.6, least: 1.4 }

/** @param isPlane a plane is drawn as high as it is wide, in the middle of the room */
export function frameOf(width: number, height: number, isPlane: boolean): Frame {
  const room = {
    width: Math.max(1, width - MARGIN.left - MARGIN.right),
    height: Math.max(1, height - MARGIN.top - MARGIN.bottom)
  }
  if (!isPlane) return { left: MARGIN.left, top: MARGIN.top, ...room }
  const side = Math.min(room.width, room.height)
  return {
    left: MARGIN.left + (room.width - side) / 2,
    top: MARGIN.top + (room.height - side) / 2,
    width: side,
    height: side
  }
}

/** What stands upwards: the second column of a plane; else probabilities, or the values of points and curve. */
function upwards({ view, points, output }: SurfaceDrawing): { label: string; min: number; max: number } {
  const second = view.axes[1]
  if (second !== undefined) return { label: second.column, min: second.min, max: second.max }
  if (view.kind === 'classes') return { label: 'probability', min: -0.04, max: 1.04 }
  const curve = Array.from({ length: view.size }, (_, place) => valuesAt(view, place)[output] ?? NaN)
  // Points are those of the first value.
  const all = [...curve, ...(output === 0 ? (points?.targets ?? []) : [])].filter(Number.isFinite)
  if (all.length === 0) return { label: view.outputs[output] ?? '', min: 0, max: 1 }
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const beyond = 0.04 * (most - least) || Math.abs(least) / 10 || 1
  return { label: view.outputs[output] ?? '', min: least - beyond, max: most + beyond }
}

export function drawSurface(canvas: HTMLCanvasElement, drawing: SurfaceDrawing): void {
  const { view, width, height } = drawing
  const context = canvas.getContext('2d')
  if (context === null) return
  const ratio = window.devicePixelRatio
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  const frame = frameOf(width, height, view.axes.length === 2)
  const up = upwards(drawing)
  const [across = { column: '', min: 0, max: 1 }] = view.axes
  const xOf = (value: number) => frame.left + ((value - across.min) / (across.max - across.min)) * frame.width
  const yOf = (value: number) => frame.top + frame.height - ((value - up.min) / (up.max - up.min)) * frame.height
  if (view.axes.length === 2) paintPlane(context, drawing, frame)
  drawAxes(context, drawing, frame, { across: { ...across, label: across.column }, up, xOf, yOf })
  context.save()
  context.beginPath()
  context.rect(frame.left, frame.top, frame.width, frame.height)
  context.clip()
  drawPoints(context, drawing, frame, xOf, yOf)
  if (view.axes.length === 1) drawCurves(context, drawing, xOf, yOf)
  context.restore()
}

function paintPlane(
  context: CanvasRenderingContext2D,
  { view, points, output, palette }: SurfaceDrawing,
  frame: Frame
) {
  const scale = surfaceScale(view, points, output)
  const plane = view.size < FINE ? finerPlane(view) : view
  const { size } = plane
  const image = new ImageData(planePixels(plane, paintsOf(palette), scale, output), size, size)
  const small = new OffscreenCanvas(size, size)
  small.getContext('2d')?.putImageData(image, 0, 0)
  context.imageSmoothingEnabled = true
  context.imageSmoothingQuality = 'high'
  // The middles of the outermost cells lie on the edges of the picture.
  const cell = { x: frame.width / (size - 1), y: frame.height / (size - 1) }
  context.save()
  context.beginPath()
  context.rect(frame.left, frame.top, frame.width, frame.height)
  context.clip()
  context.drawImage(small, frame.left - cell.x / 2, frame.top - cell.y / 2, frame.width + cell.x, frame.height + cell.y)
  context.restore()
}

interface Directions {
  readonly across: { readonly label: string; readonly min: number; readonly max: number }
  readonly up: { readonly label: string; readonly min: number; readonly max: number }
  readonly xOf: (value: number) => number
  readonly yOf: (value: number) => number
}

function drawAxes(
  context: CanvasRenderingContext2D,
  { view, palette }: SurfaceDrawing,
  frame: Frame,
  { across, up, xOf, yOf }: Directions
): void {
  const bottom = frame.top + frame.height
  context.font = `10.5px ${palette('--font')}`
  context.fillStyle = palette('--text-3')
  context.strokeStyle = palette('--line')
  context.lineWidth = 1
  context.textAlign = 'center'
  context.textBaseline = 'top'
  const xTicks = roundValues(across.min, across.max, niceStep(across.max - across.min, Math.max(2, frame.width / 70)))
  for (const tick of xTicks) context.fillText(formatTick(tick), xOf(tick), bottom + 5)
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  const yTicks = roundValues(up.min, up.max, niceStep(up.max - up.min, Math.max(2, frame.height / 45)))
  for (const tick of yTicks) {
    context.fillText(formatTick(tick), frame.left - 6, yOf(tick))
    if (view.axes.length === 2) continue
    context.beginPath()
    context.moveTo(frame.left, yOf(tick))
    context.lineTo(frame.left + frame.width, yOf(tick))
    context.stroke()
  }
  context.fillStyle = palette('--text-2')
  context.textAlign = 'center'
  context.textBaseline = 'bottom'
  context.fillText(across.label, frame.left + frame.width / 2, bottom + MARGIN.bottom - 2, frame.width)
  context.save()
  context.translate(frame.left - MARGIN.left + 2, frame.top + frame.height / 2)
  context.rotate(-Math.PI / 2)
  context.textBaseline = 'top'
  context.fillText(up.label, 0, 0, frame.height)
  context.restore()
}

type Place = (value: number) => number

function drawCurves(
  context: CanvasRenderingContext2D,
  { view, output, palette }: SurfaceDrawing,
  xOf: Place,
  yOf: Place
): void {
  const isClasses = view.kind === 'classes'
  const shown = isClasses ? view.outputs.map((_, k) => k) : [output]
  context.lineWidth = 2.5
  context.lineJoin = 'round'
  for (const k of shown) {
    context.strokeStyle = palette(isClasses ? classToken(k) : '--accent')
    context.beginPath()
    for (let place = 0; place < view.size; place++) {
      const [x = 0] = whereIs(view, place)
      context.lineTo(xOf(x), yOf(valuesAt(view, place)[k] ?? NaN))
    }
    context.stroke()
  }
}

/** Rows of the training are filled, those of the validation are rings. */
function drawPoints(
  context: CanvasRenderingContext2D,
  { view, points, output, palette }: SurfaceDrawing,
  frame: Frame,
  xOf: Place,
  yOf: Place
): void {
  // They are known by the first of several values alone.
  if (points === null || output > 0) return
  const { places, targets, parts } = points
  const paints = paintsOf(palette)
  const scale = scaleOf(targets)
  const isPlane = view.axes.length === 2
  const isClasses = view.kind === 'classes'
  const css = ([r, g, b]: Rgb) => `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`
  // Many rows in little room are drawn small, so that what lies under them can be seen.
  const room = Math.sqrt((frame.width * frame.height) / Math.max(1, targets.length)) / 4
  const radius = Math.max(RADIUS.least, Math.min(RADIUS.most, room))
  const outlined = radius > 2
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row] ?? NaN
    const x = xOf(places[row * view.axes.length] ?? NaN)
    const height = isPlane ? (places[2 * row + 1] ?? NaN) : isClasses ? atClass(target, view.outputs.length) : target
    const colour = isClasses
      ? palette(classToken(target))
      : isPlane
        ? css(signColour(paints, seen(toScale(target, scale))))
        : palette('--control-line')
    context.beginPath()
    context.arc(x, yOf(height), radius, 0, 2 * Math.PI)
    if (parts[row] === 1) {
      context.fillStyle = css(paints.panel)
      context.strokeStyle = colour
      context.lineWidth = outlined ? 1.6 : 1
    } else {
      context.fillStyle = colour
      context.strokeStyle = css(paints.panel)
      context.lineWidth = 1
    }
    context.fill()
    if (outlined || parts[row] === 1) context.stroke()
  }
}

/** A point of a middle value has a colour as well: it would be lost in the plane, which has none there. */
function seen(value: number): number {
  return Math.abs(value) < FAINTEST ? (value < 0 ? -FAINTEST : FAINTEST) : value
}

/** Along one axis rows stand at 1 for their class: of two at 0 and 1, of more all at 1. */
function atClass(target: number, classes: number): number {
  return classes === 2 ? target : 1
}
