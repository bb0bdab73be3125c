/** The microscope as the window knows it, with a trainer that answers through the bridge when it is told to. */
import * as v from 'valibot'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { benchSchema } from '../../../../shared/bench'
import type { ErrorValue } from '../../../../shared/errors'
import type { MicroscopeChoice, MicroscopeView, ParameterView, UnitView } from '../../../../shared/explain-views'
import type { Reply } from '../../../../shared/ipc/contract'
import type { Phase } from './phases'
import type { Target } from './targets'

const opened: MicroscopeChoice[] = []
/** Codes of the next refusals. */
let refusals: (string | null)[] = []
const held: (() => void)[] = []
let isHeld = false

const bridge = {
  openMicroscope: vi.fn(async (choice: MicroscopeChoice): Promise<Reply<MicroscopeView>> => {
    opened.push(choice)
    const id = opened.length
    const code = refusals.shift() ?? null
    if (isHeld) await new Promise<void>((resolve) => held.push(resolve))
    return code === null ? { ok: true, value: viewOf(choice, id) } : { ok: false, error: errorOf(code) }
  }),
  explainParameter: vi.fn((_id: number, name: string): Promise<Reply<ParameterView>> => {
    const zeros = Float64Array.of(0, 0)
    return Promise.resolve({ ok: true, value: { name, shape: [2], before: zeros, gradient: zeros, after: zeros } })
  }),
  explainUnit: vi.fn((): Promise<Reply<UnitView>> =>
    Promise.resolve({ ok: true, value: { forward: [], backward: [] } })
  )
}

function errorOf(code: string): ErrorValue {
  return { code, message: code, details: {} }
}

function viewOf({ of, on }: MicroscopeChoice, id: number): MicroscopeView {
  const zeros = Float64Array.of(0, 0)
  const layer = { type: 'dense', activation: 'relu', shape: [2], z: zeros, a: zeros, slope: zeros, gradient: zeros }
  return {
    ...{ id, table: { fileName: 'made', rows: 9 }, task: 'regression', link: 'identity', inputShape: [1] },
    ...{ outputs: ['y'], epoch: of.kind === 'bench' ? of.steps : (of.epoch ?? 7), step: 1, shown: 0, optimizer: 'SGD' },
    ...{ learningRate: 1, inputs: [], answer: [], actual: [], target: [0], notes: [] },
    of: of.kind === 'bench' ? { kind: 'bench' } : { kind: 'view', runId: 'run', title: 'run' },
    kind: on.kind,
    rows: on.kind === 'row' ? [on.row] : [4, 5],
    loss: { label: 'Squared', value: 1, law: 'E', why: [] },
    layers: [
      { ...layer, layer: 'hidden', inputs: ['input'], delta: zeros, parameters: [{ name: 'hidden.bias', shape: [2] }] },
      { ...layer, layer: 'output', inputs: ['hidden'], delta: zeros, parameters: [] }
    ]
  }
}

vi.stubGlobal('window', { studio: bridge })
vi.stubGlobal('location', { hash: '' })
const { microscope } = await import('./microscope.svelte')

const run = (runId: string, epoch: number | null = null): Target => ({ of: { kind: 'view', epoch }, runId })
const kept = (epoch: number | null): Target => ({ of: { kind: 'kept', name: 'old', epoch }, runId: null })
const bench = v.parse(benchSchema, {
  data: { kind: 'rows', columns: ['x', 'y'], rows: [[1, 2]] }, // prettier-ignore
  setup: { target: 'y', task: 'regression', loss: 'squared', optimizer: { type: 'sgd', config: {} } }
})
const lesson = { kind: 'bench', bench, steps: 3 } as const
const row = (at: number) => ({ kind: 'row', row: at }) as const
const kinds = () => opened.map(({ of }) => of.kind)
const settled = () => vi.waitFor(() => expect(microscope.opening).toBe(false))

beforeEach(async () => {
  isHeld = false
  held.length = 0
  microscope.follow(null)
  opened.length = 0
  refusals = []
  await settled()
})

describe('what the microscope is set on', () => {
  it('stays while the run in view goes on, and is another one for another moment or run', async () => {
    microscope.follow(run('a'))
    await settled()
    microscope.follow(run('a'))
    expect(opened).toHaveLength(1)
    await microscope.chooseRow(3)
    microscope.next()
    microscope.follow(run('a', 2))
    await settled()
    expect(opened.at(-1)).toEqual({ of: { kind: 'view', epoch: 2 }, on: row(3) })
    expect(microscope.at, 'the same network is walked on').toBe(1)
    microscope.follow(run('b'))
    expect(microscope.view, 'of another run there is nothing to see yet').toBeNull()
    await settled()
    expect(opened.at(-1)?.on).toEqual(row(0))
    expect(microscope.at).toBe(0)
  })

  it('is a bench in a lesson, and the run again where it is looked at again', async () => {
    microscope.follow(run('a'))
    await settled()
    const at: Phase = { kind: 'backward', layer: 'hidden' }
    await microscope.lookAt(lesson, row(0), at, { kind: 'unit', layer: 'output', unit: 1 })
    expect(microscope.phase).toEqual(at)
    expect(microscope.view?.epoch).toBe(3)
    expect(microscope.detail).toMatchObject({ kind: 'unit', selection: { layer: 'output', unit: 1 } })
    expect(microscope.kept).toBeNull()
    // The same bench from the beginning, with nothing chosen.
    await microscope.lookAt(lesson, row(1))
    expect([microscope.at, microscope.selection]).toEqual([0, null])
    microscope.follow(run('a'))
    await settled()
    expect(kinds()).toEqual(['view', 'bench', 'bench', 'view'])
  })

  it('is a kept run where the tab is set on one', async () => {
    microscope.follow(kept(null))
    await settled()
    microscope.follow(kept(2))
    await settled()
    expect(opened.map(({ of }) => of)).toEqual([kept(null).of, kept(2).of])
    await microscope.lookAt({ kind: 'kept', name: 'other', epoch: 1 }, row(0))
    expect(microscope.kept).toEqual({ name: 'other', epoch: 1 })
    await microscope.lookAt(lesson, row(0))
    expect(microscope.kept, 'a lesson leaves the tab where it was').toEqual({ name: 'other', epoch: 1 })
    await microscope.lookAt({ kind: 'view', epoch: null }, null)
    expect(microscope.kept).toBeNull()
  })

  it('is what was asked for last, whatever is answered first', async () => {
    isHeld = true
    microscope.follow(run('a'))
    const looking = microscope.lookAt(lesson, row(0))
    await vi.waitFor(() => expect(held).toHaveLength(2))
    held[1]?.()
    await looking
    held[0]?.()
    await Promise.resolve()
    expect(microscope.view?.of).toEqual({ kind: 'bench' })
    expect(microscope.view?.id).toBe(2)
  })
})

describe('a row that cannot be explained', () => {
  it('gives way to one of the batch where nobody asked for it', async () => {
    refusals = ['unknown-row']
    microscope.follow(run('a'))
    await settled()
    expect(opened.map(({ on }) => on)).toEqual([row(0), { kind: 'batch', shown: 0 }, row(4)])
    expect(microscope.error).toBeNull()
  })

  it('is said where it was asked for', async () => {
    refusals = ['unknown-row']
    await microscope.lookAt(lesson, row(8))
    expect(microscope.error?.code).toBe('unknown-row')
    expect(opened).toHaveLength(1)
    // The next one is right.
    await microscope.chooseRow(0)
    expect(microscope.error).toBeNull()
    expect(microscope.view?.rows).toEqual([0])
  })
})
