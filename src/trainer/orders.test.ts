/**
 * Requests in any order, many at a time, against a session as it is: each is answered, by what was asked for or by an error with
 * a code; what the window was told is what the session shows; and afterwards it trains as if nothing had been.
 *
 * `ORDERS=2000 npx vitest run src/trainer/orders.test.ts` tries more orders, `SEED` other ones.
 */
import fc from 'fast-check'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { StudioError } from '../shared/errors'
import { trainerRoutes, type LiveMessage, type Routes, type TrainerRequest } from '../shared/ipc/contract'
import { createRpcClient } from '../shared/rpc'
import type { Setup } from '../shared/setup'
import type { SessionView } from '../shared/views'
import { askedSession, type AskedSession } from './testing'

provideKernels(kernelBytes)

const samples = join(import.meta.dirname, '../../resources/samples')
const ORDERS = Number(process.env['ORDERS'] ?? 25)
const SEED = Number(process.env['SEED'] ?? 1)
/** Longer than any answer takes. */
const ANSWER_MS = 15_000
const BAD_NUMBERS = [-1, 0.5, Number.NaN, Infinity, 2 ** 53 - 1, 2 ** 53]
const names = Object.keys(trainerRoutes).filter((name): name is TrainerRequest => name !== 'session.close')

/** Numbers that say what is asked; what they mean hangs on what is there by then. */
interface Wish {
  readonly request: TrainerRequest
  readonly a: number
  readonly b: number
  /** It is asked before the ones before it are answered. */
  readonly atOnce: boolean
}

const wishes: fc.Arbitrary<Wish[]> = fc.array(
  fc.record({
    request: fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(...names) },
      // Orders in which something happens.
      {
        weight: 2,
        arbitrary: fc.constantFrom<TrainerRequest>(
          ...(['train.start', 'train.step', 'train.pause', 'train.resume', 'train.fork', 'train.change'] as const),
          ...(['train.continue', 'train.again', 'runs.delete', 'runs.restore', 'train.reset', 'train.stop'] as const),
          ...(['setup.update', 'train.rateTest', 'train.tryRemedy', 'runs.openDesign', 'run.evaluate'] as const)
        )
      }
    ),
    a: fc.nat(99),
    b: fc.nat(99),
    atOnce: fc.boolean()
  }),
  { minLength: 5, maxLength: 40, size: 'max' }
)

/** What a window that applies every message shows. */
class Window {
  session: Omit<SessionView, 'setup'> = {
    dataset: null,
    run: null,
    crossValidation: null,
    rateTest: null,
    depthExperiment: null,
    lossLab: null,
    gradientCheck: null
  }
  private seen = 0

  take(messages: readonly LiveMessage[]): void {
    for (const message of messages.slice(this.seen)) {
      this.seen += 1
      expect(message.seq).toBe(this.seen)
      this.apply(message)
    }
  }

  private apply(message: LiveMessage): void {
    const { session } = this
    const { run } = session
    if (message.type === 'hello') this.session = message.session
    else if (message.type === 'run') this.session = { ...session, run: message.run }
    else if (message.type === 'dataset') this.session = { ...session, dataset: message.dataset }
    else if (message.type === 'rate-test') this.session = { ...session, rateTest: message.rateTest }
    else if (message.type === 'cross-validation')
      this.session = { ...session, crossValidation: message.crossValidation }
    else if (message.type === 'facts' && run?.runId === message.runId)
      this.session = { ...session, run: { ...run, facts: message.facts } }
    else if (message.type === 'frame' && run?.runId === message.runId) {
      // As in the window: a run that was told late may have some of them.
      const epochs = [...run.epochs]
      for (const epoch of message.epochs) if (epoch.epoch > (epochs.at(-1)?.epoch ?? 0)) epochs.push(epoch)
      this.session = { ...session, run: { ...run, progress: message.progress, epochs } }
    }
  }
}

/** What of a session is told whole: the setup comes with answers, and steps are thinned. */
function told({ dataset, run, crossValidation, rateTest }: Omit<SessionView, 'setup'>): unknown {
  const shown = run === null ? null : { ...run, steps: null }
  return { dataset: dataset?.fileName, run: shown, crossValidation, rateTest }
}

/** Every leaf with the way to it, so that a failure names what differs. */
function partsOf(value: unknown, way = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${way}: ${String(value)}`]
  return Object.entries(value).flatMap(([key, part]) => partsOf(part, `${way}.${key}`))
}

interface Place {
  readonly folder: string
  readonly files: readonly string[]
  readonly asked: AskedSession
  readonly ask: (name: string, args: readonly unknown[]) => Promise<unknown>
  /** Names of runs that were there once. */
  readonly runs: string[]
}

function argumentsOf({ request, a, b }: Wish, { folder, files, asked, runs }: Place): readonly unknown[] {
  const { run, setup } = asked.session.view()
  const name = runs.length === 0 || a > 90 ? 'no-such-run' : (runs[a % runs.length] ?? '')
  const other = runs[b % Math.max(1, runs.length)] ?? 'none'
  const bad = BAD_NUMBERS[a % BAD_NUMBERS.length] ?? 0
  const number = b > 85 ? bad : a % 8
  const moment = b < 25 ? null : number
  switch (request) {
    case 'dataset.open':
      return [[b > 90 ? join(folder, 'missing.csv') : files[a % files.length]], null, {}]
    case 'dataset.make':
      return [join(folder, 'made'), { generator: 'moons', config: {}, rows: 30, seed: 1 }]
    case 'dataset.rows':
      return [number, a]
    case 'dataset.images':
      return [number, a, null, null]
    case 'dataset.augmentedImages':
      return [number, a % 40]
    case 'dataset.columnPreview':
      return [['x', 'y', 'class', '__proto__'][a % 4]]
    case 'generators.preview':
      return ['moons', {}]
    case 'samples.list':
      return [samples]
    case 'setup.update':
      return [setup === null ? null : changed(setup.setup, a, b)]
    case 'train.step':
      return [a % 2 === 0 ? 'step' : 'epoch']
    case 'train.fork':
      return [number]
    case 'train.continue':
      return [name, b % 3 === 0 ? null : number, b % 2 === 0]
    case 'train.tryRemedy':
    case 'train.dismissFinding':
      return [run?.facts.findings[a % 3]?.rule ?? 'no-such-rule']
    case 'run.evaluate':
      return [a % 2 === 0 ? 'test' : 'validation', moment]
    case 'run.steps':
      return [a > 80 ? 'nonsense' : (run?.runId ?? 'none'), number, b > 50 ? 2 ** 53 - 1 : b, a % 4 === 0 ? bad : 2 + a]
    case 'run.surface':
      return [moment, 8 + (a % 20)]
    case 'run.weights':
    case 'run.filters':
      return [moment]
    case 'run.activations':
      return [number, moment]
    case 'runs.compare':
      return [name, other]
    case 'runs.edit':
      return [name, notes[a % notes.length]]
    case 'runs.delete':
    case 'runs.restore':
      return [b % 4 === 0 ? [name, other] : [name]]
    case 'train.again':
    case 'runs.openDesign':
    case 'runs.curves':
      return [name]
    case 'run.crossValidate':
      return [2 + (a % 2)]
    case 'export.suggestName':
      return [['onnx', 'python', 'no-such-format'][a % 3]]
    case 'export.write':
      return [['weights', 'report', 'no-such-format'][a % 3], join(folder, `export-${a}`)]
    default:
      return []
  }
}

const notes = [
  { title: 'Renamed' },
  { title: ' ', tags: ['a'] },
  { notes: 'x'.repeat(2 ** 20) },
  { tags: ['\u0000\u001b[31m', '\ud800', '__proto__'] },
  { starred: true, archived: true },
  { notes: '', tags: [] },
  { unknown: 1 }
]

/** Some that a run may change, some that it may not, some that are none. */
function changed(setup: Setup, a: number, b: number): Setup {
  const rates = [0.01, 0.5, 1e30]
  const changes: readonly Partial<Setup>[] = [
    { epochs: 2 + (b % 5) },
    { epochs: 100_000 },
    { batchSize: 1 + (b % 9) },
    { optimizer: { type: b % 2 === 0 ? 'adam' : 'sgd', config: { learningRate: rates[b % 3] ?? 1 } } },
    { seed: b },
    { prepare: b % 2 === 0 },
    { test: b % 2 === 0 ? 0.2 : 0 },
    { threads: 1 + (b % 2) },
    { epochs: Number.NaN },
    { layers: [] },
    { classWeights: b % 2 === 0 ? 'balanced' : 'none' },
    { earlyStopping: { patience: b % 3 } }
  ]
  return { ...setup, ...changes[a % changes.length] }
}

async function answered(place: Place, wish: Wish, args: readonly unknown[]): Promise<void> {
  const overdue = new AbortController()
  const late = setTimeout(ANSWER_MS, 'late', { signal: overdue.signal }).catch(() => 'settled')
  const answer = place.ask(wish.request, args).then(
    () => 'ok',
    (thrown: unknown) => (thrown instanceof StudioError ? thrown.code : String(thrown))
  )
  const outcome = await Promise.race([answer, late])
  overdue.abort()
  const what = `${wish.request} ${JSON.stringify(args).slice(0, 200)}`
  expect(outcome, what).not.toBe('late')
  expect(outcome, what).not.toBe('internal-error')
  expect(outcome, what).toMatch(/^[a-z0-9-]+$/)
}

async function until(isSo: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + ANSWER_MS
  while (!isSo()) {
    if (performance.now() > end) throw new Error(what())
    await setTimeout(5)
  }
}

/** What is under way ends, and the window shows what the session does. */
async function requireConsistent({ asked }: Place, window: Window): Promise<void> {
  const differences = (): [unknown, unknown] => {
    window.take(asked.messages)
    return [told(window.session), told(asked.session.view())]
  }
  const end = performance.now() + ANSWER_MS
  for (;;) {
    const [shown, there] = differences()
    if (JSON.stringify(shown) === JSON.stringify(there)) return
    if (performance.now() > end) expect(partsOf(shown)).toEqual(partsOf(there))
    await setTimeout(20)
  }
}

async function requireUsable(place: Place): Promise<void> {
  const { asked, files } = place
  await place.ask('train.reset', [])
  await place.ask('dataset.open', [[files[0]], null, {}])
  const { setup } = asked.session.view()
  await place.ask('setup.update', [{ ...setup?.setup, epochs: 2 }])
  await place.ask('train.start', [])
  const outcome = () => asked.session.view().run
  await until(
    () => outcome()?.savedAs !== null,
    () => `not kept: ${JSON.stringify(outcome())}`
  )
  expect(outcome()).toMatchObject({ progress: { status: 'completed', epoch: 2 }, saveError: null })
}

/** Files of the folder that this process holds open; none where the system does not tell. */
async function openFiles(folder: string): Promise<string[]> {
  if (!existsSync('/proc/self/fd')) return []
  const open = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''))
  )
  return open.filter((path) => path.startsWith(folder))
}

function placeOf(folder: string, files: readonly string[]): Place {
  const asked = askedSession(join(folder, 'runs'), samples)
  const client = createRpcClient<Routes>(asked.connected())
  return { folder, files, asked, ask: (name, args) => client.call(name, ...args), runs: [] }
}

function csv(rows: number, row: (i: number) => readonly (string | number)[]): string {
  return ['x,y,class', ...Array.from({ length: rows }, (_, i) => row(i).join(','))].join('\n')
}

it(
  'any order of requests is answered, and leaves a session that trains',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'studio-orders-'))
    const files = [join(folder, 'one.csv'), join(folder, 'two.csv')]
    await writeFile(
      files[0] ?? '',
      csv(30, (i) => [i % 7, (i * 5) % 11, i % 2 === 0 ? 'a' : 'b'])
    )
    await writeFile(
      files[1] ?? '',
      csv(24, (i) => [i % 5, (i * 3) % 7, (i % 5) * 2.5 + (i % 3)])
    )
    const unexpected = vi.spyOn(console, 'error')
    let number = 0
    try {
      await fc.assert(
        fc.asyncProperty(wishes, async (order) => {
          const home = join(folder, String(number++))
          const place = placeOf(home, files)
          const { asked } = place
          const window = new Window()
          try {
            const under: Promise<void>[] = []
            await place.ask('dataset.open', [[files[0]], null, {}])
            for (const wish of order) {
              const name = asked.session.view().run?.facts.kept.name
              if (typeof name === 'string' && !place.runs.includes(name)) place.runs.push(name)
              const answer = answered(place, wish, argumentsOf(wish, place))
              answer.catch(() => undefined)
              under.push(answer)
              if (!wish.atOnce) await answer
            }
            if (asked.session.view().run?.progress.status === 'running')
              await place.ask('train.pause', []).catch(() => null)
            await Promise.all(under)
            await place.ask('train.pause', []).catch(() => null)
            await requireConsistent(place, window)
            await requireUsable(place)
            await requireConsistent(place, window)
          } finally {
            await asked.session.close()
            asked.unplug()
          }
          expect(unexpected.mock.calls.map(String).join()).toBe('')
          expect((await openFiles(home)).join()).toBe('')
          const left = await readdir(home, { recursive: true })
          expect(left.filter((file) => /(?:^|\/)(?:lock|.*\.tmp)$/.test(file))).toEqual([])
        }),
        { numRuns: ORDERS, seed: SEED, endOnFailure: process.env['SHRINK'] !== '1' }
      )
    } finally {
      unexpected.mockRestore()
      await rm(folder, { recursive: true, force: true })
    }
  },
  ORDERS * 20_000
)
