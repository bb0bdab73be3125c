/**
 * The studio against a hostile page: whatever script runs in its window gets no file, no network, no other
 * window, no permission and no request that the contract does not have. One studio serves all attempts, since
 * none of them may leave a mark.
 */
import fc from 'fast-check'
import { createServer, type Server } from 'node:http'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import type { StudioApi } from '../src/shared/ipc/api'
import { mainRoutes, type MainRequest } from '../src/shared/ipc/contract'
import { dropFiles, expect, launchStudio, test, type Studio } from './support/launch'

declare global {
  interface Navigator {
    readonly hid?: { getDevices(): Promise<unknown[]> }
    readonly usb?: { getDevices(): Promise<unknown[]> }
  }
}

let studio: Studio
/** A server on this machine that counts who reaches it: nobody may. */
let listener: Server
let reached: string[] = []
let address = ''

test.beforeAll(async () => {
  listener = createServer((request, response) => {
    reached.push(request.url ?? '')
    response.setHeader('access-control-allow-origin', '*').end('reached')
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const bound = listener.address()
  address = typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : ''
  studio = await launchStudio()
  await studio.app.evaluate(({ session }) => {
    const sent: string[] = []
    Object.assign(globalThis, { sentRequests: sent })
    session.defaultSession.webRequest.onSendHeaders(({ url }) => void sent.push(url))
  })
})

test.afterAll(async () => {
  await studio.close()
  await new Promise((resolve) => listener.close(resolve))
})

test.afterEach(async () => {
  expect(studio.page.url()).toBe('app://studio/')
  await expect.poll(() => studio.app.windows().length).toBe(1)
  expect(reached).toEqual([])
  reached = []
})

/** Status of a `fetch` from the page, or the name of the error it ends with. */
function fetchFromPage(url: string): Promise<number | string> {
  return studio.page.evaluate(async (target) => {
    try {
      return (await fetch(target)).status
    } catch (error) {
      return error instanceof Error ? error.name : 'unknown'
    }
  }, url)
}

/** Calls a function of the bridge as a hostile script would, with anything; the answers of all calls. */
function callBridge(member: string, calls: readonly (readonly unknown[])[]): Promise<unknown[]> {
  return studio.page.evaluate(
    ([name, list]) => {
      const called: unknown = Reflect.get(window.studio, name)
      if (typeof called !== 'function') throw new Error(`the bridge has no ${name}`)
      return Promise.all(list.map((args): unknown => Reflect.apply(called, undefined, args)))
    },
    [member, calls] as const
  )
}

test.describe('the page', () => {
  test('is served from app://studio/ with a title of its own', async () => {
    expect(await studio.page.evaluate(() => location.href)).toBe('app://studio/')
    expect(await studio.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())).toBe(
      'Backprop Studio'
    )
  })

  test('is a secure, cross-origin isolated context', async () => {
    expect(await studio.page.evaluate(() => [typeof SharedArrayBuffer, crossOriginIsolated, isSecureContext])).toEqual([
      'function',
      true,
      true
    ])
  })

  test('has no Node', async () => {
    const globals = ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron', '__dirname']
    expect(await studio.page.evaluate((names) => names.filter((name) => name in globalThis), globals)).toEqual([])
  })

  test('gets the named functions of StudioApi and nothing else', async () => {
    const members = await studio.page.evaluate(() =>
      Object.entries(window.studio).map(([name, member]) => [name, typeof member])
    )
    const expected = [...Object.keys(requestOf), 'openDroppedFile', 'onOpenCommand', 'onTrainerNotice']
    expect(members.map(([name]) => name).sort()).toEqual(expected.sort())
    expect(new Set(members.map(([, kind]) => kind))).toEqual(new Set(['function']))
  })

  test('cannot replace what the bridge gave it', async () => {
    expect(
      await studio.page.evaluate(() => {
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
    const preferences = await studio.app.evaluate(({ BrowserWindow }): unknown => {
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
    const headers = await studio.page.evaluate(async () => [...(await fetch('app://studio/')).headers])
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
    studio.page.on('console', listen)
    await studio.page.reload()
    await expect(studio.page.locator('h1').first()).toBeVisible()
    studio.page.off('console', listen)
    expect(complaints).toEqual([])
  })
})

test.describe('files', () => {
  test('outside the page’s folder are never served', async () => {
    const secret = path.join(studio.userData, 'secret.txt')
    await writeFile(secret, 'nobody may read this')
    for (const target of ['/../package.json', '/../../package.json', '/..%2fmain%2findex.js', secret]) {
      expect(await fetchFromPage(`app://studio${target}`), target).not.toBe(200)
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
      expect(await fetchFromPage(`app://studio${target}`)).toBe(status)
    })
  }

  test('are refused for another host', async () => {
    expect(await fetchFromPage('app://other/')).toBe('TypeError')
  })

  test('are refused by file:', async () => {
    expect(await fetchFromPage('file:///etc/hostname')).toBe('TypeError')
  })

  test('need a place on the disk to be opened', async () => {
    const reply = await studio.page.evaluate(() => window.studio.openDroppedFile(new File(['a,b'], 'made-up.csv')))
    expect(reply).toMatchObject({ ok: false, error: { code: 'no-path' } })
  })

  test('cannot be named by something that only looks like a File', async () => {
    const replies = await callBridge('openDroppedFile', [
      [{ name: 'x.csv', path: '/etc/hostname' }],
      ['/etc/hostname'],
      [null],
      []
    ])
    for (const reply of replies) {
      expect(reply).toMatchObject({ ok: false })
      expect(JSON.stringify(reply)).toMatch(/"code":"(no-path|invalid-arguments)"/)
    }
  })

  test('that nobody gave a handle for cannot be opened', async () => {
    const reply = await studio.page.evaluate(() =>
      window.studio.openDatasetHandle('3f2504e0-4f89-41d3-9a0c-0305e82c3301')
    )
    expect(reply).toMatchObject({ ok: false, error: { code: 'unknown-handle' } })
  })

  test('dropped where nothing takes them do not replace the page', async () => {
    const { page } = studio
    await page.evaluate(() => {
      const stop = (event: Event): void => event.stopImmediatePropagation()
      for (const type of ['dragenter', 'dragover', 'drop'])
        window.addEventListener(type, stop, { capture: true, once: true })
    })
    await dropFiles(page, [path.join(studio.userData, 'secret.txt')])
    expect(await page.evaluate(() => location.href)).toBe('app://studio/')
  })
})

test.describe('the network', () => {
  test('is not reached by fetch', async () => {
    expect(await fetchFromPage(`http://${address}/fetch`)).toBe('TypeError')
  })

  test('is not reached by any other way a page has', async () => {
    await studio.page.evaluate(async (host) => {
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
    }, address)
    expect(reached).toEqual([])
  })

  test('is not reached by a page without a policy either', async () => {
    const result: unknown = await studio.app.evaluate(async ({ BrowserWindow }, host) => {
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
    }, address)
    expect(result).toBe('TypeError')
  })

  test('is not reached by a window that is told to load from it', async () => {
    const result = await studio.app.evaluate(async ({ BrowserWindow }, host) => {
      const foreign = new BrowserWindow({ show: false, webPreferences: { sandbox: true } })
      try {
        return await foreign.loadURL(`http://${host}/page`).then(
          () => 'reached',
          (error: unknown) => String(error)
        )
      } finally {
        foreign.destroy()
      }
    }, address)
    expect(result).toMatch(/ERR_BLOCKED_BY_CLIENT|ERR_NAME_NOT_RESOLVED/)
  })

  test('was never asked for anything', async () => {
    const sent = await studio.app.evaluate((): unknown => Reflect.get(globalThis, 'sentRequests'))
    const outside = v
      .parse(v.array(v.string()), sent)
      .filter((url) => !/^(app:\/\/studio\/|blob:app:\/\/studio\/|data:)/.test(url))
    expect(outside).toEqual([])
  })
})

test.describe('the window', () => {
  test('opens no other window', async () => {
    expect(await studio.page.evaluate(() => window.open('https://example.com/'))).toBeNull()
    expect(await studio.page.evaluate(() => window.open('app://studio/'))).toBeNull()
    expect(await studio.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })

  for (const target of ['https://example.com/', 'file:///etc/hostname', 'app://other/', 'data:text/html,<h1>x</h1>']) {
    test(`does not go to ${target}`, async () => {
      await studio.page.evaluate((url) => {
        location.href = url
      }, target)
      // A refused navigation tells nobody; a request to main and back takes longer than it.
      await studio.page.evaluate(() => window.studio.listRecent())
      expect(await studio.page.evaluate(() => location.href)).toBe('app://studio/')
    })
  }

  test('comes back from about:blank, which Chromium does not ask about', async () => {
    await studio.page.evaluate(() => {
      location.href = 'about:blank'
    })
    await studio.page.waitForURL('about:blank').catch(() => null)
    await studio.page.waitForURL('app://studio/')
    await expect(studio.page.locator('h1').first()).toBeVisible()
  })

  test('downloads nothing', async () => {
    const downloaded = await studio.page.evaluate(async () => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(['x']))
      link.download = 'x.txt'
      link.click()
      await window.studio.listRecent()
      return true
    })
    expect(downloaded).toBe(true)
    const state = await studio.app.evaluate(
      ({ session, BrowserWindow }) =>
        new Promise<string>((resolve) => {
          session.defaultSession.once('will-download', (event) =>
            resolve(event.defaultPrevented ? 'prevented' : 'begun')
          )
          BrowserWindow.getAllWindows()[0]?.webContents.downloadURL('data:text/plain,x')
        })
    )
    expect(state).toBe('prevented')
  })

  test('attaches no webview', async () => {
    const attached = await studio.page.evaluate(() => {
      const view = document.createElement('webview')
      view.setAttribute('src', 'https://example.com/')
      document.body.append(view)
      const alive = 'getWebContentsId' in view
      view.remove()
      return alive
    })
    expect(attached).toBe(false)
  })

  test('frames no other page', async () => {
    const frames = await studio.page.evaluate(async (host) => {
      const results: string[] = []
      for (const src of [`http://${host}/frame`, 'app://studio/index.html', 'file:///etc/hostname']) {
        const frame = document.createElement('iframe')
        frame.src = src
        document.body.append(frame)
        await new Promise((resolve) => {
          frame.addEventListener('load', resolve, { once: true })
          setTimeout(resolve, 500)
        })
        let text: string
        try {
          text = frame.contentDocument?.body.innerText ?? ''
        } catch {
          text = ''
        }
        if (text !== '') results.push(`${src}: ${text}`)
        frame.remove()
      }
      return results
    }, address)
    expect(frames).toEqual([])
  })
})

test.describe('permissions', () => {
  test('to notify are denied', async () => {
    expect(await studio.page.evaluate(() => Notification.requestPermission())).toBe('denied')
  })

  test('to locate are denied', async () => {
    const code = await studio.page.evaluate(
      () =>
        new Promise<number>((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve(0),
            (error) => resolve(error.code)
          )
        )
    )
    expect(code).toBe(1)
  })

  for (const name of ['clipboard-read', 'camera', 'microphone', 'midi', 'persistent-storage'] as const) {
    test(`for ${name} are denied`, async () => {
      // TypeScript's list of names is shorter than Chromium's.
      const state = await studio.page.evaluate(
        async (permission) => (await navigator.permissions.query({ name: permission as PermissionName })).state,
        name
      )
      expect(state).toBe('denied')
    })
  }

  test('for cameras, screens and devices are denied', async () => {
    const results = await studio.page.evaluate(async () => {
      const name = (error: unknown): string => (error instanceof Error ? error.name : 'unknown')
      return [
        await navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then(() => 'granted', name),
        await navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => 'granted', name),
        (await navigator.hid?.getDevices().catch(() => []))?.length ?? 0,
        (await navigator.usb?.getDevices().catch(() => []))?.length ?? 0
      ]
    })
    expect(results[0]).not.toBe('granted')
    expect(results[1]).not.toBe('granted')
    expect(results.slice(2)).toEqual([0, 0])
  })
})

test.describe('code', () => {
  test('in the page itself is not run', async () => {
    const ran = await studio.page.evaluate(() => {
      const script = document.createElement('script')
      const names: string[] = []
      for (const write of [
        () => (script.textContent = 'window.inlineRan = 1'),
        () => (script.text = 'window.inlineRan = 1')
      ]) {
        try {
          write()
          document.head.append(script)
        } catch (error) {
          names.push(error instanceof Error ? error.name : 'unknown')
        }
      }
      script.remove()
      const button = document.createElement('button')
      try {
        button.setAttribute('onclick', 'window.inlineRan = 1')
      } catch (error) {
        names.push(error instanceof Error ? error.name : 'unknown')
      }
      button.click()
      return 'inlineRan' in window
    })
    expect(ran).toBe(false)
  })

  test('is not made from text', async () => {
    // As the text of a script, since what is tried here is what our own code must not even be written like.
    const results = await studio.page.evaluate<string[]>(`(async () => {
      // The test's own call may make code from text; what the page does later by itself may not.
      await new Promise((resolve) => setTimeout(resolve))
      const attempts = [() => eval('1 + 1'), () => Function('return 1')(), () => setTimeout('window.timerRan = 1', 0)]
      return attempts.map((attempt) => {
        try {
          attempt()
          return 'ran'
        } catch (error) {
          return error.name
        }
      })
    })()`)
    expect(results).toEqual(['EvalError', 'EvalError', 'TypeError'])
  })

  test('is not made from HTML', async () => {
    const name = await studio.page.evaluate(() => {
      try {
        document.createElement('div').innerHTML = '<img src=x onerror="window.htmlRan=1">'
        return 'allowed'
      } catch (error) {
        return error instanceof Error ? error.name : 'unknown'
      }
    })
    expect(name).toBe('TypeError')
  })

  test('gets no policy of its own for trusted types', async () => {
    const name = await studio.page.evaluate<string>(`(() => {
      try {
        trustedTypes.createPolicy('mine', { createHTML: (text) => text })
        return 'allowed'
      } catch (error) {
        return error.name
      }
    })()`)
    expect(name).toBe('TypeError')
  })

  test('is not loaded from a blob', async () => {
    const result = await studio.page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const script = document.createElement('script')
          script.onload = () => resolve('ran')
          script.onerror = () => resolve('blocked')
          try {
            script.src = URL.createObjectURL(new Blob(['window.blobRan = 1']))
          } catch (error) {
            resolve(error instanceof Error ? error.name : 'unknown')
            return
          }
          document.head.append(script)
        })
    )
    expect(result).toBe('TypeError')
  })
})

/** The function of `window.studio` for each request; the compiler keeps it complete. */
const requestOf = {
  openDatasetDialog: 'dataset.openDialog',
  openDatasetHandle: 'dataset.openHandle',
  openSample: 'dataset.openSample',
  datasetRows: 'dataset.rows',
  listSamples: 'samples.list',
  listRecent: 'recent.list',
  updateSetup: 'setup.update',
  startTraining: 'train.start',
  pauseTraining: 'train.pause',
  resumeTraining: 'train.resume',
  stepTraining: 'train.step',
  stopTraining: 'train.stop',
  resetTraining: 'train.reset',
  evaluateRun: 'run.evaluate',
  runWeights: 'run.weights',
  showRun: 'run.show',
  saveExport: 'export.save',
  showExport: 'export.show'
} as const satisfies Record<
  Exclude<keyof StudioApi, 'openDroppedFile' | 'onOpenCommand' | 'onTrainerNotice'>,
  MainRequest
>

test.describe('requests', () => {
  test('of the contract are all in the bridge', () => {
    expect(Object.values(requestOf).sort()).toEqual(Object.keys(mainRoutes).sort())
  })

  for (const [member, name] of Object.entries(requestOf)) {
    test(`${name} refuses arguments of the wrong type`, async () => {
      const schema: v.GenericSchema<unknown, readonly unknown[]> = mainRoutes[name].args
      const value = fc.oneof(
        fc.jsonValue(),
        fc.constantFrom('', 'iris', -1, 0.5, 1e300, '../../etc/passwd', '__proto__')
      )
      const wrong = fc.array(value, { maxLength: 3 }).filter((args) => {
        const parsed = v.safeParse(schema, args)
        return !parsed.success || args.length > parsed.output.length
      })
      const cases: unknown[][] = [
        ...fc.sample(wrong, { numRuns: 15, seed: 1 }),
        ['/etc/passwd', '/etc/passwd', '/etc/passwd', '/etc/passwd']
      ]
      const replies = await callBridge(member, cases)
      for (const [index, reply] of replies.entries()) {
        expect(reply, JSON.stringify(cases[index])).toMatchObject({ ok: false, error: { code: 'invalid-arguments' } })
      }
    })
  }

  test('with a function or a symbol do not leave the page', async () => {
    const replies = await studio.page.evaluate<string[]>(`Promise.all(
      [() => 1, Symbol('x'), window, document].map(async (value) => {
        try {
          return JSON.stringify(await window.studio.openSample(value))
        } catch (error) {
          return String(error)
        }
      })
    )`)
    for (const reply of replies) expect(reply).toMatch(/invalid-arguments|could not be cloned|Error/)
  })

  test('from a page that is not the studio are refused', async () => {
    const replies = await studio.app.evaluate(async ({ app, BrowserWindow }, members) => {
      const foreign = new BrowserWindow({
        show: false,
        webPreferences: { sandbox: true, contextIsolation: true, preload: `${app.getAppPath()}/out/preload/index.cjs` }
      })
      try {
        await foreign.loadURL('data:text/html,<h1>not the studio</h1>')
        const code = `Promise.all(${JSON.stringify(members)}.map((name) => window.studio[name]().then((reply) => reply.error?.code)))`
        const codes: unknown = await foreign.webContents.executeJavaScript(code)
        return codes
      } finally {
        foreign.destroy()
      }
    }, Object.keys(requestOf))
    expect(replies).toEqual(Object.keys(requestOf).map(() => 'sender-refused'))
  })

  test('from a frame inside the studio’s page are refused', async () => {
    const result: unknown = await studio.app.evaluate(async ({ app, BrowserWindow, session }) => {
      // Both pages have the studio's own address and no policy against frames, and the bridge is in both: all
      // that tells them apart is which of them is the top.
      const elsewhere = session.fromPartition('frames')
      elsewhere.protocol.unhandle('app')
      elsewhere.protocol.handle('app', ({ url }) => {
        const body = url.endsWith('/inner') ? '<p>inner</p>' : '<iframe src="app://studio/inner"></iframe>'
        return new Response(body, { headers: { 'content-type': 'text/html' } })
      })
      const host = new BrowserWindow({
        show: false,
        webPreferences: {
          session: elsewhere,
          sandbox: true,
          contextIsolation: true,
          nodeIntegrationInSubFrames: true,
          preload: `${app.getAppPath()}/out/preload/index.cjs`
        }
      })
      try {
        await host.loadURL('app://studio/')
        const code = `(async () => {
          const inside = frames[0].studio
          return [frames[0].location.href, (await inside.listRecent()).error?.code, (await window.studio.listRecent()).ok]
        })()`
        const answer: unknown = await host.webContents.executeJavaScript(code)
        return answer
      } finally {
        host.destroy()
      }
    })
    expect(result).toEqual(['app://studio/inner', 'sender-refused', true])
  })

  test('leave prototypes alone', async () => {
    await studio.page.evaluate(
      `window.studio.updateSetup(JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'))`
    )
    expect(await studio.app.evaluate(() => 'polluted' in {})).toBe(false)
  })
})
