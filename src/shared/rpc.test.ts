import fc from 'fast-check'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { createDispatcher, createRpcClient, createRpcServer, type Handlers, type RpcClient } from './rpc'
import { mainRoutes, trainerRoutes, type Route } from './ipc/contract'
import { DataFormatError, StudioError } from './errors'

function route<Result>() {
  return <Schema extends v.GenericSchema<unknown, readonly unknown[]>>(args: Schema): Route<Schema, Result> => ({
    args
  })
}
const routes = {
  add: route<number>()(v.tuple([v.number(), v.number()])),
  fail: route<null>()(v.tuple([v.string()])),
  never: route<string>()(v.tuple([])),
  uncopyable: route<unknown>()(v.tuple([]))
}

const open: MessagePort[] = []
afterEach(() => {
  for (const port of open.splice(0)) port.close()
})

function connect(handlers: Partial<Handlers<typeof routes>> = {}): {
  client: RpcClient<typeof routes>
  server: MessagePort
  unexpected: unknown[]
} {
  const { port1, port2 } = new MessageChannel()
  open.push(port1, port2)
  const unexpected: unknown[] = []
  createRpcServer(
    port2,
    routes,
    {
      add: (a, b) => a + b,
      fail: (kind) => {
        if (kind === 'bug') throw new TypeError('x is undefined')
        throw new DataFormatError('empty-file', 'The file is empty.', { file: 'a.csv', line: 0 })
      },
      never: () => new Promise(() => undefined),
      uncopyable: () => () => 1,
      ...handlers
    },
    { onUnexpectedError: (_name, error) => unexpected.push(error) }
  )
  return { client: createRpcClient<typeof routes>(port1), server: port2, unexpected }
}

describe('requests over a port', () => {
  it('answer with the result of the handler', async () => {
    const { client } = connect()
    expect(await client.call('add', 2, 3)).toBe(5)
  })

  it('run side by side and are told apart', async () => {
    let release = (): void => undefined
    const { client } = connect({
      add: async (a, b) => {
        if (a === 1) await new Promise<void>((resolve) => (release = resolve))
        return a + b
      }
    })
    const slow = client.call('add', 1, 1)
    expect(await client.call('add', 2, 2)).toBe(4)
    expect(client.pending).toBe(1)
    release()
    expect(await slow).toBe(2)
  })

  it('carry an expected error with its code, message and details', async () => {
    const { client, unexpected } = connect()
    const error = await client.call('fail', 'file').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StudioError)
    expect(error).toMatchObject({
      code: 'empty-file',
      message: 'The file is empty.',
      details: { file: 'a.csv', line: 0 }
    })
    expect(unexpected).toEqual([])
  })

  it('turn a bug into internal-error and report it with its stack', async () => {
    const { client, unexpected } = connect()
    await expect(client.call('fail', 'bug')).rejects.toMatchObject({ code: 'internal-error' })
    expect(unexpected).toHaveLength(1)
    expect(unexpected[0]).toBeInstanceOf(TypeError)
  })

  it('answer internal-error when the result cannot be copied', async () => {
    const { client, unexpected } = connect()
    await expect(client.call('uncopyable')).rejects.toMatchObject({ code: 'internal-error' })
    expect(unexpected).toHaveLength(1)
  })

  it('reject what is pending with trainer-gone when the port closes, and every later call', async () => {
    const { client, server } = connect()
    const pending = [client.call('never'), client.call('never')]
    const settled = Promise.allSettled(pending)
    server.close()
    for (const result of await settled) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'trainer-gone' } })
    }
    await expect(client.call('add', 1, 1)).rejects.toMatchObject({ code: 'trainer-gone' })
    expect(client.pending).toBe(0)
  })

  it('reject with the reason that close was given', async () => {
    const { client } = connect()
    const pending = client.call('never')
    client.close(new StudioError('quitting', 'The studio is closing.'))
    await expect(pending).rejects.toMatchObject({ code: 'quitting' })
  })

  it('leave other messages on the port alone', async () => {
    const { client, server } = connect()
    for (const other of [null, 7, 'rpc', {}, { kind: 'live-port' }, { kind: 'rpc', type: 'reply', id: 'x' }]) {
      server.postMessage(other)
    }
    server.postMessage({ kind: 'rpc', type: 'reply', id: 999, reply: { ok: true, value: 1 } })
    expect(await client.call('add', 1, 1)).toBe(2)
  })

  it('are read from the event that process.parentPort hands over', async () => {
    const answers: unknown[] = []
    let listener: (message: unknown) => void = () => undefined
    const port = {
      postMessage: (message: unknown) => void answers.push(message),
      on: (_event: 'message', added: (message: unknown) => void) => (listener = added)
    }
    createRpcServer(port, { add: routes.add }, { add: (a, b) => a + b })
    listener({ data: { kind: 'rpc', type: 'request', id: 4, name: 'add', args: [1, 2] }, ports: [] })
    await new Promise((resolve) => setImmediate(resolve))
    expect(answers).toEqual([{ kind: 'rpc', type: 'reply', id: 4, reply: { ok: true, value: 3 } }])
  })
})

describe('arguments', () => {
  it('that are too many are refused', async () => {
    const dispatch = createDispatcher({ add: routes.add }, { add: (a, b) => a + b })
    expect(await dispatch('add', [1, 2, 3])).toMatchObject({ ok: false, error: { code: 'invalid-arguments' } })
  })

  it('of an unknown request are never looked at', async () => {
    const dispatch = createDispatcher({ add: routes.add }, { add: (a, b) => a + b })
    for (const name of ['constructor', '__proto__', 'toString', 'nope']) {
      expect(await dispatch(name, [])).toMatchObject({ ok: false, error: { code: 'unknown-request' } })
    }
  })

  /** Anything that is not accepted by `schema`, from the whole zoo of values that structured clone carries. */
  function wrongArguments(schema: v.GenericSchema<unknown, readonly unknown[]>): fc.Arbitrary<unknown> {
    const zoo = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true })
    const args = fc.oneof(
      zoo,
      fc.array(zoo, { maxLength: 4 }),
      fc.array(fc.oneof(zoo, fc.constant('x')), { maxLength: 4 })
    )
    return args.filter((value) => {
      const parsed = v.safeParse(schema, value)
      return !parsed.success || (Array.isArray(value) && value.length > parsed.output.length)
    })
  }

  const everyRoute = [
    ...Object.entries(mainRoutes).map(([name, { args }]) => ({ side: 'main', name, args })),
    ...Object.entries(trainerRoutes).map(([name, { args }]) => ({ side: 'trainer', name, args }))
  ]

  it.each(everyRoute)('of the wrong type never reach the handler of $side $name', async ({ name, args }) => {
    let calls = 0
    const dispatch = createDispatcher({ [name]: { args } }, { [name]: () => ++calls })
    await fc.assert(
      fc.asyncProperty(wrongArguments(args), async (wrong) => {
        const reply = await dispatch(name, wrong)
        expect(reply).toMatchObject({ ok: false, error: { code: 'invalid-arguments', details: { request: name } } })
      }),
      { numRuns: 60 }
    )
    expect(calls).toBe(0)
  })

  it('of the wrong type are refused over a real port as well', async () => {
    const { port1, port2 } = new MessageChannel()
    open.push(port1, port2)
    let calls = 0
    createRpcServer(port2, { add: routes.add }, { add: () => ++calls })
    const wrong = [[], [1], ['1', 2], [1, null], [1, 2, 3], 'add', null, { 0: 1, 1: 2 }, [NaN, '']]
    const answers = new Promise<unknown[]>((resolve) => {
      const seen: unknown[] = []
      port1.on('message', (message) => {
        seen.push(message)
        if (seen.length === wrong.length) resolve(seen)
      })
    })
    wrong.forEach((args, id) => port1.postMessage({ kind: 'rpc', type: 'request', id, name: 'add', args }))
    for (const answer of await answers) {
      expect(answer).toMatchObject({ reply: { ok: false, error: { code: 'invalid-arguments' } } })
    }
    expect(calls).toBe(0)
  })
})
