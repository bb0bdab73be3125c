/** A landscape from above: bands of colour with lines between them, and the path of the run. */
import { formatTick, niceStep, roundValues } from '../../charts/axis'
import { frameOf, type Frame } from '../../pictures/drawSurface'
import { bandColours, bandOf, drawPath, prepared, type LandscapeDrawing, type Room } from './drawing'
import { along, BANDS, between, contour } from './grid'

/** Pixels on a side of the painted plane, at most. */
const FINE = 320

export function drawContour(canvas: HTMLCanvasElement, drawing: LandscapeDrawing, room: Room): void {
  const context = prepared(canvas, room)
  if (context === null) return
  const { ground, size, shares } = drawing
  const { palette } = room
  const frame = frameOf(room.width, room.height, true)
  paintBands(context, drawing, room, frame)
  const xOf = (column: number) => frame.left + (column / (size - 1)) * frame.width
  const yOf = (row: number) => frame.top + frame.height - (row / (size - 1)) * frame.height
  context.save()
  context.beginPath()
  context.rect(frame.left, frame.top, frame.width, frame.height)
  context.clip()
  context.lineWidth = 0.8
  context.strokeStyle = `color-mix(in srgb, ${palette('--text')} 32%, transparent)`
  context.beginPath()
  for (let band = 1; band < BANDS; band++) {
    for (const [x0, y0, x1, y1] of contour(shares, size, band / BANDS)) {
      context.moveTo(xOf(x0), yOf(y0))
      context.lineTo(xOf(x1), yOf(y1))
    }
  }
  context.stroke()
  drawPath(
    context,
    drawing,
    palette,
    (alpha, beta) => [xOf(along(ground.alphas, alpha)), yOf(along(ground.betas, beta))],
    [frame.left + 3, frame.left + frame.width - 3]
  )
  context.restore()
  drawAxes(context, drawing, room, frame)
}

function paintBands(
  context: CanvasRenderingContext2D,
  { size, shares }: LandscapeDrawing,
  { palette }: Room,
  frame: Frame
): void {
  const { bands, none } = bandColours(palette)
  const side = Math.min(FINE, Math.ceil(frame.width))
  const pixels = new Uint8ClampedArray(4 * side * side)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const share = between(shares, size, (x / (side - 1)) * (size - 1), (1 - y / (side - 1)) * (size - 1))
      const [r, g, b] = Number.isNaN(share) ? none : (bands[bandOf(share)] ?? none)
      const at = 4 * (y * side + x)
      pixels[at] = r
      pixels[at + 1] = g
      pixels[at + 2] = b
      pixels[at + 3] = 255
    }
  }
  const small = new OffscreenCanvas(side, side)
  small.getContext('2d')?.putImageData(new ImageData(pixels, side, side), 0, 0)
  context.imageSmoothingEnabled = true
  context.drawImage(small, frame.left, frame.top, frame.width, frame.height)
}

function drawAxes(
  context: CanvasRenderingContext2D,
  { ground }: LandscapeDrawing,
  { palette }: Room,
  { left, top, width, height }: Frame
): void {
  const bottom = top + height
  context.font = `10.5px ${palette('--font')}`
  context.fillStyle = palette('--text-3')
  context.strokeStyle = palette('--line-strong')
  context.lineWidth = 1
  context.strokeRect(left, top, width, height)
  const ticks = (axis: Float64Array, room: number) => {
    const [low = 0, high = 1] = [axis[0], axis.at(-1)]
    return roundValues(low, high, niceStep(high - low, Math.max(2, room / 60)))
  }
  const share = (axis: Float64Array, value: number) => along(axis, value) / (axis.length - 1)
  context.textAlign = 'center'
  context.textBaseline = 'top'
  for (const tick of ticks(ground.alphas, width))
    context.fillText(formatTick(tick), left + share(ground.alphas, tick) * width, bottom + 5)
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (const tick of ticks(ground.betas, height))
    context.fillText(formatTick(tick), left - 6, bottom - share(ground.betas, tick) * height)
  context.fillStyle = palette('--text-2')
  context.textAlign = 'center'
  context.textBaseline = 'bottom'
  context.fillText('α', left + width / 2, bottom + 31)
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  context.fillText('β', left - 44, top + height / 2)
}
