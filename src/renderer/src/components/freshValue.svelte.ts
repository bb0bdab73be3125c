/**
 * A value that the trainer computes, kept fresh: asked for at once when `key` changes and then every `everyMs`
 * while `live`. One request at a time: a slow answer delays the next question instead of piling them up.
 */

export interface FreshOptions<Value> {
  /** What the value belongs to; null while there is nothing to ask for. */
  readonly key: () => string | null
  readonly live: () => boolean
  readonly everyMs: number
  /** Null when there is no value; the reason was reported. */
  readonly fetch: () => Promise<Value | null>
}

export interface Fresh<Value> {
  readonly value: Value | null
  /** The first answer for this key is under way. */
  readonly waiting: boolean
}

/** Call while a component is being set up: the effect lives and ends with it. */
export function freshValue<Value>({ key, live, everyMs, fetch }: FreshOptions<Value>): Fresh<Value> {
  let value = $state.raw<Value | null>(null)
  let waiting = $state(false)

  // Derived, so that a run which tells something 30 times a second asks anew only when its key changes.
  const wantedKey = $derived(key())
  const isLive = $derived(live())

  $effect(() => {
    const wanted = wantedKey
    const again = isLive
    if (wanted === null) {
      value = null
      waiting = false
      return
    }
    let over = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async (): Promise<void> => {
      const got = await fetch()
      if (over) return
      value = got
      waiting = false
      if (again) timer = setTimeout(() => void ask(), everyMs)
    }
    waiting = true
    void ask()
    return () => {
      over = true
      clearTimeout(timer)
    }
  })

  return {
    get value() {
      return value
    },
    get waiting() {
      return waiting
    }
  }
}
