/** Thousands of messages at once, of every kind and of none: each request is answered once, memory stays bounded. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { trainerRoutes } from '../shared/ipc/contract'
import { askedSession, type AskedSession } from './testing'

provideKernels(kernelBytes)

const samples = join(import.meta.dirname, '../../resources/samples')
const iris = join(samples, 'iris.csv')
const MB = 2 ** 20

let folder: string
let asked: AskedSession

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-flood-'))
  asked = askedSession(join(folder, 'runs'), samples)
  const { setup } = await asked.ask('dataset.open', [iris], null, {})
  if (setup === null) throw new Error('no setup')
  await asked.ask('setup.update', { ...setup.setup, epochs: 100_000 })
})

afterEach(async () => {
  await asked.session.close()
  asked.unplug()
  await rm(folder, { recursive: true, force: true })
})

interface Flood {
  /** How often each id was answered. */
  readonly answers: ReadonlyMap<number, number>
  readonly codes: ReadonlySet<string>
}

/** Posts all of it in one turn, and waits for so many answers. */
async function flood(messages: readonly unknown[], expected: number): Promise<Flood> {
  const port = asked.connected()
  const answers = new Map<number, number>()
  const codes = new Set<string>()
  port.on('message', ({ id, reply }: { id: number; reply: { ok: boolean; error?: { code: string } } }) => {
    answers.set(id, (answers.get(id) ?? 0) + 1)
    codes.add(reply.error?.code ?? 'ok')
  })
  for (const message of messages) port.postMessage(message)
  while (answers.size < expected) await setImmediate()
  // Whatever else there is would have come by now.
  await asked.ask('dataset.rows', 0, 1)
  return { answers, codes }
}

const request = (id: number, name: string, args: unknown) => ({ kind: 'rpc', type: 'request', id, name, args })

it('ten thousand requests of every kind at once are each answered once', async () => {
  const names = Object.keys(trainerRoutes).filter((name) => name !== 'session.close')
  const some = new Map<string, readonly unknown[]>([
    ['dataset.open', [[iris], null, {}]],
    ['dataset.rows', [0, 5]],
    ['run.surface', [null, 8]],
    ['run.activations', [0, null]],
    ['run.evaluate', ['validation', null]],
    ['run.weights', [null]],
    ['runs.delete', [['none']]],
    ['train.fork', [1]],
    ['train.step', ['step']],
    ['train.continue', ['none', null, true]],
    ['train.again', ['none']],
    ['train.tryRemedy', ['none']],
    ['export.suggestName', ['onnx']]
  ])
  // What begins and ends runs or reads files takes long: of that there are some hundred.
  const light = names.filter((name) => !/^(?:train|export)\.|^dataset\.(?:open|make)$|crossValidate/.test(name))
  const messages = Array.from({ length: 10_000 }, (_, id) => {
    const kinds = id < 500 ? names : light
    const name = kinds[id % kinds.length] ?? ''
    return request(id, name, some.get(name) ?? [])
  })
  const before = process.memoryUsage().rss
  const { answers, codes } = await flood(messages, messages.length)
  expect([...answers.values()].filter((times) => times !== 1)).toEqual([])
  expect(codes).toContain('ok')
  expect(codes).not.toContain('internal-error')
  expect(process.memoryUsage().rss - before).toBeLessThan(500 * MB)
  await asked.ask('train.reset')
  await asked.ask('train.start')
  await asked.runWhen((run) => run.progress.epoch > 1)
}, 120_000)

it('what is no request is left aside, and one that is too large is refused', async () => {
  const nested = Array.from({ length: 1000 }).reduce<unknown>((inner) => [inner], null)
  const nothing = [
    null,
    1,
    'text',
    {},
    [],
    { kind: 'rpc' },
    { kind: 'rpc', type: 'request', id: '1', name: 'runs.list' }
  ]
  const malformed = [
    ...nothing,
    ...[{ kind: 'rpc', type: 'reply', id: 1, reply: { ok: true, value: 1 } }, { kind: 'live-port' }, { ack: 1 }]
  ]
  const odd = [
    ['__proto__', []],
    ['constructor', []],
    ['x'.repeat(MB), []],
    ['runs.edit', ['none', { notes: 'x'.repeat(16 * MB) }]],
    ['runs.edit', ['none', JSON.parse('{"__proto__": {"polluted": true}}')]],
    ['runs.delete', [Array.from({ length: 200_000 }, () => 'none')]],
    ['setup.update', [nested]],
    ['dataset.open', [['\0'], null, {}]],
    ['run.steps', [null, -1, Number.NaN, Infinity]],
    ['train.fork', [2 ** 53]],
    ['train.step', ['step', 'step']],
    ['train.start', 'no array'],
    ['train.start', { length: 0 }],
    ['runs.edit', ['..', {}]],
    ['runs.curves', ['a/../../b']],
    ['runs.delete', [[]]],
    ['runs.list', undefined]
  ] as const
  const messages = Array.from({ length: 200 }, () => malformed).flat()
  const { answers, codes } = await flood(
    [...messages, ...odd.map(([name, args], id) => request(id, name, args)), ...messages],
    odd.length
  )
  expect(answers.size).toBe(odd.length)
  expect([...answers.values()].every((times) => times === 1)).toBe(true)
  expect([...codes].sort()).toEqual(['invalid-arguments', 'unknown-request'])
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
  await asked.ask('train.start')
  await asked.runWhen((run) => run.progress.epoch > 1)
})
