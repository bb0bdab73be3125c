/** How far the error has come on its way back, by itself or by hand. To be made where a component begins. */

/** The whole way back takes about so long, however deep the network is. */
const WHOLE_MS = 6000
const SLOWEST_MS = 500

export class WayBack {
  /** Null: the whole way, also of a network that becomes deeper. */
  #until = $state<number | null>(null)
  #playing = $state(false)
  #isStill = $state(false)
  readonly #length: () => number
  /** Layers that the error has reached, counted from the output. */
  readonly reached: number = $derived.by(() => Math.min(this.#until ?? Infinity, this.#length()))
  /** From one layer to the next. */
  readonly stepMs: number = $derived.by(() => Math.min(SLOWEST_MS, WHOLE_MS / Math.max(1, this.#length())))

  /** @param length layers of the deepest network that is drawn */
  constructor(length: () => number) {
    this.#length = length
    const still = window.matchMedia('(prefers-reduced-motion: reduce)')
    this.#isStill = still.matches
    $effect(() => {
      const changed = (): void => {
        this.#isStill = still.matches
        if (still.matches) this.#playing = false
      }
      still.addEventListener('change', changed)
      return () => still.removeEventListener('change', changed)
    })
    $effect(() => {
      if (!this.#playing) return
      const timer = setInterval(() => {
        this.#until = this.reached + 1
        if (this.isWhole) this.#playing = false
      }, this.stepMs)
      return () => clearInterval(timer)
    })
  }

  /** The same, null where nobody has asked how it goes: the whole way, without a layer to look at. */
  get shown(): number | null {
    return this.#until === null ? null : this.reached
  }

  get playing(): boolean {
    return this.#playing
  }

  /** Little motion is wanted: nothing plays. */
  get isStill(): boolean {
    return this.#isStill
  }

  get isWhole(): boolean {
    return this.reached >= this.#length()
  }

  togglePlay(): void {
    if (!this.#playing && this.isWhole) this.#until = 0
    this.#playing = !this.#playing
  }

  go(reached: number): void {
    this.#playing = false
    this.#until = Math.max(0, Math.min(reached, this.#length()))
  }
}
