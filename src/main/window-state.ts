/** Size and place of the window, kept from one start to the next. Pure but for reading and writing the file. */
import * as v from 'valibot'
import { readJsonFile, writeJsonFile } from './json-file'

export const MIN_WIDTH = 900
export const MIN_HEIGHT = 600
const DEFAULT_WIDTH = 1440
const DEFAULT_HEIGHT = 900
/** A title bar narrower than this on every screen cannot be caught with the mouse. */
const MIN_VISIBLE = 100

const whole = v.pipe(v.number(), v.safeInteger())
const stateSchema = v.strictObject({
  formatVersion: v.literal(1),
  x: whole,
  y: whole,
  width: whole,
  height: whole,
  maximized: v.boolean()
})

export type WindowState = Omit<v.InferOutput<typeof stateSchema>, 'formatVersion'>

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Bounds for a new window; without `x` and `y` the system chooses the place. */
export interface StartBounds {
  readonly width: number
  readonly height: number
  readonly x?: number
  readonly y?: number
}

/**
 * Where a window starts: as it was left when that place is still on a screen, else the default size, never
 * larger than the first screen and never smaller than the least size.
 * @param screens work areas, the main screen first
 */
export function startBounds(state: WindowState | null, screens: readonly Rectangle[]): StartBounds {
  const main = screens[0]
  if (state === null || !screens.some((screen) => isReachable(state, screen))) {
    return {
      width: Math.max(MIN_WIDTH, Math.min(DEFAULT_WIDTH, main?.width ?? DEFAULT_WIDTH)),
      height: Math.max(MIN_HEIGHT, Math.min(DEFAULT_HEIGHT, main?.height ?? DEFAULT_HEIGHT))
    }
  }
  const { x, y, width, height } = state
  return { x, y, width: Math.max(MIN_WIDTH, width), height: Math.max(MIN_HEIGHT, height) }
}

function isReachable(window: Rectangle, screen: Rectangle): boolean {
  const visible = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x)
  return visible >= MIN_VISIBLE && window.y >= screen.y && window.y <= screen.y + screen.height - MIN_VISIBLE
}

export function readWindowState(file: string): Promise<WindowState | null> {
  return readJsonFile(file, stateSchema)
}

export function writeWindowState(file: string, state: WindowState): Promise<void> {
  return writeJsonFile(file, { formatVersion: 1, ...state })
}
