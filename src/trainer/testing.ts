/** For tests: a session asked over a real port, in this process, with a window that answers at once. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { trainerRoutes, type LiveMessage, type RunKept } from '../shared/ipc/contract'
import { createRpcClient, createRpcServer, type RpcClient } from '../shared/rpc'
import type { RunView } from '../shared/views'
import { LiveStream, type LivePort } from './liveStream'
import { Session } from './session'

export interface AskedSession {
  readonly session: Session
  readonly ask: RpcClient<typeof trainerRoutes>['call']
  /** What the window was told. */
  readonly messages: LiveMessage[]
  /** What main was told. */
  readonly kept: RunKept[]
  /** The run in view, once `wanted` is true of it. */
  runWhen(wanted: (run: RunView) => boolean): Promise<RunView>
  /** One more port that answers requests, whatever they are. */
  connected(): MessagePort
  /** As if the process had ended: nothing is let go of. */
  unplug(): void
}

export function askedSession(runsFolder: string, samplesFolder: string): AskedSession {
  const live = new LiveStream()
  const messages: LiveMessage[] = []
  const kept: RunKept[] = []
  const window: LivePort = {
    postMessage: (message) => {
      // As of the moment when it is sent: a port copies.
      messages.push(structuredClone(message))
      queueMicrotask(() => live.acknowledge(window))
    },
    close: () => undefined
  }
  const session = new Session(live, runsFolder, samplesFolder, (each) => kept.push(each))
  live.connect(window, session.view())
  const ports: MessagePort[] = []
  const connected = (): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    createRpcServer(port2, trainerRoutes, session.answers, {
      onUnexpectedError: (name, error) => console.error(name, error),
      errorFor: (error, args) => session.errorFor(error, args)
    })
    ports.push(port1)
    return port1
  }
  const client = createRpcClient<typeof trainerRoutes>(connected())
  return {
    ...{ session, messages, kept },
    ask: (name, ...args) => client.call(name, ...args),
    async runWhen(wanted) {
      for (;;) {
        const { run } = session.view()
        if (run !== null && wanted(run)) return run
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    connected,
    unplug: () => {
      for (const port of ports) port.close()
    }
  }
}
