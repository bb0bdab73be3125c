/** What stands under the pointer: of each line the value nearest along the measure, and which line is nearest. */
import type { StepSeries } from '../../../shared/run-views'
import { projection } from './annotations'
import type { ChartSpec, Token } from './chart'
import type { Curve } from './curve'
import type { Area } from './labels'
import { overlaidLook } from './lines'
import { stepsAlong, type Measure } from './measure'
import { placesOf, type Scene } from './scene'
import { nearestIndex } from './thinning'

export interface HoverLine {
  readonly label: string
  readonly colour: Token
  readonly dash: readonly number[]
  readonly raw: number
  readonly smooth: number
  readonly epoch: number
  readonly nearest: boolean
}

export interface Hover {
  /** Where, in px from the left and the top of the canvas. */
  readonly left: number
  readonly top: number
  /** In the right half, where a label should stand to the left of the pointer. */
  readonly inRightHalf: boolean
  readonly epoch: number | null
  /** Along the measure. */
  readonly place: number
  readonly lines: readonly HoverLine[]
  readonly step: { readonly step: number; readonly value: number; readonly place: number } | null
}

export interface HoverContext {
  readonly scene: Scene
  readonly area: Area
  readonly spec: ChartSpec
  readonly measure: Measure
  readonly curves: readonly Curve[]
  readonly steps: StepSeries
  readonly overlays: readonly { readonly title: string; readonly colour: Token; readonly curves: readonly Curve[] }[]
}

/** Px beyond the lines' area where the pointer still counts. */
const SLACK = 8

export function hoverAt(pointer: { readonly x: number; readonly y: number }, context: HoverContext): Hover | null {
  const { scene, area, spec, steps, measure } = context
  if (pointer.x < area.left - SLACK || pointer.x > area.right + SLACK) return null
  const back = projection(scene.x, area.left, area.right)
  const at = valueAt(scene, (pointer.x - area.left) / (area.right - area.left))
  const toY = projection(scene.y, area.bottom, area.top)
  const found = linesAt(context, at)
  const distances = found.map(({ smooth }) => Math.abs(toY(smooth) - pointer.y))
  const nearest = distances.indexOf(Math.min(...distances.filter(Number.isFinite)))
  const stepIndex = spec.steps === undefined ? -1 : nearestIndex(stepsAlong(steps, measure), at)
  const [first] = found
  if (first === undefined && stepIndex < 0) return null
  const place = first?.place ?? stepsAlong(steps, measure)[stepIndex] ?? 0
  const left = Math.min(area.right, Math.max(area.left, back(place)))
  return {
    left: Number.isFinite(left) ? left : pointer.x,
    top: pointer.y,
    inRightHalf: pointer.x > (area.left + area.right) / 2,
    epoch: first?.epoch ?? null,
    place,
    lines: found.map(({ place: _place, ...line }, index) => ({ ...line, nearest: index === nearest })),
    step:
      stepIndex < 0 || spec.steps === undefined
        ? null
        : {
            step: steps.step[stepIndex] ?? 0,
            value: steps[spec.steps][stepIndex] ?? Number.NaN,
            place: stepsAlong(steps, measure)[stepIndex] ?? Number.NaN
          }
  }
}

function valueAt({ x }: Scene, share: number): number {
  if (!x.logarithmic) return x.min + share * (x.max - x.min)
  return 10 ** (Math.log10(x.min) + share * (Math.log10(x.max) - Math.log10(x.min)))
}

function linesAt({ spec, measure, curves, overlays }: HoverContext, at: number) {
  const own = spec.lines.map((line, index) => ({ line, curve: curves[index], title: null, look: line }))
  const others = overlays.flatMap((overlay) =>
    spec.lines.map((line, index) => ({
      line,
      curve: overlay.curves[index],
      title: overlay.title,
      look: overlaidLook(spec, line, overlay.colour)
    }))
  )
  return [...own, ...others].flatMap(({ line, curve, title, look }) => {
    if (curve === undefined) return []
    const places = placesOf(curve, measure)
    const index = nearestIndex(places, at)
    if (index < 0) return []
    return [
      {
        label: title === null ? line.label : `${title}: ${line.label}`,
        colour: look.colour,
        dash: look.dash,
        raw: curve.raw[index] ?? Number.NaN,
        smooth: curve.smooth[index] ?? Number.NaN,
        epoch: curve.x.epoch[index] ?? 0,
        place: places[index] ?? 0
      }
    ]
  })
}
