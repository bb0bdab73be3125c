/** What came of the things that were run, as long as the window lives: a page that is turned back to shows it again. */
import { SvelteMap } from 'svelte/reactivity'
import type { BenchTrialView } from '../../../../shared/bench-views'
import type { DepthExperimentView } from '../../../../shared/gradient-views'
import { placeKey, type BlockPlace } from './place'

class Results {
  readonly trials = new SvelteMap<string, BenchTrialView>()
  readonly depths = new SvelteMap<string, DepthExperimentView>()

  trial(place: BlockPlace): BenchTrialView | null {
    return this.trials.get(placeKey(place)) ?? null
  }

  depth(place: BlockPlace): DepthExperimentView | null {
    return this.depths.get(placeKey(place)) ?? null
  }

  /** Of a lesson that is started over. */
  forget(lesson: string): void {
    for (const all of [this.trials, this.depths]) {
      for (const key of [...all.keys()]) if (key.startsWith(`${lesson} `)) all.delete(key)
    }
  }
}

export const results = new Results()
