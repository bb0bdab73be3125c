/** A hostile script in the studio's page sends no request that the contract does not have. */
import fc from 'fast-check'
import * as v from 'valibot'
import { mainRoutes } from '../src/shared/ipc/contract'
import { attackedStudio, requestOf } from './support/attack'
import { expect, test } from './support/launch'

const attacked = attackedStudio()

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
      const replies = await attacked.callBridge(member, cases)
      for (const [index, reply] of replies.entries()) {
        expect(reply, JSON.stringify(cases[index])).toMatchObject({ ok: false, error: { code: 'invalid-arguments' } })
      }
    })
  }

  test('with a function or a symbol do not leave the page', async () => {
    const replies = await attacked.page.evaluate<string[]>(`Promise.all(
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
    const replies = await attacked.app.evaluate(async ({ app, BrowserWindow }, members) => {
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
    const result: unknown = await attacked.app.evaluate(async ({ app, BrowserWindow, session }) => {
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
    await attacked.page.evaluate(
      `window.studio.updateSetup(JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'))`
    )
    expect(await attacked.app.evaluate(() => 'polluted' in {})).toBe(false)
  })
})
