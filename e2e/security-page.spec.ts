/** What a hostile script in the studio's page has, and that it reads no file and reaches no network. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import { attackedStudio, requestOf } from './support/attack'
import { dropFiles, expect, test } from './support/launch'

const attacked = attackedStudio()

test.describe('the page', () => {
  test('is served from app://studio/ with a title of its own', async () => {
    expect(await attacked.page.evaluate(() => location.href)).toBe('app://studio/')
    expect(await attacked.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())).toBe(
      'Backprop Studio'
    )
  })

  test('is a secure, cross-origin isolated context', async () => {
    expect(
      await attacked.page.evaluate(() => [typeof SharedArrayBuffer, crossOriginIsolated, isSecureContext])
    ).toEqual(['function', true, true])
  })

  test('has no Node', async () => {
    const globals = ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron', '__dirname']
    expect(await attacked.page.evaluate((names) => names.filter((name) => name in globalThis), globals)).toEqual([])
  })

  test('gets the named functions of StudioApi and nothing else', async () => {
    const members = await attacked.page.evaluate(() =>
      Object.entries(window.studio).map(([name, member]) => [name, typeof member])
    )
    const expected = [...Object.keys(requestOf), 'openDroppedFiles', 'onOpenCommand', 'onTrainerNotice']
    expect(members.map(([name]) => name).sort()).toEqual(expected.sort())
    expect(new Set(members.map(([, kind]) => kind))).toEqual(new Set(['function']))
  })

  test('cannot replace what the bridge gave it', async () => {
    expect(
      await attacked.page.evaluate(() => {
        const before = window.studio.listSamples
        try {
          Object.assign(window.studio, { listSamples: () => 'mine' })
          Object.assign(window, { studio: { listSamples: () => 'mine' } })
        } catch {
          // Strict code throws, sloppy code is ignored: both are fine.
        }
        return window.studio.listSamples === before
      })
    ).toBe(true)
  })

  // Electron does not tell `nodeIntegrationInWorker`, `navigateOnDragDrop` and `spellcheck`.
  test('runs in a sandbox with safe web preferences', async () => {
    const preferences = await attacked.app.evaluate(({ BrowserWindow }): unknown => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      if (contents === undefined) throw new Error('no window')
      // Not in Electron's types, but in its advice on security.
      const read: unknown = Reflect.get(contents, 'getLastWebPreferences')
      return typeof read === 'function' ? Reflect.apply(read, contents, []) : 'cannot be read'
    })
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false
    })
  })

  test('is fenced by a content security policy with nosniff, COOP and COEP', async () => {
    const headers = await attacked.page.evaluate(async () => [...(await fetch('app://studio/')).headers])
    const byName = new Map(headers)
    expect(byName.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'"
    )
    expect(byName.get('content-security-policy')).toContain("require-trusted-types-for 'script'")
    expect(byName.get('x-content-type-options')).toBe('nosniff')
    expect(byName.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(byName.get('cross-origin-embedder-policy')).toBe('require-corp')
  })

  test('breaks none of its own rules while it loads', async () => {
    const complaints: string[] = []
    const listen = (message: { text(): string; type(): string }): void => {
      if (message.type() === 'error' || /content security|trusted/i.test(message.text()))
        complaints.push(message.text())
    }
    attacked.page.on('console', listen)
    await attacked.page.reload()
    await expect(attacked.page.locator('h1').first()).toBeVisible()
    attacked.page.off('console', listen)
    expect(complaints).toEqual([])
  })
})

test.describe('files', () => {
  test('outside the page’s folder are never served', async () => {
    const secret = path.join(attacked.userData, 'secret.txt')
    await writeFile(secret, 'nobody may read this')
    for (const target of ['/../package.json', '/../../package.json', '/..%2fmain%2findex.js', secret]) {
      expect(await attacked.fetch(`app://studio${target}`), target).not.toBe(200)
    }
  })

  const refused: readonly (readonly [string, string, number])[] = [
    ['a folder above', '/../secret.txt', 404],
    ['an encoded folder above', '/%2e%2e/secret.txt', 404],
    ['an encoded slash', '/%2e%2e%2fsecret.txt', 403],
    ['an encoded backslash', '/..%5csecret.txt', 400],
    ['a NUL', '/%00', 400],
    ['a broken escape', '/%ff', 400],
    ['an absolute path', '//etc/passwd', 404],
    ['a drive letter', '/c%3a/windows/win.ini', 400],
    ['what is not there', '/nope.js', 404]
  ]
  for (const [what, target, status] of refused) {
    test(`are refused for ${what}: ${target}`, async () => {
      expect(await attacked.fetch(`app://studio${target}`)).toBe(status)
    })
  }

  test('are refused for another host', async () => {
    expect(await attacked.fetch('app://other/')).toBe('TypeError')
  })

  test('are refused by file:', async () => {
    expect(await attacked.fetch('file:///etc/hostname')).toBe('TypeError')
  })

  test('need a place on the disk to be opened', async () => {
    const reply = await attacked.page.evaluate(() => window.studio.openDroppedFiles([new File(['a,b'], 'made-up.csv')]))
    expect(reply).toMatchObject({ ok: false, error: { code: 'no-path' } })
  })

  test('cannot be named by something that only looks like a File', async () => {
    const replies = await attacked.callBridge('openDroppedFiles', [
      [[{ name: 'x.csv', path: '/etc/hostname' }]],
      [['/etc/hostname']],
      ['/etc/hostname'],
      [[null]],
      [[]],
      [null],
      []
    ])
    for (const reply of replies) {
      expect(reply).toMatchObject({ ok: false })
      expect(JSON.stringify(reply)).toMatch(/"code":"(no-path|invalid-arguments)"/)
    }
  })

  test('cannot be named by something that only looks like a list of Files', async () => {
    const reply = await attacked.page.evaluate(() =>
      // @ts-expect-error a hostile page keeps to no types
      window.studio.openDroppedFiles({ length: 1, map: () => ['/etc/hostname'] })
    )
    expect(reply).toMatchObject({ ok: false, error: { code: 'invalid-arguments' } })
  })

  test('that nobody gave a handle for cannot be opened', async () => {
    const reply = await attacked.page.evaluate(() =>
      window.studio.openDatasetHandle('3f2504e0-4f89-41d3-9a0c-0305e82c3301')
    )
    expect(reply).toMatchObject({ ok: false, error: { code: 'unknown-handle' } })
  })

  test('dropped where nothing takes them do not replace the page', async () => {
    const { page } = attacked
    await page.evaluate(() => {
      const stop = (event: Event): void => event.stopImmediatePropagation()
      for (const type of ['dragenter', 'dragover', 'drop'])
        window.addEventListener(type, stop, { capture: true, once: true })
    })
    await dropFiles(page, [path.join(attacked.userData, 'secret.txt')])
    expect(await page.evaluate(() => location.href)).toBe('app://studio/')
  })
})

test.describe('the network', () => {
  test('is not reached by fetch', async () => {
    expect(await attacked.fetch(`http://${attacked.address}/fetch`)).toBe('TypeError')
  })

  test('is not reached by any other way a page has', async () => {
    await attacked.page.evaluate(async (host) => {
      const settled = (work: () => unknown): Promise<unknown> =>
        Promise.resolve()
          .then(work)
          .catch(() => null)
      const ended = (target: EventTarget, ...events: string[]): Promise<unknown> =>
        Promise.race([
          ...events.map((event) => new Promise((resolve) => target.addEventListener(event, resolve, { once: true }))),
          new Promise((resolve) => setTimeout(resolve, 1000))
        ])
      await Promise.all([
        settled(() => navigator.sendBeacon(`http://${host}/beacon`)),
        settled(() => ended(new WebSocket(`ws://${host}/socket`), 'open', 'error', 'close')),
        settled(() => ended(new EventSource(`http://${host}/events`), 'open', 'error')),
        settled(() => {
          const request = new XMLHttpRequest()
          request.open('GET', `http://${host}/xhr`)
          request.send()
          return ended(request, 'loadend')
        }),
        settled(() => {
          const image = new Image()
          image.src = `http://${host}/image`
          return ended(image, 'load', 'error')
        }),
        ...['prefetch', 'preconnect', 'dns-prefetch', 'stylesheet', 'modulepreload', 'manifest'].map((rel) =>
          settled(() => {
            const link = document.createElement('link')
            Object.assign(link, { rel, href: `http://${host}/${rel}`, as: 'script' })
            document.head.append(link)
            return ended(link, 'load', 'error').then(() => link.remove())
          })
        ),
        settled(() => import(/* @vite-ignore */ `http://${host}/module.js`)),
        settled(() => new Worker(`http://${host}/worker.js`)),
        settled(() => {
          const form = document.createElement('form')
          Object.assign(form, { action: `http://${host}/form`, method: 'post' })
          document.body.append(form)
          form.submit()
          form.remove()
        })
      ])
    }, attacked.address)
    expect(attacked.reached).toEqual([])
  })

  test('is not reached by a page without a policy either', async () => {
    const result: unknown = await attacked.app.evaluate(async ({ BrowserWindow }, host) => {
      const foreign = new BrowserWindow({ show: false, webPreferences: { sandbox: true, partition: 'elsewhere' } })
      try {
        await foreign.loadURL('data:text/html,<h1>no policy here</h1>')
        const answer: unknown = await foreign.webContents.executeJavaScript(
          `fetch('http://${host}/foreign', { mode: 'no-cors' }).then(() => 'reached', (error) => error.name)`
        )
        return answer
      } finally {
        foreign.destroy()
      }
    }, attacked.address)
    expect(result).toBe('TypeError')
  })

  test('is not reached by a window that is told to load from it', async () => {
    const result = await attacked.app.evaluate(async ({ BrowserWindow }, host) => {
      const foreign = new BrowserWindow({ show: false, webPreferences: { sandbox: true } })
      try {
        return await foreign.loadURL(`http://${host}/page`).then(
          () => 'reached',
          (error: unknown) => String(error)
        )
      } finally {
        foreign.destroy()
      }
    }, attacked.address)
    expect(result).toMatch(/ERR_BLOCKED_BY_CLIENT|ERR_NAME_NOT_RESOLVED/)
  })

  test('was never asked for anything', async () => {
    const sent = await attacked.app.evaluate((): unknown => Reflect.get(globalThis, 'sentRequests'))
    const outside = v
      .parse(v.array(v.string()), sent)
      .filter((url) => !/^(app:\/\/studio\/|blob:app:\/\/studio\/|data:)/.test(url))
    expect(outside).toEqual([])
  })
})
