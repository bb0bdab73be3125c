/** Which addresses and frames belong to the studio. Pure, so that each rule is tested on its own. */

export const APP_SCHEME = 'app'
export const APP_HOST = 'studio'
export const APP_URL = `${APP_SCHEME}://${APP_HOST}/`

/** What of a `WebFrameMain` the check of a sender needs. */
export interface Frame {
  readonly url: string
  readonly parent: object | null
}

/**
 * The address of Vite's server, in `electron-vite dev` alone.
 * @returns null in every build, packaged or not, and when the variable names another machine
 */
export function devServer(variable: string | undefined, packaged: boolean): URL | null {
  if (variable === undefined || packaged || !URL.canParse(variable)) return null
  const url = new URL(variable)
  return url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) ? url : null
}

/** True for an address of the studio itself: exact scheme and host, no port, no user. */
export function isStudioUrl(text: string, dev: URL | null): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (dev !== null && url.origin === dev.origin) return true
  // `host` holds a port too, so a port or a longer name never equals it.
  return url.protocol === `${APP_SCHEME}:` && url.host === APP_HOST && url.username === '' && url.password === ''
}

/** True when a request may be sent at all: the studio's own files, and data that is in the page already. */
export function isAllowedRequest(text: string, dev: URL | null): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, host } = new URL(text)
  if (protocol === 'data:') return true
  if (protocol === 'blob:')
    return text.startsWith(`blob:${APP_URL}`) || (dev !== null && text.startsWith(`blob:${dev.origin}/`))
  if (dev !== null && (protocol === 'devtools:' || (protocol === 'ws:' && host === dev.host))) return true
  return isStudioUrl(text, dev)
}

/** True when a message came from the top frame of a studio page. A frame that is gone is not trusted. */
export function isTrustedFrame(frame: Frame | null | undefined, dev: URL | null): boolean {
  return frame !== null && frame !== undefined && frame.parent === null && isStudioUrl(frame.url, dev)
}
