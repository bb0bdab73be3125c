import { describe, expect, it } from 'vitest'
import { devServer, isAllowedRequest, isStudioUrl, isTrustedFrame } from './origin'

const dev = new URL('http://localhost:5173')

describe('studio addresses', () => {
  it.each(['app://studio/', 'app://studio/index.html', 'app://studio/assets/a.js?x=1#y'])('%s is one', (url) => {
    expect(isStudioUrl(url, null)).toBe(true)
  })

  it.each([
    'app://other/',
    'app://studio.evil/',
    'app://studio:8080/',
    'app://user@studio/',
    'apps://studio/',
    'file:///etc/hostname',
    'https://studio/',
    'about:blank',
    'data:text/html,app://studio/',
    'http://localhost:5173/',
    'not a url',
    ''
  ])('%s is none', (url) => {
    expect(isStudioUrl(url, null)).toBe(false)
  })

  it('include the development server only while there is one', () => {
    expect(isStudioUrl('http://localhost:5173/src/main.ts', dev)).toBe(true)
    expect(isStudioUrl('http://localhost:5174/', dev)).toBe(false)
    expect(isStudioUrl('http://localhost.evil.org:5173/', dev)).toBe(false)
  })
})

describe('the development server', () => {
  it('is honoured only unpackaged and on this machine', () => {
    expect(devServer('http://localhost:5173', false)?.origin).toBe('http://localhost:5173')
    expect(devServer('http://localhost:5173', true)).toBeNull()
    expect(devServer('http://evil.org:5173', false)).toBeNull()
    expect(devServer('nonsense', false)).toBeNull()
    expect(devServer(undefined, false)).toBeNull()
  })
})

describe('requests', () => {
  it.each(['app://studio/a.js', 'blob:app://studio/1f-2a', 'data:image/png;base64,AA=='])('%s may be sent', (url) => {
    expect(isAllowedRequest(url, null)).toBe(true)
  })

  it.each([
    'https://example.com/',
    'http://127.0.0.1/',
    'ws://localhost:5173/',
    'wss://example.com/',
    'file:///etc/passwd',
    'app://other/x',
    'blob:https://example.com/1',
    'devtools://devtools/bundled/a.js',
    'chrome-extension://abc/x',
    'ftp://x/'
  ])('%s may not', (url) => {
    expect(isAllowedRequest(url, null)).toBe(false)
  })

  it('of the development server may be sent while there is one', () => {
    expect(isAllowedRequest('http://localhost:5173/@vite/client', dev)).toBe(true)
    expect(isAllowedRequest('ws://localhost:5173/?token=a', dev)).toBe(true)
    expect(isAllowedRequest('ws://localhost:9/?token=a', dev)).toBe(false)
    expect(isAllowedRequest('https://example.com/', dev)).toBe(false)
  })
})

describe('a sender', () => {
  it('is trusted as the top frame of a studio page alone', () => {
    const top = { url: 'app://studio/index.html', parent: null }
    expect(isTrustedFrame(top, null)).toBe(true)
    expect(isTrustedFrame({ ...top, parent: {} }, null)).toBe(false)
    expect(isTrustedFrame({ ...top, url: 'https://example.com/' }, null)).toBe(false)
    expect(isTrustedFrame({ ...top, url: 'about:blank' }, null)).toBe(false)
    expect(isTrustedFrame(null, null)).toBe(false)
    expect(isTrustedFrame(undefined, null)).toBe(false)
  })
})
