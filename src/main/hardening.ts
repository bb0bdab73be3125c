/**
 * Fences around everything that shows a page: no permission, no request off this machine, no navigation, no
 * second window, no download. They hold for every session and every page, whoever makes them.
 */
import { app, protocol, session, type Session, type WebContents } from 'electron'
import { createAppProtocol } from './protocol'
import { APP_SCHEME, isAllowedRequest, isStudioUrl } from './origin'

/** What must be said before Electron is ready. */
export function hardenProcess(dev: URL | null): void {
  // Together with --no-sandbox (as root) this makes child processes crash in a loop.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  // No name is looked up, whatever asks for one: pages are refused earlier, this holds for Chromium itself.
  if (dev === null) app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }
  ])
}

/** Fences every session and page. Call when Electron is ready, before the first window. */
export function hardenContents(rendererFolder: string, dev: URL | null): void {
  const serve = createAppProtocol(rendererFolder)
  const fenced = new WeakSet<Session>()
  const fence = (target: Session): void => {
    if (fenced.has(target)) return
    fenced.add(target)
    hardenSession(target, serve, dev)
  }
  app.on('session-created', fence)
  fence(session.defaultSession)
  app.on('web-contents-created', (_event, contents) => hardenPage(contents, dev))
}

function hardenSession(target: Session, serve: (request: Request) => Promise<Response>, dev: URL | null): void {
  target.protocol.handle(APP_SCHEME, serve)
  target.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  target.setPermissionCheckHandler(() => false)
  target.setDevicePermissionHandler(() => false)
  target.setSpellCheckerEnabled(false)
  target.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isAllowedRequest(details.url, dev) }))
  target.on('will-download', (event) => event.preventDefault())
}

function hardenPage(contents: WebContents, dev: URL | null): void {
  const stayInside = (event: { readonly url: string; preventDefault(): void }): void => {
    if (!isStudioUrl(event.url, dev)) event.preventDefault()
  }
  contents.on('will-navigate', stayInside)
  contents.on('will-frame-navigate', stayInside)
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  // WebRTC sends outside of `webRequest`; with this it has no direct way out.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
}
