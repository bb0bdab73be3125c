/** Which cards of the Train stage stand first, which one fills the stage, and whether the folded ones are in sight. */
import * as v from 'valibot'

const KEY = 'train-cards'
const keptSchema = v.object({ pinned: v.array(v.string()), more: v.boolean() })

/** Cards in the order of the registry, the pinned ones before the others. */
export function arranged<C extends { readonly id: string }>(cards: readonly C[], pinned: readonly string[]): C[] {
  const first = pinned.flatMap((id) => cards.filter((card) => card.id === id))
  return [...first, ...cards.filter((card) => !pinned.includes(card.id))]
}

class Board {
  /** The one pinned first is first. */
  pinned = $state.raw<readonly string[]>([])
  more = $state(false)
  enlarged = $state<string | null>(null)

  constructor() {
    const kept = read()
    this.pinned = kept.pinned
    this.more = kept.more
  }

  togglePin(id: string): void {
    this.pinned = this.pinned.includes(id) ? this.pinned.filter((other) => other !== id) : [...this.pinned, id]
    this.#keep()
  }

  toggleMore(): void {
    this.more = !this.more
    this.#keep()
  }

  toggleEnlarged(id: string): void {
    this.enlarged = this.enlarged === id ? null : id
  }

  #keep(): void {
    localStorage.setItem(KEY, JSON.stringify({ pinned: this.pinned, more: this.more }))
  }
}

/** What was kept by an earlier window; nothing where it cannot be read. */
function read(): v.InferOutput<typeof keptSchema> {
  const nothing = { pinned: [], more: false }
  try {
    const kept = v.safeParse(keptSchema, JSON.parse(localStorage.getItem(KEY) ?? 'null'))
    return kept.success ? kept.output : nothing
  } catch {
    return nothing
  }
}

export const board = new Board()
