/** What a person does to zoom and to move charts: wheel, pinch, drag, keys. */
import type { Area } from './labels'
import { atShare, moved, within, zoomed, type Range } from './zoom'

export interface ZoomTarget {
  /** Where the lines are, in px of the element. */
  readonly area: () => Area
  readonly range: () => Range
  /** All there is to see. */
  readonly all: () => Range
  readonly logarithmic: () => boolean
  /** The wheel zooms without a key as well; else it scrolls the page. */
  readonly takesWheel: () => boolean
  /** Null for all there is. */
  readonly choose: (range: Range | null) => void
  /** The stretch that is being chosen, in px. */
  readonly selecting: (stretch: readonly [number, number] | null) => void
  /** The pointer was let go where it was pressed, at these px. */
  readonly pressed: (at: { readonly x: number; readonly y: number }) => void
}

/** Px that a drag must have to choose a stretch. */
const LEAST_DRAG = 6
const KEY_ZOOM = 1.4
const KEY_MOVE = 0.15

/** @returns ends it */
export function controlZoom(element: HTMLElement, target: ZoomTarget): () => void {
  const choose = (range: Range): void => target.choose(within(range, target.all(), target.logarithmic()))
  const shareAt = (x: number): number => {
    const { left, right } = target.area()
    return Math.min(1, Math.max(0, (x - left) / Math.max(1, right - left)))
  }
  const zoomBy = (factor: number, share = 0.5): void =>
    choose(zoomed(target.range(), share, factor, target.logarithmic()))
  const moveBy = (share: number): void => choose(moved(target.range(), share, target.logarithmic()))
  const placeOf = (event: MouseEvent): number => event.clientX - element.getBoundingClientRect().left

  let drag: { readonly begin: number; readonly moves: boolean; readonly range: Range; last: number } | null = null
  const endDrag = (): void => {
    drag = null
    target.selecting(null)
  }

  const listeners = {
    // A pinch on a touchpad comes as a wheel with Ctrl.
    wheel: (event: WheelEvent): void => {
      const pinched = event.ctrlKey || event.metaKey
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
      if (!pinched && !sideways && !target.takesWheel()) return
      event.preventDefault()
      const { left, right } = target.area()
      if (sideways && !pinched) moveBy((event.deltaX === 0 ? event.deltaY : event.deltaX) / Math.max(1, right - left))
      else zoomBy(Math.exp(event.deltaY * (pinched ? 0.01 : 0.002)), shareAt(placeOf(event)))
    },
    pointerdown: (event: PointerEvent): void => {
      if (event.button !== 0 || !event.isPrimary) return
      element.setPointerCapture(event.pointerId)
      const begin = placeOf(event)
      drag = { begin, moves: event.shiftKey, range: target.range(), last: begin }
    },
    pointermove: (event: PointerEvent): void => {
      if (drag === null) return
      drag.last = placeOf(event)
      const { left, right } = target.area()
      if (drag.moves)
        choose(moved(drag.range, (drag.begin - drag.last) / Math.max(1, right - left), target.logarithmic()))
      else if (Math.abs(drag.last - drag.begin) >= LEAST_DRAG) {
        const inside = (x: number): number => Math.min(right, Math.max(left, x))
        target.selecting([inside(drag.begin), inside(drag.last)])
      }
    },
    pointerup: (event: PointerEvent): void => {
      if (drag !== null && !drag.moves && Math.abs(drag.last - drag.begin) >= LEAST_DRAG) {
        const at = (x: number): number => atShare(target.range(), shareAt(x), target.logarithmic())
        choose({ from: at(Math.min(drag.begin, drag.last)), to: at(Math.max(drag.begin, drag.last)) })
      } else if (drag !== null && !drag.moves)
        target.pressed({ x: placeOf(event), y: event.clientY - element.getBoundingClientRect().top })
      endDrag()
    },
    pointercancel: endDrag,
    dblclick: (): void => target.choose(null),
    keydown: (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const action = keyAction(event.key)
      if (action === null) {
        if (event.key === 'Escape' && drag !== null) endDrag()
        return
      }
      event.preventDefault()
      event.stopPropagation()
      if (action === 'all') target.choose(null)
      else if (action === 'in' || action === 'out') zoomBy(action === 'in' ? 1 / KEY_ZOOM : KEY_ZOOM)
      else moveBy(action === 'left' ? -KEY_MOVE : KEY_MOVE)
    }
  }
  element.addEventListener('wheel', listeners.wheel, { passive: false })
  element.addEventListener('pointerdown', listeners.pointerdown)
  element.addEventListener('pointermove', listeners.pointermove)
  element.addEventListener('pointerup', listeners.pointerup)
  element.addEventListener('pointercancel', listeners.pointercancel)
  element.addEventListener('dblclick', listeners.dblclick)
  element.addEventListener('keydown', listeners.keydown)
  return () => {
    element.removeEventListener('wheel', listeners.wheel)
    element.removeEventListener('pointerdown', listeners.pointerdown)
    element.removeEventListener('pointermove', listeners.pointermove)
    element.removeEventListener('pointerup', listeners.pointerup)
    element.removeEventListener('pointercancel', listeners.pointercancel)
    element.removeEventListener('dblclick', listeners.dblclick)
    element.removeEventListener('keydown', listeners.keydown)
  }
}

type KeyAction = 'in' | 'out' | 'left' | 'right' | 'all'

function keyAction(key: string): KeyAction | null {
  switch (key) {
    case '+':
    case '=':
      return 'in'
    case '-':
      return 'out'
    case 'ArrowLeft':
      return 'left'
    case 'ArrowRight':
      return 'right'
    case '0':
      return 'all'
    default:
      return null
  }
}
