/**
 * The one door for requests from pages. Before a handler runs: the sender is the top frame of a studio page,
 * then the arguments fit the route's schema. Every answer is a `Reply`; nothing is thrown across.
 */
import { ipcMain, type IpcMainInvokeEvent } from 'electron'
import * as v from 'valibot'
import { MAX_FILES } from '../shared/file-names'
import { channels, mainRoutes, type Reply } from '../shared/ipc/contract'
import { createDispatcher, type Handlers } from '../shared/rpc'
import { isTrustedFrame } from './origin'

/** The channel of the preload script alone: it turns the paths of dropped files into one handle. */
const registerRoutes = {
  [channels.registerFiles]: {
    args: v.tuple([
      v.pipe(v.array(v.pipe(v.string(), v.maxLength(32_768))), v.minLength(1), v.maxLength(MAX_FILES), v.readonly())
    ])
  }
}

const senderRefused: Reply<never> = {
  ok: false,
  error: { code: 'sender-refused', message: 'Only the window of the studio may ask for this.', details: {} }
}

function logBug(name: string, error: unknown): void {
  console.error(`[main] ${name}:`, error)
}

/**
 * @param handlers one for each request of the contract
 * @param registerFiles gives out a handle for paths that the preload script got from the system
 */
export function handleRequests(
  handlers: Handlers<typeof mainRoutes>,
  registerFiles: (paths: readonly string[]) => Promise<string>,
  dev: URL | null
): void {
  const options = { onUnexpectedError: logBug }
  const requests = createDispatcher(mainRoutes, handlers, options)
  const registrations = createDispatcher(registerRoutes, { [channels.registerFiles]: registerFiles }, options)

  const listen = (channel: string, dispatch: typeof requests): void => {
    ipcMain.handle(channel, (event: IpcMainInvokeEvent, ...args: unknown[]) =>
      isTrustedFrame(event.senderFrame, dev) ? dispatch(channel, args) : senderRefused
    )
  }
  for (const name of Object.keys(mainRoutes)) listen(name, requests)
  listen(channels.registerFiles, registrations)
}
