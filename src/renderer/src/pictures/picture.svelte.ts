/**
 * A picture that the trainer makes, kept up to date as far as somebody can see it: asked for when what it belongs to has become
 * another, one request at a time, and after the first one only while its card is in sight and the window is drawn.
 */
import type { Attachment } from 'svelte/attachments'
import type { ErrorValue } from '../../../shared/errors'
import type { Reply } from '../../../shared/ipc/contract'

/** Between two pictures while it trains: about eight a second. */
const LIVE_MS = 125

export interface PictureOptions<Value> {
  /** What the picture belongs to; null while there is nothing to ask for. */
  readonly key: () => string | null
  readonly fetch: () => Promise<Reply<Value | null>>
  /** Least time between two requests; `LIVE_MS` unless given. */
  readonly everyMs?: number
}

export interface Picture<Value> {
  /** The newest one; null before the first, where there is none, and after an error. */
  readonly value: Value | null
  readonly error: ErrorValue | null
  /** The first answer is under way. */
  readonly waiting: boolean
  /** On the element that must be in sight. */
  readonly seen: Attachment<HTMLElement>
}

/** Call while a component is being set up: it lives and ends with it. */
export function picture<Value>({ key, fetch, everyMs = LIVE_MS }: PictureOptions<Value>): Picture<Value> {
  let value = $state.raw<Value | null>(null)
  let error = $state.raw<ErrorValue | null>(null)
  let answered = $state(false)
  let inSight = $state(false)
  const wanted = $derived(key())

  let over = false
  let busy = false
  /** What was asked for last. */
  let asked: string | null = null

  const isAsking = (): boolean => !over && (inSight || !answered) && wanted !== null && wanted !== asked

  async function keepUp(): Promise<void> {
    if (busy) return
    busy = true
    while (isAsking()) {
      const began = performance.now()
      asked = wanted
      const reply = await fetch()
      value = reply.ok ? reply.value : null
      error = reply.ok ? null : reply.error
      answered = true
      await restOf(everyMs - (performance.now() - began))
    }
    busy = false
  }

  $effect(() => {
    if (wanted === null) {
      asked = null
      value = null
      error = null
      answered = false
    } else if (inSight || !answered) void keepUp()
  })
  $effect(() => () => {
    over = true
  })

  return {
    get value() {
      return value
    },
    get error() {
      return error
    },
    get waiting() {
      return wanted !== null && !answered
    },
    seen: (element) => {
      const observer = new IntersectionObserver((entries) => (inSight = entries.at(-1)?.isIntersecting === true))
      observer.observe(element)
      return () => {
        observer.disconnect()
        inSight = false
      }
    }
  }
}

/** A while, and until the next frame: a window that is not drawn has none. */
function restOf(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => requestAnimationFrame(() => resolve()), Math.max(0, ms))
  })
}
