/** What a layer makes of one row, as small pictures. */
import type { ActivationsView } from '../../../shared/run-views'
import { largestSize, signMaps, type Maps } from './maps'

type Layer = ActivationsView['layers'][number]

/** Units of one dimension in a line. */
const UNITS_ACROSS = 64

/** Channels [C, H, W] or [C, L] each as a picture or a line, units [F] as squares; by the largest size of the layer. */
export function layerMaps({ shape, values }: Layer): Maps {
  const largest = largestSize(values)
  const [channels = 1, ...plane] = shape
  const [height, width] = plane.length >= 2 ? [plane[0] ?? 1, sizeOf(plane.slice(1))] : [1, plane[0] ?? 1]
  if (plane.length >= 2) return signMaps(values, values.length / (height * width), [height, width], largest)
  // A line for each channel, all in one picture.
  if (plane.length === 1) return signMaps(values, 1, [values.length / width, width], largest)
  const across = Math.min(UNITS_ACROSS, values.length)
  const lines = Math.ceil(values.length / across)
  return { ...signMaps(values, 1, [lines, across], largest), count: channels > 0 ? 1 : 0 }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** "16 × 14 × 14, the first 8 channels"; "64". */
export function shapeText({ shape, values }: Layer): string {
  const [channels = 1, ...plane] = shape
  const shown = values.length / sizeOf(plane)
  const told = shape.join(' × ')
  if (shown >= channels) return told
  return `${told}, the first ${shown}${plane.length > 0 ? ' channels' : ''}`
}

/** Height in px that the pictures of a layer are given. */
export function roomFor(maps: Maps): number {
  if (maps.count > 1) return maps.height * maps.count > 200 ? 96 : 64
  return Math.max(12, Math.min(72, maps.height * 12))
}
