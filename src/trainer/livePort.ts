import type { MessagePortMain } from 'electron'
import * as v from 'valibot'
import type { LivePort, LiveStream } from './liveStream'
import type { Session } from './session'

const ackSchema = v.strictObject({ ack: v.pipe(v.number(), v.integer(), v.minValue(1)) })

/** Joins a window's end of a live port to the stream: the whole state first, then changes as it answers. */
export function acceptLivePort(port: MessagePortMain, live: LiveStream, session: Session): void {
  const window: LivePort = {
    postMessage: (message) => port.postMessage(message),
    close: () => port.close()
  }
  port.on('message', (event) => {
    if (v.is(ackSchema, event.data)) live.acknowledge(window)
  })
  port.on('close', () => live.disconnect(window))
  port.start()
  live.connect(window, session.view())
}
