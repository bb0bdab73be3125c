/** A hostile script in the studio's page opens no other window and page, gets no permission and brings in no code. */
import { attackedStudio } from './support/attack'
import { expect, test } from './support/launch'

declare global {
  interface Navigator {
    readonly hid?: { getDevices(): Promise<unknown[]> }
    readonly usb?: { getDevices(): Promise<unknown[]> }
  }
}

const attacked = attackedStudio()

test.describe('the window', () => {
  test('opens no other window', async () => {
    expect(await attacked.page.evaluate(() => window.open('https://example.com/'))).toBeNull()
    expect(await attacked.page.evaluate(() => window.open('app://studio/'))).toBeNull()
    expect(await attacked.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })

  for (const target of ['https://example.com/', 'file:///etc/hostname', 'app://other/', 'data:text/html,<h1>x</h1>']) {
    test(`does not go to ${target}`, async () => {
      await attacked.page.evaluate((url) => {
        location.href = url
      }, target)
      // A refused navigation tells nobody; a request to main and back takes longer than it.
      await attacked.page.evaluate(() => window.studio.listRecent())
      expect(await attacked.page.evaluate(() => location.href)).toBe('app://studio/')
    })
  }

  test('comes back from about:blank, which Chromium does not ask about', async () => {
    await attacked.page.evaluate(() => {
      location.href = 'about:blank'
    })
    await attacked.page.waitForURL('about:blank').catch(() => null)
    await attacked.page.waitForURL('app://studio/')
    await expect(attacked.page.locator('h1').first()).toBeVisible()
  })

  test('downloads nothing', async () => {
    const downloaded = await attacked.page.evaluate(async () => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(['x']))
      link.download = 'x.txt'
      link.click()
      await window.studio.listRecent()
      return true
    })
    expect(downloaded).toBe(true)
    const state = await attacked.app.evaluate(
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
    const attached = await attacked.page.evaluate(() => {
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
    const frames = await attacked.page.evaluate(async (host) => {
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
    }, attacked.address)
    expect(frames).toEqual([])
  })
})

test.describe('permissions', () => {
  test('to notify are denied', async () => {
    expect(await attacked.page.evaluate(() => Notification.requestPermission())).toBe('denied')
  })

  test('to locate are denied', async () => {
    const code = await attacked.page.evaluate(
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
      const state = await attacked.page.evaluate(
        async (permission) => (await navigator.permissions.query({ name: permission as PermissionName })).state,
        name
      )
      expect(state).toBe('denied')
    })
  }

  test('for cameras, screens and devices are denied', async () => {
    const results = await attacked.page.evaluate(async () => {
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
    const ran = await attacked.page.evaluate(() => {
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
    const results = await attacked.page.evaluate<string[]>(`(async () => {
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
    const name = await attacked.page.evaluate(() => {
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
    const name = await attacked.page.evaluate<string>(`(() => {
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
    const result = await attacked.page.evaluate(
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
