import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { benchSchema } from '../shared/bench'
import type { MicroscopeRows, MicroscopeSource, MicroscopeView } from '../shared/explain-views'
import { ENDLESS, iris, samples, studioOfEachTest } from './testing-studio'

provideKernels(kernelBytes)

const { ask, runWhen, view, at, draft, openIris, keptWeights, closeAndOpen } = studioOfEachTest()

const adam = { type: 'adam', config: {} }
const inView = { kind: 'view', epoch: null } as const
const row = { kind: 'row', row: 7 } as const
const batch = { kind: 'batch', shown: 2 } as const
const now = { of: inView, on: row }

/** All numbers of a step, of whatever it is. */
async function numbersOf(of: MicroscopeSource, on: MicroscopeRows) {
  const opened = await ask('explain.open', { of, on })
  const { id: _id, of: _of, layers, ...rest } = opened
  const names = layers.flatMap(({ parameters }) => parameters.map(({ name }) => name))
  const parameters = await Promise.all(names.map((name) => ask('explain.parameter', opened.id, name)))
  return { ...rest, layers, parameters }
}

/** Iris trained for so many epochs and kept; the name of its folder. */
async function keptRun(epochs: number, path = iris): Promise<string> {
  await ask('dataset.open', [path], null, {})
  await draft({ epochs, optimizer: adam })
  await ask('train.start')
  await keptWeights()
  return view().run?.savedAs ?? ''
}

describe('the microscope on the run in view', () => {
  it('shows the step that a run takes next, as near as float32 is to float64', async () => {
    await openIris({ epochs: ENDLESS, optimizer: adam })
    for (let step = 0; step < 9; step += 1) await ask('train.step', 'step')
    const opened = await ask('explain.open', { of: inView, on: batch })
    expect(opened).toMatchObject({ kind: 'batch', step: 10, shown: 2, optimizer: 'Adam' })
    const names = opened.layers.flatMap(({ parameters }) => parameters.map(({ name }) => name))
    const expected = await Promise.all(names.map((name) => ask('explain.parameter', opened.id, name)))
    await ask('train.step', 'step')
    const run = view().run
    expect(run?.steps.loss.at(-1)).toBeCloseTo(opened.loss.value, 5)
    const after = await ask('explain.open', { of: inView, on: { kind: 'batch', shown: 0 } })
    for (const { name, after: wanted } of expected) {
      const { before } = await ask('explain.parameter', after.id, name)
      before.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? NaN, 5))
    }
  })

  it('answers for a row, its units and its weights, while the run trains and of a moment that is gone', async () => {
    await openIris({ epochs: ENDLESS, optimizer: adam })
    await expect(ask('explain.open', now)).rejects.toMatchObject({ code: 'no-run' })
    await ask('train.start')
    await runWhen(({ progress, facts }) => progress.epoch > 3 && facts.moments.includes(2))
    for (const of of [inView, { kind: 'view', epoch: 2 }] as const) {
      const opened = await ask('explain.open', { of, on: row })
      expect(opened.rows).toEqual([7])
      expect(opened.actual).toEqual(['setosa'])
      expect(opened.answer.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 12)
      const [first] = opened.layers
      if (first === undefined) throw new Error('no layer')
      const { forward, backward } = await ask('explain.unit', opened.id, first.layer, 1)
      expect(forward[0]?.value).toBe(first.z?.[1])
      expect(backward.at(-1)?.value).toBe(first.delta?.[1])
      const weight = await ask('explain.weight', opened.id, `${first.layer}.weight`, 5)
      expect(weight.check.relativeError).toBeLessThan(1e-4)
      expect(weight.update.at(-1)?.value).toBe(weight.after)
      expect(opened.epoch).toBeGreaterThanOrEqual(of.epoch ?? 3)
    }
  })

  it('tells what a window needs to draw the network, and the rows to choose from', async () => {
    await openIris({ epochs: ENDLESS })
    await ask('train.step', 'step')
    const opened = await ask('explain.open', now)
    expect(opened).toMatchObject({
      of: { kind: 'view', runId: view().run?.runId, title: 'iris' },
      table: { fileName: 'iris.csv', rows: 150 },
      ...{ task: 'multi-class', link: 'softmax', inputShape: [4], outputs: ['setosa', 'versicolor', 'virginica'] }
    })
    expect(await ask('explain.rows', opened.id, 148, 9)).toEqual([
      { row: 148, actual: ['virginica'] },
      { row: 149, actual: ['virginica'] }
    ])
    expect(await ask('explain.rows', opened.id, 500, 9)).toEqual([])
  })

  it('takes an earlier step by the settings of then', async () => {
    const rate = (learningRate: number) => ({ optimizer: { type: 'sgd', config: { learningRate } } })
    await openIris({ epochs: ENDLESS, ...rate(0.05) })
    await ask('train.step', 'epoch')
    await ask('train.step', 'epoch')
    await draft(rate(0.01))
    await ask('train.change')
    await ask('train.step', 'epoch')
    const rateAt = async (epoch: number | null) =>
      (await ask('explain.open', { of: { kind: 'view', epoch }, on: row })).learningRate
    expect(await Promise.all([1, 2, 3, null].map(rateAt))).toEqual([0.05, 0.01, 0.01, 0.01])
    await ask('train.stop')
    await keptWeights()
    const name = view().run?.savedAs ?? ''
    await ask('train.reset')
    const keptRateAt = async (epoch: number | null) =>
      (await ask('explain.open', { of: { kind: 'kept', name, epoch }, on: row })).learningRate
    expect([await keptRateAt(1), await keptRateAt(2), await keptRateAt(null)]).toEqual([0.05, 0.01, 0.01])
  })

  it('refuses what there is not', async () => {
    await openIris({ epochs: ENDLESS })
    await ask('train.step', 'step')
    const { id } = await ask('explain.open', now)
    await expect(ask('explain.unit', id, 'nowhere', 0)).rejects.toMatchObject({ code: 'unknown-part' })
    await expect(ask('explain.unit', id, 'output', 3)).rejects.toMatchObject({ code: 'unknown-part' })
    await expect(ask('explain.weight', id, 'output.bias', 3)).rejects.toMatchObject({ code: 'unknown-part' })
    await expect(ask('explain.parameter', id, 'output')).rejects.toMatchObject({ code: 'unknown-part' })
    await expect(ask('explain.open', { ...now, on: { kind: 'row', row: 150 } })).rejects.toMatchObject({
      code: 'unknown-row'
    })
    await expect(ask('explain.open', { ...now, of: { kind: 'view', epoch: 99 } })).rejects.toMatchObject({
      code: 'unknown-moment'
    })
    await ask('train.reset')
    await expect(ask('explain.unit', id, 'output', 0)).rejects.toMatchObject({ code: 'microscope-closed' })
  })
})

describe('the microscope on a kept run', () => {
  it('shows the numbers that it showed when the run was in view, whatever is open now', async () => {
    const name = await keptRun(5)
    const seen = [
      await numbersOf(inView, row),
      await numbersOf(inView, batch),
      await numbersOf({ kind: 'view', epoch: 2 }, batch)
    ]
    const again = async () => [
      await numbersOf({ kind: 'kept', name, epoch: null }, row),
      await numbersOf({ kind: 'kept', name, epoch: null }, batch),
      await numbersOf({ kind: 'kept', name, epoch: 2 }, batch)
    ]
    expect(await again(), 'in view').toEqual(seen)
    await closeAndOpen()
    expect(await again(), 'with nothing open').toEqual(seen)
    const other = (await keptRun(2, join(samples, 'penguins.csv'))) !== name
    expect(other).toBe(true)
    const before = view()
    expect(await again(), 'with other data open').toEqual(seen)
    expect(view(), 'what is in view').toEqual(before)
    const opened = await ask('explain.open', { of: { kind: 'kept', name, epoch: 2 }, on: row })
    expect(opened.of).toMatchObject({ kind: 'kept', name, title: 'iris', moments: [0, 1, 2, 3, 4, 5], isEnd: false })
    expect((await ask('explain.rows', opened.id, 7, 1))[0]).toEqual({ row: 7, actual: ['setosa'] })
  })

  it('stays open while another run comes into view', async () => {
    const name = await keptRun(2)
    await ask('train.reset')
    const { id, layers } = await ask('explain.open', { of: { kind: 'kept', name, epoch: null }, on: row })
    await ask('train.start')
    const unit = await ask('explain.unit', id, 'output', 0)
    expect(unit.forward[0]?.value).toBe(layers.at(-1)?.z?.[0])
    await ask('explain.open', now)
    await expect(ask('explain.unit', id, 'output', 0)).rejects.toMatchObject({ code: 'microscope-closed' })
  })

  it('shows where an interrupted run stands, and one in progress as it is', async () => {
    await openIris({ epochs: ENDLESS, optimizer: adam })
    await ask('train.step', 'epoch')
    await ask('train.step', 'step')
    const name = view().run?.facts.kept.name ?? ''
    const seen = await numbersOf(inView, batch)
    const kept = { kind: 'kept', name, epoch: null } as const
    expect(await numbersOf(kept, batch), 'in view').toEqual(seen)
    await closeAndOpen()
    expect(await numbersOf(kept, batch), 'interrupted').toEqual(seen)
  })

  it('of weights alone says that the optimizer is as new', async () => {
    const name = await keptRun(3)
    await ask('train.reset')
    await rm(at('runs', name, 'checkpoints'), { recursive: true })
    await rm(at('runs', name, 'timeline.log'))
    const opened: MicroscopeView = await ask('explain.open', { of: { kind: 'kept', name, epoch: null }, on: row })
    expect(opened.notes.join(' ')).toContain('the weights alone were kept')
    expect(opened.of).toMatchObject({ moments: [] })
    await expect(ask('explain.open', { of: { kind: 'kept', name, epoch: 1 }, on: row })).rejects.toMatchObject({
      code: 'unknown-moment',
      message: 'There is no way back to epoch 1 of "iris": no snapshots were kept of it. Choose its end instead.'
    })
  })

  it('refuses one whose data is elsewhere, has changed, or that is gone', async () => {
    const [path, away] = [at('data.csv'), at('away', 'data.csv')]
    await copyFile(iris, path)
    const name = await keptRun(2, path)
    await closeAndOpen()
    const open = (epoch: number | null, of = name) =>
      ask('explain.open', { of: { kind: 'kept', name: of, epoch }, on: row })
    await expect(open(99)).rejects.toMatchObject({ code: 'unknown-moment' })
    await expect(open(null, 'nothing')).rejects.toMatchObject({ code: 'run-not-found' })
    await mkdir(at('away'))
    await rename(path, away)
    await expect(open(null)).rejects.toMatchObject({ code: 'data-moved' })
    await writeFile(path, 'a,b\n1,2\n')
    await expect(open(null)).rejects.toMatchObject({ code: 'data-changed' })
    // Opened from its new place, it is found by its fingerprint.
    await ask('dataset.open', [away], null, {})
    expect((await open(null)).table.rows).toBe(150)
    expect(view().run).toBeNull()
  })

  it('of several that are asked for at once opens the last', async () => {
    const name = await keptRun(2)
    await closeAndOpen()
    const of = { kind: 'kept', name } as const
    const [first, last] = await Promise.allSettled([
      ask('explain.open', { of: { ...of, epoch: 1 }, on: row }),
      ask('explain.open', { of: { ...of, epoch: 2 }, on: row })
    ])
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } })
    if (last.status === 'rejected') throw new Error('refused', { cause: last.reason })
    expect(last.value.epoch).toBe(2)
    expect((await ask('explain.unit', last.value.id, 'output', 0)).forward).not.toEqual([])
  })
})

describe('the microscope on a bench', () => {
  const bench = v.parse(benchSchema, {
    data: { kind: 'rows', columns: ['x1', 'x2', 'y'], rows: [[0.5, -1, 1], [2, 0.25, 0]] }, // prettier-ignore
    setup: {
      ...{ target: 'y', task: 'regression', loss: 'squared' },
      optimizer: { type: 'sgd', config: { learningRate: 0.5 } }
    },
    weights: [
      { name: 'output.weight', values: [0.1, -0.2] },
      { name: 'output.bias', values: [0.3] }
    ]
  })
  const on = { kind: 'row', row: 1 } as const

  it('opens without any data, at first and after steps, and back', async () => {
    const first = await ask('explain.open', { of: { kind: 'bench', bench, steps: 0 }, on })
    expect(first).toMatchObject({
      of: { kind: 'bench' },
      step: 1,
      task: 'regression',
      link: 'identity',
      outputs: ['y']
    })
    // 0.1 · 2 − 0.2 · 0.25 + 0.3
    expect(first.layers[0]?.z?.[0]).toBeCloseTo(0.45, 12)
    expect((await ask('explain.parameter', first.id, 'output.weight')).before).toEqual(Float64Array.of(0.1, -0.2))
    const batch = await ask('explain.open', { of: { kind: 'bench', bench, steps: 0 }, on: { kind: 'batch', shown: 0 } })
    const { after } = await ask('explain.parameter', batch.id, 'output.weight')
    const next = await ask('explain.open', { of: { kind: 'bench', bench, steps: 1 }, on })
    expect((await ask('explain.parameter', next.id, 'output.weight')).before).toEqual(after)
    const later = await numbersOf({ kind: 'bench', bench, steps: 12 }, on)
    expect(await numbersOf({ kind: 'bench', bench, steps: 5 }, on)).not.toEqual(later)
    expect(await numbersOf({ kind: 'bench', bench, steps: 12 }, on)).toEqual(later)
  })

  it('stays open whatever comes into view', async () => {
    const { id } = await ask('explain.open', { of: { kind: 'bench', bench, steps: 3 }, on })
    await openIris({ epochs: 2 })
    await ask('train.start')
    await keptWeights()
    expect((await ask('explain.rows', id, 0, 9)).map(({ actual }) => actual)).toEqual([['1'], ['0']])
  })
})
