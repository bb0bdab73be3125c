/** Where the lines of a small chart lie: pure geometry, drawn as SVG. */
import { formatTick, logTicks, niceStep, roundValues } from '../charts/axis'

export interface SmallLine {
  readonly label: string
  readonly x: readonly number[]
  readonly y: readonly number[]
}

export interface SmallChartInput {
  readonly lines: readonly SmallLine[]
  /** Also kept in sight. */
  readonly level: number | null
  readonly logX: boolean
  readonly logY: boolean
  readonly width: number
  readonly height: number
}

export interface SmallTick {
  readonly at: number
  readonly text: string
}

export interface SmallChartView {
  /** One path a line, in its order. */
  readonly paths: readonly string[]
  readonly xTicks: readonly SmallTick[]
  readonly yTicks: readonly SmallTick[]
  readonly level: number | null
  /** The place of a value along x. */
  readonly placeX: (value: number) => number
}

/** Values of more than this many decades are told apart on a logarithmic axis alone. */
const DECADES = 2

/** Whether lines need a logarithmic axis: all their values are above 0, and far apart. */
export function needsLog(lines: readonly Pick<SmallLine, 'y'>[]): boolean {
  const values = lines.flatMap(({ y }) => y.filter(Number.isFinite))
  const lowest = values.reduce((low, value) => Math.min(low, value), Infinity)
  const highest = values.reduce((high, value) => Math.max(high, value), 0)
  return lowest > 0 && highest / lowest > 10 ** DECADES
}

/** Null where nothing can be drawn. */
export function smallChart({ lines, level, logX, logY, width, height }: SmallChartInput): SmallChartView | null {
  const usable = (value: number, logarithmic: boolean): boolean => Number.isFinite(value) && (!logarithmic || value > 0)
  const points = lines.map(({ x, y }) =>
    x.flatMap((at, index): (readonly [number, number])[] => {
      const value = y[index] ?? Number.NaN
      return usable(at, logX) && usable(value, logY) ? [[at, value]] : []
    })
  )
  const all = points.flat()
  if (all.length === 0) return null
  const shownLevel = level !== null && usable(level, logY) ? level : null
  const xs = scale(
    all.map(([x]) => x),
    logX,
    width
  )
  const ys = scale([...all.map(([, y]) => y), ...(shownLevel === null ? [] : [shownLevel])], logY, height)
  const placeY = (value: number): number => height - ys.place(value)
  const text = (at: readonly (readonly [number, number])[]): string =>
    at.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${xs.place(x).toFixed(1)} ${placeY(y).toFixed(1)}`).join('')
  return {
    paths: points.map(text),
    xTicks: xs.ticks.map((value) => ({ at: xs.place(value), text: formatTick(value) })),
    yTicks: ys.ticks.map((value) => ({ at: placeY(value), text: formatTick(value) })),
    level: shownLevel === null ? null : placeY(shownLevel),
    placeX: xs.place
  }
}

interface Scale {
  readonly place: (value: number) => number
  readonly ticks: readonly number[]
}

function scale(values: readonly number[], logarithmic: boolean, size: number): Scale {
  const lowest = values.reduce((low, value) => Math.min(low, value), Infinity)
  const highest = values.reduce((high, value) => Math.max(high, value), -Infinity)
  if (logarithmic) {
    const [low, high] = highest > lowest ? [lowest, highest] : [lowest / 2, highest * 2]
    const whole = Math.log(high / low)
    return { place: (value) => (size * Math.log(value / low)) / whole, ticks: thinned(logTicks(low, high)) }
  }
  const [low, high] = highest > lowest ? [lowest, highest] : [lowest - 0.5, highest + 0.5]
  return {
    place: (value) => (size * (value - low)) / (high - low),
    ticks: roundValues(low, high, niceStep(high - low, size < 100 ? 3 : 4))
  }
}

/** A small chart has room for few labels. */
function thinned(ticks: readonly number[]): number[] {
  const every = Math.ceil(ticks.length / 6)
  return ticks.filter((_, index) => index % every === 0)
}
