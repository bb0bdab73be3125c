import fc from 'fast-check'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAppProtocol } from './protocol'

const SECRET = 'nobody may read this'
let folder = ''
let serve: (request: Request) => Promise<Response>

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'studio-protocol-'))
  const root = path.join(folder, 'renderer')
  await mkdir(path.join(root, 'assets'), { recursive: true })
  await writeFile(path.join(root, 'index.html'), '<!doctype html>')
  await writeFile(path.join(root, 'assets', 'index-1.js'), 'export {}')
  await writeFile(path.join(root, '..data.js'), 'a name that only looks like the folder above')
  await writeFile(path.join(folder, 'secret.txt'), SECRET)
  await symlink(path.join(folder, 'secret.txt'), path.join(root, 'link.txt'))
  await symlink(folder, path.join(root, 'up'))
  await mkdir(path.join(folder, 'renderer-other'))
  await writeFile(path.join(folder, 'renderer-other', 'secret.txt'), SECRET)
  serve = createAppProtocol(root)
})
afterAll(() => rm(folder, { recursive: true }))

const status = async (url: string, method = 'GET'): Promise<number> =>
  (await serve(new Request(url, { method }))).status

describe('app://studio/', () => {
  it('serves the page and its files with their types', async () => {
    const page = await serve(new Request('app://studio/'))
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await page.text()).toBe('<!doctype html>')
    const script = await serve(new Request('app://studio/assets/index-1.js?v=1#x'))
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await status('app://studio/..data.js')).toBe(200)
  })

  it('fences every answer in, refusals too', async () => {
    for (const url of ['app://studio/', 'app://studio/nope.js', 'app://other/']) {
      const { headers } = await serve(new Request(url))
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('content-security-policy')).not.toContain("'unsafe-eval'")
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it.each([
    ['another host', 'app://other/', 403],
    ['encoded folder above', 'app://studio/%2e%2e%2fsecret.txt', 403],
    ['encoded folder above, deeper', 'app://studio/assets/%2e%2e%2f%2e%2e%2fsecret.txt', 403],
    ['a sibling that begins like the root', 'app://studio/%2e%2e%2frenderer-other%2fsecret.txt', 403],
    ['a link out', 'app://studio/link.txt', 403],
    ['a linked folder out', 'app://studio/up/secret.txt', 403],
    ['a backslash', 'app://studio/..%5csecret.txt', 400],
    ['a colon', 'app://studio/c%3a/secret.txt', 400],
    ['a NUL', 'app://studio/index.html%00.js', 400],
    ['a broken escape', 'app://studio/%ff', 400],
    ['what is not there', 'app://studio/nope.js', 404],
    ['a folder', 'app://studio/assets', 404],
    ['an absolute path', 'app://studio//etc/passwd', 404]
  ])('refuses %s', async (_what, url, expected) => {
    expect(await status(url)).toBe(expected)
  })

  it('refuses everything but GET', async () => {
    expect(await status('app://studio/', 'POST')).toBe(405)
    expect(await status('app://studio/', 'PUT')).toBe(405)
  })

  it('never gives out a file outside, whatever is asked', async () => {
    const piece = fc.constantFrom(
      '..',
      '%2e%2e',
      '%2E.',
      '%2f',
      '/',
      '%5c',
      'secret.txt',
      'up',
      'renderer-other',
      'assets',
      '%00',
      '.',
      ''
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
        const response = await serve(new Request(`app://studio/${pieces.join('/')}`))
        expect(await response.text()).not.toContain(SECRET)
      }),
      { numRuns: 300 }
    )
  })
})
