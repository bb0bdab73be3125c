/** Several optimizers on one surface, from one place. */
import type { Config } from '../../fields'
import type { LaneSettings } from './lanes'
import { SurfaceLane } from './surface-lane'
import type { Place, SurfaceSpec } from './surfaces'

/**
 * Pull-based: each call of `step` takes one step of every lane, and nobody calling is a pause. Everything is computed in
 * float64 by the reference executor, the gradient of the surface by backpropagation, the steps by the optimizers' own graphs:
 * the same ones that train networks.
 */
export class SurfaceRace {
  readonly surface: SurfaceSpec
  readonly lanes: readonly SurfaceLane[]

  /** @throws ConfigError `unknown-optimizer`, `invalid-config` */
  constructor(surface: SurfaceSpec, start: Place, lanes: readonly LaneSettings[]) {
    this.surface = surface
    this.lanes = lanes.map((lane) => new SurfaceLane(surface, start, lane))
  }

  /** Whether any lane still moves. */
  get isUnderWay(): boolean {
    return this.lanes.some(({ state }) => state === 'moving')
  }

  /** One step of every lane that has not diverged. */
  step(): void {
    for (const lane of this.lanes) lane.step()
  }

  /** A lane goes on with other settings. @throws ConfigError `invalid-config` */
  change(lane: number, config: Config): void {
    this.lanes[lane]?.change(config)
  }
}
