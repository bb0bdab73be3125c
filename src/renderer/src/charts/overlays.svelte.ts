/** Kept runs whose curves are laid over those of the run in view. */
import type { ErrorValue } from '../../../shared/errors'
import type { RunCurvesView } from '../../../shared/run-views'
import type { RunView } from '../../../shared/views'
import { api } from '../api'
import type { Token } from './chart'
import { watchedLayers } from './context'
import type { OverlayLook } from './plot'

/** Not those of the run in view itself. */
const colours: readonly Token[] = [
  '--class-2',
  '--class-5',
  '--class-4',
  '--family-convolution',
  '--family-activation',
  '--family-shape'
]

export interface Overlay {
  /** Of the run's folder. */
  readonly name: string
  readonly colour: Token
  /** Null until they have come. */
  readonly curves: RunCurvesView | null
}

/**
 * Of the runs that are laid over, the one that charts of layers show as well: layers are told apart by their places, so it is one
 * with the same layers, and only one, or its lines could not be told from another's. A fork's parent comes before the others.
 */
export function withSameLayers(run: RunView | null, laidOver: readonly OverlayLook[]): OverlayLook[] {
  if (run === null || laidOver.length === 0) return []
  const layersOf = (of: Pick<RunView, 'epochs'>): string => JSON.stringify(watchedLayers(of))
  const own = layersOf(run)
  const alike = laidOver.filter(({ curves }) => layersOf(curves) === own)
  return [alike.find(({ curves }) => curves.name === run.facts.parent?.name) ?? alike[0]].flatMap((each) => each ?? [])
}

class Overlays {
  all = $state.raw<readonly Overlay[]>([])
  /** Forks whose parent was laid over them by itself: once, so that it can be taken away. */
  readonly #forks = new Set<string>()

  get names(): readonly string[] {
    return this.all.map(({ name }) => name)
  }

  /** @returns why its curves cannot be had; null when they are in view */
  async add(name: string): Promise<ErrorValue | null> {
    if (this.names.includes(name)) return null
    const taken = this.all.map(({ colour }) => colour)
    const colour =
      colours.find((each) => !taken.includes(each)) ?? colours[this.all.length % colours.length] ?? '--text-3'
    this.all = [...this.all, { name, colour, curves: null }]
    const reply = await api.runCurves(name)
    if (!reply.ok) {
      this.remove(name)
      return reply.error
    }
    this.all = this.all.map((overlay) => (overlay.name === name ? { ...overlay, curves: reply.value } : overlay))
    return null
  }

  remove(name: string): void {
    this.all = this.all.filter((overlay) => overlay.name !== name)
  }

  /** Lays the parent of a fork under it, when the fork comes into view. */
  async follow(run: Pick<RunView, 'runId' | 'facts'>): Promise<ErrorValue | null> {
    const { parent } = run.facts
    if (parent === null || this.#forks.has(run.runId)) return null
    this.#forks.add(run.runId)
    return this.add(parent.name)
  }
}

export const overlays = new Overlays()
