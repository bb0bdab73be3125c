/** Draws a surface as a map, with its minima, the start and each lane's trail. */
import type { Place, SurfaceSpec } from '../../../../engine/catalog'
import { formatTick, niceStep, roundValues } from '../../charts/axis'
import type { Token } from '../../charts/chart'
import type { Palette } from '../../charts/theme'
import { mix, parseColour, type Rgb } from '../../pictures/colour'
import { mapPixels } from './contour'

export interface Trail {
  /** What stands in its point. */
  readonly mark: string
  readonly colour: Token
  readonly places: readonly Place[]
  /** It no longer moves. */
  readonly resting: boolean
  readonly diverged: boolean
}

export interface MapDrawing {
  readonly surface: SurfaceSpec
  readonly grid: Float64Array
  readonly start: Place
  readonly trails: readonly Trail[]
  readonly palette: Palette
  readonly width: number
  readonly height: number
}

const MARGIN = { left: 40, top: 6, right: 8, bottom: 24 }
const HEAD = 8.5

export interface MapFrame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export function mapFrame(width: number, height: number): MapFrame {
  return {
    left: MARGIN.left,
    top: MARGIN.top,
    width: Math.max(1, width - MARGIN.left - MARGIN.right),
    height: Math.max(1, height - MARGIN.top - MARGIN.bottom)
  }
}

/** The place that is shown at a point of the drawing, within the map; in as many digits as a px can tell. */
export function placeAt({ domain }: SurfaceSpec, frame: MapFrame, at: { x: number; y: number }): Place {
  const within = (share: number, [from, to]: readonly [number, number], px: number) => {
    const digits = Math.max(0, Math.ceil(-Math.log10((to - from) / px)))
    return Number((from + Math.min(1, Math.max(0, share)) * (to - from)).toFixed(digits))
  }
  return [
    within((at.x - frame.left) / frame.width, domain.x, frame.width),
    within(1 - (at.y - frame.top) / frame.height, domain.y, frame.height)
  ]
}

/** The map itself changes with surface, size and theme alone: it is kept until then. */
export class MapPainter {
  private key = ''
  private grid: Float64Array | null = null
  private map: OffscreenCanvas | null = null

  draw(canvas: HTMLCanvasElement, drawing: MapDrawing): void {
    const { surface, width, height, palette, start } = drawing
    const context = canvas.getContext('2d')
    if (context === null) return
    const ratio = window.devicePixelRatio
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const frame = mapFrame(width, height)
    const map = this.mapOf(drawing, frame, ratio)
    context.drawImage(map, frame.left, frame.top, frame.width, frame.height)
    const { x, y } = surface.domain
    const xOf = (value: number) => frame.left + ((value - x[0]) / (x[1] - x[0])) * frame.width
    const yOf = (value: number) => frame.top + frame.height - ((value - y[0]) / (y[1] - y[0])) * frame.height
    drawAxes(context, drawing, frame, xOf, yOf)
    context.save()
    context.beginPath()
    context.rect(frame.left, frame.top, frame.width, frame.height)
    context.clip()
    for (const { at, isGlobal } of surface.minima) drawMinimum(context, palette, xOf(at[0]), yOf(at[1]), isGlobal)
    const panel = palette('--panel')
    context.strokeStyle = palette('--text')
    context.lineWidth = 2
    context.beginPath()
    context.arc(xOf(start[0]), yOf(start[1]), 5, 0, 2 * Math.PI)
    context.stroke()
    for (const trail of drawing.trails) drawTrail(context, trail, palette(trail.colour), panel, xOf, yOf)
    const taken: { x: number; y: number }[] = []
    for (const trail of drawing.trails) {
      const head = headOf(trail, xOf, yOf)
      if (head === null) continue
      // Those that rest in one place stand beside each other there, so that each is seen.
      if (trail.resting) {
        while (taken.some(({ x, y }) => Math.hypot(x - head.x, y - head.y) < HEAD)) head.x += 2 * HEAD - 1
        taken.push(head)
      }
      drawHead(context, trail, palette, head)
    }
    context.restore()
  }

  private mapOf({ grid, palette }: MapDrawing, frame: MapFrame, ratio: number): OffscreenCanvas {
    const [width, height] = [
      Math.max(2, Math.round(frame.width * ratio)),
      Math.max(2, Math.round(frame.height * ratio))
    ]
    const key = [width, height, palette('--panel'), palette('--line-strong')].join(' ')
    if (this.map !== null && this.grid === grid && this.key === key) return this.map
    const [low, high] = ramp(palette)
    const line = parseColour(palette('--text-3'))
    const map = new OffscreenCanvas(width, height)
    const pixels = mapPixels({ grid, width, height, ratio, low, high, line })
    map.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0)
    this.key = key
    this.grid = grid
    return (this.map = map)
  }
}

/** Low places are dark and high ones light, in both themes; a touch of the accent below. */
function ramp(palette: Palette): readonly [Rgb, Rgb] {
  const ends = [parseColour(palette('--bg')), parseColour(palette('--line-strong'))]
  const [dark = [0, 0, 0] as const, light = [255, 255, 255] as const] = ends.sort((a, b) => a[1] - b[1])
  return [mix(dark, parseColour(palette('--accent')), 0.16), light]
}

type Along = (value: number) => number

function drawAxes(
  context: CanvasRenderingContext2D,
  { surface, palette }: MapDrawing,
  frame: MapFrame,
  xOf: Along,
  yOf: Along
): void {
  const { x, y } = surface.domain
  context.font = `10.5px ${palette('--font')}`
  context.fillStyle = palette('--text-3')
  context.textAlign = 'center'
  context.textBaseline = 'top'
  const bottom = frame.top + frame.height
  for (const tick of roundValues(x[0], x[1], niceStep(x[1] - x[0], Math.max(2, frame.width / 70)))) {
    const at = Math.min(xOf(tick), frame.left + frame.width - 8)
    context.fillText(formatTick(tick), at, bottom + 6)
  }
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (const tick of roundValues(y[0], y[1], niceStep(y[1] - y[0], Math.max(2, frame.height / 50)))) {
    context.fillText(formatTick(tick), frame.left - 6, Math.max(yOf(tick), frame.top + 5))
  }
  context.font = `italic 12px ${palette('--font')}`
  context.fillStyle = palette('--text-2')
  context.textAlign = 'left'
  context.fillText('y', 4, frame.top + frame.height / 2)
  context.textBaseline = 'top'
  context.fillText('x', frame.left + frame.width / 2 + 24, bottom + 5)
}

/** A cross at the lowest ones, a diamond at the others. */
function drawMinimum(
  context: CanvasRenderingContext2D,
  palette: Palette,
  x: number,
  y: number,
  isGlobal: boolean
): void {
  const size = isGlobal ? 6 : 6.5
  const stroke = (): void => {
    context.beginPath()
    if (isGlobal) {
      context.moveTo(x - size, y - size)
      context.lineTo(x + size, y + size)
      context.moveTo(x - size, y + size)
      context.lineTo(x + size, y - size)
    } else {
      context.moveTo(x, y - size)
      context.lineTo(x + size, y)
      context.lineTo(x, y + size)
      context.lineTo(x - size, y)
      context.closePath()
    }
    context.stroke()
  }
  context.lineCap = 'round'
  context.strokeStyle = palette('--panel')
  context.lineWidth = 5
  stroke()
  context.strokeStyle = palette('--text')
  context.lineWidth = 2
  stroke()
}

function drawTrail(
  context: CanvasRenderingContext2D,
  { places }: Trail,
  colour: string,
  halo: string,
  xOf: Along,
  yOf: Along
): void {
  context.beginPath()
  for (const [x, y] of places) context.lineTo(xOf(x), yOf(y))
  context.lineJoin = 'round'
  context.globalAlpha = 0.55
  context.strokeStyle = halo
  context.lineWidth = 4
  context.stroke()
  context.globalAlpha = 1
  context.strokeStyle = colour
  context.lineWidth = 2
  context.stroke()
}

/** Where a lane's point is drawn; null at the start, where all points would hide the ring and one another. */
function headOf({ places }: Trail, xOf: Along, yOf: Along): { x: number; y: number } | null {
  const last = places.length < 2 ? undefined : places.at(-1)
  return last === undefined ? null : { x: xOf(last[0]), y: yOf(last[1]) }
}

function drawHead(
  context: CanvasRenderingContext2D,
  { mark, colour, diverged }: Trail,
  palette: Palette,
  { x, y }: { readonly x: number; readonly y: number }
): void {
  context.beginPath()
  context.arc(x, y, HEAD, 0, 2 * Math.PI)
  context.fillStyle = diverged ? palette('--panel') : palette(colour)
  context.strokeStyle = diverged ? palette('--error') : palette('--panel')
  context.lineWidth = 1.5
  context.fill()
  context.stroke()
  context.fillStyle = diverged ? palette('--error') : palette('--panel')
  context.font = `650 10.5px ${palette('--font')}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(mark, x, y + 0.5)
}
