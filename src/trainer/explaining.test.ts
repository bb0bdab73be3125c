import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../tests/kernels'
import { provideKernels } from '../engine'
import { askedSession, type AskedSession } from './testing'

provideKernels(kernelBytes)

const samples = join(import.meta.dirname, '../../resources/samples')
let folder: string
let asked: AskedSession
let ask: AskedSession['ask']

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-explain-'))
  asked = askedSession(join(folder, 'runs'), samples)
  ask = asked.ask
  await ask('dataset.open', [join(samples, 'iris.csv')], null, {})
  const { setup } = asked.session.view()
  if (setup === null) throw new Error('no setup')
  await ask('setup.update', { ...setup.setup, epochs: 100_000, optimizer: { type: 'adam', config: {} } })
})

afterEach(async () => {
  await asked.session.close()
  asked.unplug()
  await rm(folder, { recursive: true, force: true })
})

const now = { epoch: null, on: { kind: 'row', row: 7 } } as const

describe('the microscope', () => {
  it('shows the step that a run takes next, as near as float32 is to float64', async () => {
    for (let step = 0; step < 9; step += 1) await ask('train.step', 'step')
    const view = await ask('explain.open', { epoch: null, on: { kind: 'batch', shown: 2 } })
    expect(view).toMatchObject({ kind: 'batch', step: 10, shown: 2, optimizer: 'Adam' })
    const names = view.layers.flatMap(({ parameters }) => parameters.map(({ name }) => name))
    const expected = await Promise.all(names.map((name) => ask('explain.parameter', view.id, name)))
    await ask('train.step', 'step')
    const run = asked.session.view().run
    expect(run?.steps.loss.at(-1)).toBeCloseTo(view.loss.value, 5)
    const after = await ask('explain.open', { epoch: null, on: { kind: 'batch', shown: 0 } })
    for (const { name, after: wanted } of expected) {
      const { before } = await ask('explain.parameter', after.id, name)
      before.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? NaN, 5))
    }
  })

  it('answers for a row, its units and its weights, while the run trains and of a moment that is gone', async () => {
    await expect(ask('explain.open', now)).rejects.toMatchObject({ code: 'no-run' })
    await ask('train.start')
    await asked.runWhen(({ progress, facts }) => progress.epoch > 3 && facts.moments.includes(2))
    for (const choice of [now, { ...now, epoch: 2 }]) {
      const view = await ask('explain.open', choice)
      expect(view.rows).toEqual([7])
      expect(view.actual).toEqual(['setosa'])
      expect(view.answer.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 12)
      const [first] = view.layers
      if (first === undefined) throw new Error('no layer')
      const { forward, backward } = await ask('explain.unit', view.id, first.layer, 1)
      expect(forward[0]?.value).toBe(first.z?.[1])
      expect(backward.at(-1)?.value).toBe(first.delta?.[1])
      const weight = await ask('explain.weight', view.id, `${first.layer}.weight`, 5)
      expect(weight.check.relativeError).toBeLessThan(1e-4)
      expect(weight.update.at(-1)?.value).toBe(weight.after)
      expect(view.epoch).toBeGreaterThanOrEqual(choice.epoch ?? 3)
    }
  })

  it('refuses what there is not', async () => {
    await ask('train.step', 'step')
    const { id } = await ask('explain.open', now)
    await expect(ask('explain.unit', id, 'nowhere', 0)).rejects.toMatchObject({ code: 'unknown-part' })
    await expect(ask('explain.unit', id, 'output', 3)).rejects.toMatchObject({ code: 'unknown-part' })
    await expect(ask('explain.weight', id, 'output.bias', 3)).rejects.toMatchObject({ code: 'unknown-part' })
    await expect(ask('explain.parameter', id, 'output')).rejects.toMatchObject({ code: 'unknown-part' })
    await expect(ask('explain.open', { ...now, on: { kind: 'row', row: 150 } })).rejects.toMatchObject({
      code: 'unknown-row'
    })
    await expect(ask('explain.open', { ...now, epoch: 99 })).rejects.toMatchObject({ code: 'unknown-moment' })
    await ask('train.reset')
    await expect(ask('explain.unit', id, 'output', 0)).rejects.toMatchObject({ code: 'microscope-closed' })
  })
})
