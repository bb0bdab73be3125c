/** How the values of a smaller tensor are repeated to fill a larger shape. */
import type { Shape } from '../spec'
import type { Axis } from './instructions'

export type Repetition =
  /** One value everywhere. */
  | { readonly code: 'splat' }
  /** x[i mod p] */
  | { readonly code: 'periodic'; readonly p: number }
  /** x[⌊i / p⌋] */
  | { readonly code: 'repeated'; readonly p: number }
  /** x[⌊i / p⌋ mod q]: a number for each channel */
  | { readonly code: 'cycled'; readonly p: number; readonly q: number }
  | { readonly code: 'indexed'; readonly axes: readonly Axis[] }

/** @param from broadcasts to `to` as NumPy defines it, and has fewer values */
export function repetition(from: Shape, to: Shape): Repetition {
  const axes = mergedAxes(from, to)
  const [outer, inner, ...others] = axes
  if (outer !== undefined && inner === undefined && outer.stride === 0) return { code: 'splat' }
  if (outer !== undefined && inner !== undefined && others.length === 0) {
    return outer.stride === 0 ? { code: 'periodic', p: inner.size } : { code: 'repeated', p: inner.size }
  }
  const [last, ...more] = others
  if (outer?.stride === 0 && inner !== undefined && last !== undefined && more.length === 0) {
    return { code: 'cycled', p: last.size, q: inner.size }
  }
  return { code: 'indexed', axes }
}

/** The axes of `to` with the stride along them in `from`; neighbours of one kind are one axis, axes of size 1 are none. */
export function mergedAxes(from: Shape, to: Shape): readonly Axis[] {
  const axes: Axis[] = []
  let stride = 1
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const size = to[axis] ?? 1
    const own = from[axis - to.length + from.length] ?? 1
    if (size === 1) continue
    const [outer] = axes
    const repeats = own === 1
    if (outer !== undefined && (outer.stride === 0) === repeats) axes[0] = { ...outer, size: outer.size * size }
    else axes.unshift({ size, stride: repeats ? 0 : stride })
    stride *= own
  }
  return axes.length === 0 ? [{ size: 1, stride: 1 }] : axes
}
