/** What the colours and points of a surface stand for, as its legend says it and as it is written into its picture file. */
import type { Token } from '../charts/chart'
import { readPalette, mixed } from '../charts/theme'
import type { SurfacePointsView, SurfaceView } from '../../../shared/run-views'
import { formatNumber } from '../state/format'
import { classToken } from './colour'
import { pngOf } from './png'
import { surfaceScale, VALUE_STRENGTH } from './surface'

/** Classes that are named: of more the picture tells by the pointer. */
const MOST = 10

export interface SurfaceKey {
  readonly areas: readonly { readonly label: string; readonly colour: Token }[]
  /** Classes that are not named. */
  readonly unnamed: number
  /** Ends of the colours of a value over a plane. */
  readonly ramp: { readonly label: string; readonly from: string; readonly to: string } | null
  readonly points: readonly { readonly label: string; readonly hollow: boolean }[]
}

/** @param output which of several values */
export function surfaceKey(view: SurfaceView, points: SurfacePointsView | null, output: number): SurfaceKey {
  const isClasses = view.kind === 'classes'
  const named = isClasses ? view.outputs.slice(0, MOST) : []
  const { middle, half } = surfaceScale(view, points, output)
  // Points are those of the first value.
  const parts = output === 0 ? (points?.parts ?? new Uint8Array()) : new Uint8Array()
  return {
    areas: named.map((label, k) => ({ label, colour: classToken(k) })),
    unnamed: isClasses ? view.outputs.length - named.length : 0,
    ramp:
      isClasses || view.axes.length !== 2
        ? null
        : { label: view.outputs[output] ?? '', from: formatNumber(middle - half), to: formatNumber(middle + half) },
    points: [
      ...(parts.includes(0) ? [{ label: 'training', hollow: false }] : []),
      ...(parts.includes(1) ? [{ label: 'validation', hollow: true }] : [])
    ]
  }
}

/** In CSS pixels. */
const [PAD, LINE, TEXT, SWATCH, GAP] = [12, 20, 12, 12, 14]
const RAMP = 72

/** The picture as it is drawn, with its title above and its key below. @throws Error when it is not drawn now */
export function surfacePng(picture: HTMLCanvasElement | undefined, title: string, key: SurfaceKey): Promise<Blob> {
  if (picture === undefined) return pngOf(picture)
  const ratio = window.devicePixelRatio
  const palette = readPalette()
  const font = getComputedStyle(document.body).fontFamily
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d')
  if (context === null) return pngOf(undefined)
  const width = picture.width / ratio + 2 * PAD
  const measure = (text: string): number => {
    context.font = `${TEXT}px ${font}`
    return context.measureText(text).width
  }
  const placed = wrapped(entriesOf(key, measure), width - 2 * PAD)
  const lines = (placed.at(-1)?.line ?? -1) + 1
  const top = PAD + LINE + 4
  const height = top + picture.height / ratio + lines * LINE + PAD
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.fillStyle = palette('--panel')
  context.fillRect(0, 0, width, height)
  context.textBaseline = 'middle'
  context.fillStyle = palette('--text')
  context.font = `600 ${TEXT + 1}px ${font}`
  context.fillText(title, PAD, PAD + LINE / 2)
  context.drawImage(picture, PAD, top, picture.width / ratio, picture.height / ratio)
  context.font = `${TEXT}px ${font}`
  for (const { x, line, draw } of placed) {
    draw(context, PAD + x, top + picture.height / ratio + (line + 0.5) * LINE, palette)
  }
  return pngOf(canvas)
}

interface Entry {
  readonly width: number
  /** @param x its left @param y its middle */
  readonly draw: (context: CanvasRenderingContext2D, x: number, y: number, palette: (token: Token) => string) => void
}

function entriesOf({ areas, unnamed, ramp, points }: SurfaceKey, measure: (text: string) => number): Entry[] {
  const words = (text: string, from: number): Entry => ({
    width: from + measure(text),
    draw: (context, x, y, palette) => {
      context.fillStyle = palette('--text-2')
      context.fillText(text, x + from, y)
    }
  })
  const swatched = (text: string, swatch: Entry['draw']): Entry => {
    const label = words(text, SWATCH + 6)
    return {
      width: label.width,
      draw: (context, x, y, palette) => {
        swatch(context, x, y, palette)
        label.draw(context, x, y, palette)
      }
    }
  }
  return [
    ...areas.map(({ label, colour }) =>
      swatched(label, (context, x, y, palette) => {
        context.fillStyle = palette(colour)
        context.fillRect(x, y - SWATCH / 2, SWATCH, SWATCH)
      })
    ),
    ...(unnamed > 0 ? [words(`and ${unnamed} more`, 0)] : []),
    ...(ramp === null ? [] : [rampEntry(ramp, measure)]),
    ...points.map(({ label, hollow }) =>
      swatched(label, (context, x, y, palette) => {
        context.beginPath()
        context.arc(x + SWATCH / 2, y, 3.5, 0, 2 * Math.PI)
        context.fillStyle = context.strokeStyle = palette('--text-2')
        if (hollow) context.stroke()
        else context.fill()
      })
    )
  ]
}

function rampEntry({ label, from, to }: NonNullable<SurfaceKey['ramp']>, measure: (text: string) => number): Entry {
  const start = `${label}  ${from}`
  const before = measure(start) + 6
  return {
    width: before + RAMP + 6 + measure(to),
    draw: (context, x, y, palette) => {
      context.fillStyle = palette('--text-2')
      context.fillText(start, x, y)
      context.fillText(to, x + before + RAMP + 6, y)
      const colours = context.createLinearGradient(x + before, 0, x + before + RAMP, 0)
      colours.addColorStop(0, mixed(palette('--negative'), 100 * VALUE_STRENGTH))
      colours.addColorStop(0.5, palette('--panel'))
      colours.addColorStop(1, mixed(palette('--positive'), 100 * VALUE_STRENGTH))
      context.fillStyle = colours
      context.fillRect(x + before, y - 5, RAMP, 10)
    }
  }
}

/** Entries one beside the other, and on a new line where there is no more room. */
export function wrapped<Each extends { readonly width: number }>(
  entries: readonly Each[],
  room: number
): (Each & { readonly x: number; readonly line: number })[] {
  let [x, line] = [0, 0]
  return entries.map((entry) => {
    if (x > 0 && x + entry.width > room) [x, line] = [0, line + 1]
    const placed = { ...entry, x, line }
    x += entry.width + GAP
    return placed
  })
}
