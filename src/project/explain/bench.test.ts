import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listGenerators, madeFile, readTable } from '../../data'
import { createTraining, Microscope } from '../../engine'
import { benchOf, paperBench } from '../../shared/testing-benches'
import { changedSetup, type Bench } from '../../shared/bench'
import { StudioError } from '../../shared/errors'
import { benchState, openBench, subjectOf, tableOfBench } from '.'

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))

function withSetup(changes: Readonly<Record<string, unknown>>, given: unknown = paperBench): Bench {
  const bench = benchOf(given)
  return { ...bench, setup: changedSetup(bench, changes) }
}

async function microscopeOf(bench: Bench, row: number, steps = 0): Promise<Microscope> {
  const opened = openBench(bench)
  const { experiment, table, trainOptions } = opened
  const state = await benchState(opened, steps)
  return new Microscope(
    subjectOf({ prepared: experiment.prepared, trainOptions }, table, state, { kind: 'row', row }).subject
  )
}

function refusal(act: () => unknown): StudioError {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown
    throw thrown
  }
  throw new Error('nothing was refused')
}

describe('a 2-2-1 bench', () => {
  it('has exactly the numbers that are worked out by hand', async () => {
    // The row x = (0.5, −1), t = 1, and E = (p − t)².
    const [x1, x2, t] = [0.5, -1, 1]
    const z1 = 0.5 * x1 + -0.25 * x2 + 0.1
    const z2 = 1 * x1 + 0.75 * x2 + -0.2
    const [a1, a2] = [sigmoid(z1), sigmoid(z2)]
    const p = 0.3 * a1 + -0.6 * a2 + 0.05
    const delta = 2 * (p - t)
    const delta1 = delta * 0.3 * a1 * (1 - a1)
    const delta2 = delta * -0.6 * a2 * (1 - a2)
    const rate = 0.5

    const microscope = await microscopeOf(benchOf(paperBench), 0)
    const hidden = microscope.layer('hidden', 0)
    const output = microscope.layer('output', 0)
    const near = (numbers: readonly number[]) => numbers.map((value) => expect.closeTo(value, 14) as number)
    expect([...(hidden.z ?? [])]).toEqual(near([z1, z2]))
    expect([...hidden.a]).toEqual(near([a1, a2]))
    expect([...output.a]).toEqual(near([p]))
    expect(microscope.loss).toBeCloseTo((p - t) ** 2, 14)
    expect([...(output.delta ?? output.gradient)]).toEqual(near([delta]))
    expect([...(hidden.delta ?? [])]).toEqual(near([delta1, delta2]))
    const expected: readonly (readonly [string, readonly number[], readonly number[]])[] = [
      ['output.weight', [0.3, -0.6], [delta * a1, delta * a2]],
      ['output.bias', [0.05], [delta]],
      ['hidden.weight', [0.5, -0.25, 1, 0.75], [delta1 * x1, delta1 * x2, delta2 * x1, delta2 * x2]],
      ['hidden.bias', [0.1, -0.2], [delta1, delta2]]
    ]
    for (const [name, before, gradient] of expected) {
      const parameter = microscope.parameter(name)
      // As they were given, to the last bit.
      expect([...parameter.before]).toEqual(before)
      expect([...parameter.gradient]).toEqual(near(gradient))
      expect([...parameter.after]).toEqual(near(before.map((w, i) => w - rate * (gradient[i] ?? NaN))))
    }
  })

  it('stands after some steps where training stands, epochs ended, from the beginning or from a state on its way', async () => {
    const bench = withSetup({ optimizer: { type: 'adam', config: {} }, batchSize: 1 })
    const opened = openBench(bench)
    const training = createTraining(opened.trainOptions)
    const taken: number[] = []
    for await (const event of training.events()) {
      if (event.type === 'epoch') taken.push(event.step)
      if (event.type === 'epoch' && event.epoch === 3) break
    }
    expect(taken).toEqual([2, 4, 6])
    const state = await benchState(opened, 6)
    expect(state).toEqual(training.state())
    expect(state).toMatchObject({ step: 6, epochs: 3, progress: null })
    const on = await benchState(opened, 6, { from: await benchState(opened, 3) })
    expect(on).toEqual(state)
    expect((await benchState(opened, 5)).progress).not.toBeNull()
    expect((await benchState(opened, 6, { from: state })).tensors.get('hidden.weight')).toBeInstanceOf(Float64Array)
  })

  it('draws the weights that are not given by the seed', async () => {
    const given = { ...paperBench, weights: [{ name: 'output.bias', values: [0.1] }] }
    const weightsOf = async (bench: Bench) => [
      ...((await benchState(openBench(bench), 0)).tensors.get('hidden.weight') ?? [])
    ]
    const drawn = await weightsOf(benchOf(given))
    expect(drawn).toEqual(await weightsOf(benchOf(given)))
    expect(drawn).not.toEqual(await weightsOf(withSetup({ seed: 2 }, given)))
    expect([...((await benchState(openBench(benchOf(given)), 0)).tensors.get('output.bias') ?? [])]).toEqual([0.1])
  })

  it('is stopped by what a turn throws', async () => {
    let turns = 0
    const turn = (): Promise<void> => (++turns === 3 ? Promise.reject(new Error('enough')) : Promise.resolve())
    await expect(benchState(openBench(benchOf(paperBench)), 100, { turn })).rejects.toThrow('enough')
    expect(turns).toBe(3)
  })
})

describe('rows of a bench', () => {
  it('are numeric columns where all cells are numbers, else text, with nothing missing', () => {
    const data = {
      kind: 'rows',
      columns: ['a', 'b', '__proto__'],
      rows: [
        [1, 'NA', 'x'],
        [2.5, 3, '']
      ]
    }
    const { columns, rows } = tableOfBench(benchOf({ ...paperBench, data }))
    expect(rows).toBe(2)
    expect(columns).toEqual([
      { type: 'number', name: 'a', values: Float64Array.of(1, 2.5) },
      { type: 'category', name: 'b', codes: Int32Array.of(1, 0), categories: ['3', 'NA'] },
      { type: 'category', name: '__proto__', codes: Int32Array.of(1, 0), categories: ['', 'x'] }
    ])
  })

  it.each(listGenerators().map((each) => [each.name, each] as const))(
    'are made by %s, as its file has them',
    async (name, made) => {
      const losses = { regression: 'squared', binary: 'log', 'multi-class': 'cross-entropy', 'multi-label': 'log' }
      const config = { points: 60 }
      const target = made.columns.at(-1)
      const setup = {
        target,
        task: made.task,
        loss: losses[made.task],
        layers: [],
        optimizer: { type: 'sgd', config: {} }
      }
      const bench = benchOf({ data: { kind: 'generated', generator: name, config }, setup })
      const opened = openBench(bench)
      const { step, tensors } = await benchState(opened, 3)
      expect(step).toBe(3)
      expect([...tensors.values()].every((numbers) => numbers.every(Number.isFinite))).toBe(true)

      const folder = await mkdtemp(join(tmpdir(), 'bench-'))
      try {
        const file = madeFile({ kind: 'generated', generator: name, config })
        await writeFile(join(folder, file.name), file.text)
        const { columns } = await readTable(join(folder, file.name))
        expect(opened.table.columns).toEqual(
          columns.map((column) => {
            const { facts: _, ...cells } = column
            return cells
          })
        )
      } finally {
        await rm(folder, { recursive: true })
      }
    }
  )
})

describe('a bench that is wrong', () => {
  const hostile: readonly (readonly [string, unknown, string, RegExp])[] = [
    [
      'a generator that there is not',
      { data: { kind: 'generated', generator: 'moon' } },
      'unknown-generator',
      /"moon".*moons/
    ],
    [
      'a setting that its generator has not',
      { data: { kind: 'generated', generator: 'moons', config: { point: 3 } } },
      'invalid-config',
      /point/
    ],
    [
      'too many points',
      { data: { kind: 'generated', generator: 'moons', config: { points: 20_000 } } },
      'bench-too-large',
      /20000 rows; a bench has at most 1000/
    ],
    [
      'a target that there is not',
      { setup: { target: 'z' } },
      'unknown-target',
      /"the bench" has no column "z".*"x1", "x2", "y"/
    ],
    ['a layer that there is not', { setup: { layers: [{ name: 'a', type: 'dens' }] } }, 'unknown-layer-type', /dens/],
    [
      'a layer with an activation that there is not',
      { setup: { layers: [{ name: 'a', type: 'dense', config: { activation: 'sigmoyd' } }] } },
      'invalid-config',
      /sigmoid/
    ],
    [
      'a network too large',
      { setup: { layers: [{ name: 'a', type: 'dense', config: { units: 1_000_000 } }] }, weights: [] },
      'bench-too-large',
      /4000001 trained numbers; a bench has at most 20000/
    ],
    [
      'an optimizer that there is not',
      { setup: { optimizer: { type: 'sdg', config: {} } } },
      'invalid-setup',
      /"sdg".*sgd/
    ],
    ['a loss that is not for the task', { setup: { loss: 'log' } }, 'invalid-setup', /loss/i],
    [
      'text as a number',
      {
        data: {
          ...paperBench.data,
          rows: [
            [1, 'two', 3],
            [4, 'five', 6]
          ]
        }
      },
      'not-a-number',
      /"x2"/
    ],
    ['one row alone', { data: { ...paperBench.data, rows: [[1, 2, 3]] } }, 'too-few-rows', /at least two/],
    [
      'a target that is always the same',
      {
        data: {
          ...paperBench.data,
          rows: [
            [1, 2, 3],
            [4, 5, 3]
          ]
        }
      },
      'constant-target',
      /"y"/
    ],
    [
      'weights that there are not',
      { weights: [{ name: 'dense1.weight', values: [1] }] },
      'bench-weights',
      /"dense1\.weight"; there are "hidden\.weight", "hidden\.bias", "output\.weight", "output\.bias"/
    ],
    [
      'weights too few',
      { weights: [{ name: 'hidden.weight', values: [1, 2, 3] }] },
      'bench-weights',
      /\[2, 2\], which is 4 numbers, row by row; got 3/
    ],
    [
      'weights twice',
      {
        weights: [
          { name: 'output.bias', values: [1] },
          { name: 'output.bias', values: [2] }
        ]
      },
      'bench-weights',
      /given twice/
    ]
  ]
  it.each(hostile)('refuses %s', (_, changes, code, message) => {
    const { setup = {}, ...rest } = changes as Readonly<Record<string, object>>
    const bench = benchOf({ ...paperBench, ...rest, setup: { ...paperBench.setup, ...setup } })
    const error = refusal(() => openBench(bench))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  it('ends after its last step', async () => {
    const opened = openBench(withSetup({ epochs: 3 }))
    expect((await benchState(opened, 3)).epochs).toBe(3)
    await expect(benchState(opened, 4)).rejects.toMatchObject({
      code: 'bench-too-short',
      message: expect.stringMatching(/ends after 3 steps.*set more epochs/) as string
    })
  })

  it('does not begin what nobody would wait for', async () => {
    const layers = [{ name: 'wide', type: 'dense', config: { units: 1000 } }]
    const bench = benchOf({
      data: { kind: 'generated', generator: 'moons', config: { points: 1000 } },
      setup: { target: 'class', task: 'binary', loss: 'log', layers, optimizer: { type: 'sgd', config: {} } }
    })
    // 4,001 numbers, 1,000 rows a step.
    const opened = openBench(bench)
    await expect(benchState(opened, 5000)).rejects.toMatchObject({
      code: 'bench-too-long',
      message: expect.stringMatching(/at most 123 such steps/) as string
    })
    expect((await benchState(openBench(benchOf(paperBench)), 5000)).step).toBe(5000)
  })

  it('says where its numbers leave the finite range', async () => {
    const opened = openBench(withSetup({ optimizer: { type: 'sgd', config: { learningRate: 1e9 } } }))
    await expect(benchState(opened, 200)).rejects.toMatchObject({ code: 'diverged' })
  })
})
