/** A point that an optimizer moves down a surface. */
import { gradients } from '../../backprop/gradients'
import { ReferenceProgram } from '../../executors/reference/program'
import { parseConfig, type Config } from '../../fields'
import { GraphBuilder } from '../../graph/builder'
import type { NodeId } from '../../graph/graph'
import { optimizerNamed, type OptimizerSpec } from '../../optimizers'
import type { LaneSettings } from './lanes'
import type { Place, SurfaceSpec } from './surfaces'

/** Going on; no longer moving; or gone, beyond the finite numbers or out of all proportion. */
export type LaneState = 'moving' | 'resting' | 'diverged'

/** What is moved: the two numbers of a place, as a network's weights are. */
const coordinates = ['x', 'y'] as const

/** So many times the width of the part that is looked at is out of all proportion. */
const GONE = 1e3
/** A point that moves by less than this share of the width in a step, for so many steps, rests. */
const STILL = 1e-6
const STILL_STEPS = 20

interface Compiled {
  readonly config: Config
  readonly program: ReferenceProgram
  readonly height: NodeId
  readonly next: readonly { readonly source: string; readonly node: NodeId }[]
  readonly scalars: readonly string[]
}

export class SurfaceLane {
  state: LaneState = 'moving'
  /** Taken so far. */
  steps = 0
  readonly #surface: SurfaceSpec
  readonly #optimizer: OptimizerSpec
  #compiled: Compiled
  /** Place, state and scalars, by the sources of the graph. */
  readonly #feeds = new Map<string, Float64Array>()
  #stillFor = 0

  /** @throws ConfigError `unknown-optimizer`, `invalid-config` */
  constructor(surface: SurfaceSpec, start: Place, { type, config }: LaneSettings) {
    this.#surface = surface
    this.#optimizer = optimizerNamed(type)
    coordinates.forEach((name, i) => this.#feeds.set(name, Float64Array.of(start[i] ?? NaN)))
    this.#compiled = this.#compile(config)
    this.#look()
  }

  get config(): Config {
    return this.#compiled.config
  }

  get at(): Place {
    const [x, y] = coordinates.map((name) => this.#feeds.get(name)?.[0] ?? NaN)
    return [x ?? NaN, y ?? NaN]
  }

  /** f where it stands. */
  get height(): number {
    return this.#compiled.program.value(this.#compiled.height)[0] ?? NaN
  }

  /**
   * Goes on with other settings from the next step on. What the optimizer remembers stays; what it only remembers with the
   * new settings begins at its start, and what it no longer remembers is gone.
   * @throws ConfigError `invalid-config`; it goes on as before then
   */
  change(config: Config): void {
    this.#compiled = this.#compile(config)
    if (this.state === 'resting') this.state = 'moving'
    this.#stillFor = 0
    this.#look()
  }

  /** One step of the optimizer's own graph, by the gradient of the surface's; none where it has diverged. */
  step(): void {
    if (this.state === 'diverged') return
    const before = this.at
    const { program, next } = this.#compiled
    const moved = next.map(({ source, node }) => [source, program.value(node).slice()] as const)
    for (const [source, value] of moved) this.#feeds.set(source, value)
    this.steps += 1
    this.#look()
    this.#judge(before)
  }

  /** Height and gradient where it stands, and the step that comes next. */
  #look(): void {
    const { config, program, scalars } = this.#compiled
    const values = this.#optimizer.scalars(config, this.steps + 1)
    scalars.forEach((source, i) => this.#feeds.set(source, Float64Array.of(values[i]?.value ?? NaN)))
    program.run(this.#feeds)
  }

  #judge(before: Place): void {
    const { x, y } = this.#surface.domain
    const [across, up] = [x[1] - x[0], y[1] - y[0]]
    const { at } = this
    const isNear =
      Math.abs(at[0] - (x[0] + x[1]) / 2) < GONE * across && Math.abs(at[1] - (y[0] + y[1]) / 2) < GONE * up
    // A place that is no number is not near either.
    if (!isNear || !Number.isFinite(this.height)) {
      this.state = 'diverged'
      return
    }
    const moved = Math.max(Math.abs(at[0] - before[0]) / across, Math.abs(at[1] - before[1]) / up)
    this.#stillFor = moved < STILL ? this.#stillFor + 1 : 0
    this.state = this.#stillFor >= STILL_STEPS ? 'resting' : 'moving'
  }

  #compile(given: Config): Compiled {
    const optimizer = this.#optimizer
    const config = parseConfig(optimizer.label, optimizer.fields, given)
    const graph = new GraphBuilder()
    const [x, y] = [graph.parameter('x', []), graph.parameter('y', [])]
    const height = this.#surface.build(graph, x, y)
    const slopes = gradients(graph, height, [x, y])
    const scalars = optimizer.scalars(config, 1).map(({ name }) => name)
    const scalarNodes = scalars.map((name) => graph.input(name, []))
    const next = [x, y].flatMap((parameter, i) => {
      const slots = optimizer.init([], config).map(({ name, initial }) => {
        const source = `${name}.${coordinates[i] ?? ''}`
        if (!this.#feeds.has(source)) this.#feeds.set(source, initial.data.slice())
        return source
      })
      const state = slots.map((source) => graph.input(source, []))
      const parts = { parameter, gradient: slopes[i] ?? parameter, state, scalars: scalarNodes }
      const moved = optimizer.apply(graph, parts, config)
      return [
        { source: coordinates[i] ?? '', node: moved.parameter },
        ...moved.state.map((node, slot) => ({ source: slots[slot] ?? '', node }))
      ]
    })
    this.#forget(new Set([...coordinates, ...scalars, ...next.map(({ source }) => source)]))
    const program = new ReferenceProgram(graph.graph, [height, ...next.map(({ node }) => node)])
    return { config, program, height, next, scalars }
  }

  #forget(needed: ReadonlySet<string>): void {
    for (const source of [...this.#feeds.keys()]) if (!needed.has(source)) this.#feeds.delete(source)
  }
}
