/** A landscape from the side: a surface that can be turned, drawn from the back to the front. It needs no graphics card. */
import { bandColours, bandOf, css, drawPath, prepared, type LandscapeDrawing, type Room } from './drawing'
import { along, between } from './grid'
import { mix } from '../../pictures/colour'

/** Where the eye is, in radians: around the surface, and above it (0 to π/2). */
export interface Orbit {
  readonly yaw: number
  readonly pitch: number
  readonly zoom: number
}

export const START_ORBIT: Orbit = { yaw: -0.6, pitch: 0.9, zoom: 1 }

/** Height of the surface; its sides are 2. */
const TALL = 1.1

export function turned({ yaw, pitch, zoom }: Orbit, by: Partial<Orbit>): Orbit {
  return {
    yaw: yaw + (by.yaw ?? 0),
    pitch: Math.max(0.08, Math.min(Math.PI / 2, pitch + (by.pitch ?? 0))),
    zoom: Math.max(0.5, Math.min(3, zoom * (by.zoom ?? 1)))
  }
}

/** From the plane, −1 to 1 each way and 0 to 1 upwards, to the screen, y downwards, around 0; and how near it is. */
export function projected(
  { yaw, pitch }: Orbit,
  x: number,
  y: number,
  z: number
): readonly [x: number, y: number, near: number] {
  const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)]
  const across = x * cos - y * sin
  const away = x * sin + y * cos
  const up = (z - 0.5) * TALL
  return [across, -(away * Math.sin(pitch) + up * Math.cos(pitch)), -away * Math.cos(pitch) + up * Math.sin(pitch)]
}

export function drawRelief(canvas: HTMLCanvasElement, drawing: LandscapeDrawing, room: Room, orbit: Orbit): void {
  const context = prepared(canvas, room)
  if (context === null) return
  const { size, shares, ground } = drawing
  const { width, height, palette } = room
  const scale = Math.min(width / 3, height / 2.75) * orbit.zoom
  const onScreen = (x: number, y: number, z: number): readonly [number, number] => {
    const [px, py] = projected(orbit, x, y, z)
    return [width / 2 + px * scale, height / 2 + py * scale]
  }
  const side = (place: number) => (2 * place) / (size - 1) - 1
  drawFloor(context, room, onScreen)
  const { bands, none } = bandColours(palette)
  const points = Array.from({ length: size * size }, (_, place) => {
    const share = shares[place] ?? NaN
    return onScreen(side(place % size), side(Math.floor(place / size)), Number.isNaN(share) ? 1 : share)
  })
  // From the back to the front, along both axes.
  const order = (isFar: boolean) => Array.from({ length: size - 1 }, (_, i) => (isFar ? size - 2 - i : i))
  const columns = order(Math.sin(orbit.yaw) > 0)
  const rows = order(Math.cos(orbit.yaw) > 0)
  context.lineWidth = 0.7
  context.lineJoin = 'round'
  for (const row of rows) {
    for (const column of columns) {
      const corners = [
        row * size + column,
        row * size + column + 1,
        (row + 1) * size + column + 1,
        (row + 1) * size + column
      ]
      const heights = corners.map((corner) => shares[corner] ?? NaN)
      const mean = heights.reduce((sum, each) => sum + each, 0) / 4
      const [a = 0, b = 0, d = 0, e = 0] = heights
      // Slopes that face left and back are in the shade.
      const slope = (((b - a + d - e) / 2 + (a - e + b - d) / 2) * (size - 1)) / 6
      const flat = Number.isNaN(mean) ? none : (bands[bandOf(mean)] ?? none)
      const colour = css(mix(flat, [0, 0, 0], 0.1 + 0.1 * Math.tanh(Number.isNaN(slope) ? 0 : slope)))
      context.fillStyle = colour
      context.strokeStyle = colour
      context.beginPath()
      for (const corner of corners) {
        const [x, y] = points[corner] ?? [0, 0]
        context.lineTo(x, y)
      }
      context.closePath()
      context.fill()
      context.stroke()
    }
  }
  const place = (alpha: number, beta: number): readonly [number, number] => {
    const [x, y] = [along(ground.alphas, alpha), along(ground.betas, beta)]
    const inside = (value: number) => Math.max(0, Math.min(size - 1, value))
    const share = between(shares, size, inside(x), inside(y))
    return onScreen(side(inside(x)), side(inside(y)), Number.isNaN(share) ? 1 : share)
  }
  drawPath(context, drawing, palette, place, [3, room.width - 3])
}

function drawFloor(
  context: CanvasRenderingContext2D,
  { palette }: Room,
  onScreen: (x: number, y: number, z: number) => readonly [number, number]
): void {
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1]
  ] as const
  context.strokeStyle = palette('--line-strong')
  context.lineWidth = 1
  context.beginPath()
  for (const [x, y] of corners) context.lineTo(...onScreen(x, y, 0))
  context.closePath()
  context.stroke()
  context.font = `11px ${palette('--font')}`
  context.fillStyle = palette('--text-2')
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (const [text, x, y] of [
    ['α', 0, -1.14],
    ['β', 1.14, 0]
  ] as const)
    context.fillText(text, ...onScreen(x, y, 0))
}
