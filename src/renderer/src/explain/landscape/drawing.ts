/** What both pictures of a landscape share: colours, path, marks. */
import type { Palette } from '../../charts/theme'
import type { LandscapeGround } from '../../../../shared/landscape-views'
import { mix, parseColour, type Rgb } from '../../pictures/colour'
import { BANDS } from './grid'

export interface LandscapeDrawing {
  readonly ground: LandscapeGround
  readonly size: number
  /** Places on the colour scale, 0 to 1, NaN where there is no loss: [size, size]. */
  readonly shares: Float64Array
  /** Of the lowest loss; −1 where there is none. */
  readonly lowest: number
}

export interface Room {
  readonly width: number
  readonly height: number
  readonly palette: Palette
}

export interface LandscapePaints {
  readonly bands: readonly Rgb[]
  /** Where the loss is no number. */
  readonly none: Rgb
}

/** Valleys have the full colour, heights none. */
export function bandColours(palette: Palette): LandscapePaints {
  const panel = parseColour(palette('--panel'))
  const deep = mix(panel, parseColour(palette('--accent')), 0.92)
  const high = mix(panel, parseColour(palette('--text-3')), 0.2)
  return {
    bands: Array.from({ length: BANDS }, (_, k) => mix(deep, high, (k / (BANDS - 1)) ** 0.8)),
    none: mix(panel, parseColour(palette('--error')), 0.3)
  }
}

export function bandOf(share: number): number {
  return Math.max(0, Math.min(BANDS - 1, Math.floor(share * BANDS)))
}

export function css([r, g, b]: Rgb): string {
  return `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`
}

/** Sharp on every screen; null where there is no context. */
export function prepared(canvas: HTMLCanvasElement, { width, height }: Room): CanvasRenderingContext2D | null {
  const context = canvas.getContext('2d')
  if (context === null) return null
  const ratio = window.devicePixelRatio
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}

/**
 * The path with its moments, where it began, where the weights are, and the lowest loss.
 * @param at px of a place on the plane @param sides px from and to which there is room for words
 */
export function drawPath(
  context: CanvasRenderingContext2D,
  { ground, size, lowest }: LandscapeDrawing,
  palette: Palette,
  at: (alpha: number, beta: number) => readonly [x: number, y: number],
  sides: Sides
): void {
  const points = ground.path.map(({ alpha, beta }) => at(alpha, beta))
  const [ink, panel] = [palette('--text'), palette('--panel')]
  context.lineJoin = 'round'
  for (const [width, colour] of [
    [4, panel],
    [1.8, ink]
  ] as const) {
    context.lineWidth = width
    context.strokeStyle = colour
    context.beginPath()
    for (const [x, y] of points) context.lineTo(x, y)
    context.stroke()
  }
  context.lineWidth = 1
  for (const [x, y] of points.slice(1)) dot(context, x, y, 2.4, ink, panel)
  const [start] = points
  if (start !== undefined) {
    context.lineWidth = 2
    dot(context, ...start, 5, panel, ink)
    label(context, 'start', start, palette, { isLeft: start[0] < at(0, 0)[0], sides })
  }
  const [middleX, middleY] = at(0, 0)
  context.lineWidth = 2
  dot(context, middleX, middleY, 5, ink, panel)
  if (lowest < 0) return
  const [x, y] = at(ground.alphas[lowest % size] ?? 0, ground.betas[Math.floor(lowest / size)] ?? 0)
  const isNear = Math.hypot(x - middleX, y - middleY) < 12
  context.lineCap = 'round'
  for (const [width, colour] of [
    [5, panel],
    [2.4, palette('--validation')]
  ] as const) {
    context.lineWidth = width
    context.strokeStyle = colour
    context.beginPath()
    for (const [dx, dy] of [
      [6, 6],
      [6, -6]
    ] as const) {
      context.moveTo(x - dx, y - dy)
      context.lineTo(x + dx, y + dy)
    }
    context.stroke()
  }
  if (!isNear) label(context, 'lowest', [x, y], palette, { isLeft: x < middleX, sides })
}

function dot(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  fill: string,
  stroke: string
): void {
  context.fillStyle = fill
  context.strokeStyle = stroke
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
  context.stroke()
}

type Sides = readonly [from: number, to: number]

const LABEL_GAP_PX = 11
const LABEL_ABOVE_PX = 16

/**
 * Where the words for a place begin: on the wanted side of it, or above it where they would be cut off.
 * @param width of the words, in px
 */
export function labelPlace(
  [x, y]: readonly [number, number],
  width: number,
  { isLeft, sides: [from, to] }: { readonly isLeft: boolean; readonly sides: Sides }
): readonly [x: number, y: number] {
  const beside = isLeft ? x - LABEL_GAP_PX - width : x + LABEL_GAP_PX
  if (beside >= from && beside + width <= to) return [beside, y]
  return [Math.max(from, Math.min(to - width, x - width / 2)), y - LABEL_ABOVE_PX]
}

/** @param side of the place */
function label(
  context: CanvasRenderingContext2D,
  text: string,
  at: readonly [number, number],
  palette: Palette,
  side: { readonly isLeft: boolean; readonly sides: Sides }
): void {
  context.font = `600 11px ${palette('--font')}`
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  context.lineWidth = 3.5
  context.lineJoin = 'round'
  context.strokeStyle = palette('--panel')
  const [x, y] = labelPlace(at, context.measureText(text).width, side)
  context.strokeText(text, x, y)
  context.fillStyle = palette('--text')
  context.fillText(text, x, y)
}
