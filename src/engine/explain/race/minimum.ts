/** Where a point has come to. */
import type { Minimum, Place, SurfaceSpec } from './surfaces'

/** Share of the width of a surface within which a point is at a minimum. */
const NEAR = 0.02

/** Which of a surface's minima is at a place, by its number; null where none is. */
export function minimumAt({ minima, domain }: Pick<SurfaceSpec, 'minima' | 'domain'>, [x, y]: Place): number | null {
  const across = domain.x[1] - domain.x[0]
  const up = domain.y[1] - domain.y[0]
  const near = ({ at }: Minimum) => Math.hypot((x - at[0]) / across, (y - at[1]) / up) < NEAR
  const found = minima.findIndex(near)
  return found < 0 ? null : found
}
