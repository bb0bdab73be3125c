/**
 * The one file that touches `window.studio`: requests to the trainer, and its live messages.
 */
import { channels, type LiveAck, type LiveMessage } from '../../shared/ipc/contract'
import type { StudioApi } from '../../shared/ipc/api'

declare global {
  interface Window {
    /** Made by the preload script. */
    readonly studio: StudioApi
  }
}

export const api: StudioApi = window.studio

/**
 * Hands every live message to `receive`, and then frees its credit. The preload script posts a new port after
 * each load and whenever the trainer was started anew; the newest one counts.
 * @returns ends it
 */
export function listenLive(receive: (message: LiveMessage) => void): () => void {
  let port: MessagePort | null = null
  const connect = (event: MessageEvent<unknown>): void => {
    const [next] = event.ports
    if (event.source !== window || event.origin !== location.origin || next === undefined) return
    if (!isPortMessage(event.data)) return
    port?.close()
    port = next
    next.onmessage = (message: MessageEvent<LiveMessage>) => {
      try {
        receive(message.data)
      } finally {
        next.postMessage({ ack: message.data.seq } satisfies LiveAck)
      }
    }
  }
  window.addEventListener('message', connect)
  return () => {
    window.removeEventListener('message', connect)
    port?.close()
  }
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === channels.livePort
}
