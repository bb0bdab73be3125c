/**
 * `app://studio/`: the files of the built renderer and nothing else, each with the headers that fence the page
 * in. A request names a file below the root, after decoding and after following links; everything else is
 * refused.
 */
import { readFile, realpath } from 'node:fs/promises'
import path from 'node:path'
import { APP_HOST } from './origin'

/**
 * No `eval`, no inline script, no frame, no form, no other host; HTML is made only by Svelte's own policy.
 * Style attributes are allowed (widths and colours that follow data), style elements are not.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html'
].join('; ')

const contentTypes = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.woff2', 'font/woff2'],
  ['.wasm', 'application/wasm']
])

/** Sent with every answer. COOP and COEP together make the page cross-origin isolated (SharedArrayBuffer). */
const headers = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache'
}

function refuse(status: 400 | 403 | 404 | 405): Response {
  return new Response(null, { status, headers })
}

/** What `request` asks for, as a path below `root`, or the status that refuses it. */
function fileFor(root: string, request: Request): string | 400 | 403 | 405 {
  const url = new URL(request.url)
  if (url.host !== APP_HOST) return 403
  if (request.method !== 'GET') return 405
  let name: string
  try {
    name = decodeURIComponent(url.pathname)
  } catch {
    return 400
  }
  // NUL ends a path early, a backslash or a colon means something else on Windows.
  if (/[\0\\:]/.test(name)) return 400
  const file = path.join(root, name === '/' ? 'index.html' : name)
  return isBelow(root, file) ? file : 403
}

function isBelow(root: string, file: string): boolean {
  const way = path.relative(root, file)
  return way !== '' && way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way)
}

/** A handler for `protocol.handle` that serves the files below `root`. */
export function createAppProtocol(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const file = fileFor(root, request)
    if (typeof file === 'number') return refuse(file)
    try {
      const real = await realpath(file)
      if (!isBelow(await realpath(root), real)) return refuse(403)
      const type = contentTypes.get(path.extname(real).toLowerCase()) ?? 'application/octet-stream'
      return new Response(await readFile(real), { headers: { ...headers, 'content-type': type } })
    } catch {
      return refuse(404)
    }
  }
}
