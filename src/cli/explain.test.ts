import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callCli, irisFile, projectFolder, temporaryFolder } from './testing'

const penguins = path.join(projectFolder, 'resources/samples/penguins.csv')
let folder = ''
let remove = () => Promise.resolve()
beforeAll(async () => {
  ;({ folder, remove } = await temporaryFolder())
})
afterAll(() => remove())

interface Explained {
  readonly row: number
  readonly input: readonly number[]
  readonly target: number
  readonly forward: readonly { readonly layer: string; readonly z: readonly number[]; readonly a: readonly number[] }[]
  readonly loss: { readonly name: string; readonly value: number }
  readonly backward: readonly {
    readonly layer: string
    readonly delta: readonly number[]
    readonly weightGradient: readonly (readonly number[])[]
    readonly biasGradient: readonly number[]
  }[]
  readonly update: readonly {
    readonly layer: string
    readonly weightBefore: readonly (readonly number[])[]
    readonly weightAfter: readonly (readonly number[])[]
    readonly biasBefore: readonly number[]
    readonly biasAfter: readonly number[]
  }[]
}

async function trained(name: string, file: string, flags: readonly string[]): Promise<string> {
  const run = path.join(folder, name)
  await rm(run, { recursive: true, force: true })
  const { status, stderr } = await callCli([
    ...['train', file, '--layers', '4', '--activation', 'tanh', '--epochs', '3', '--seed', '2', '--out', run, '--json'],
    ...flags
  ])
  expect(stderr).not.toContain('error')
  expect(status).toBe(0)
  return run
}

async function written(name: string, text: string): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, text)
  return file
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

/** What a layer of tanh and a layer of outputs come to, done anew from the weights before the step. */
function byHand({ input, update }: Explained, link: (z: readonly number[]) => readonly number[]) {
  const [hidden, output] = update
  if (hidden === undefined || output === undefined) throw new Error('no layers')
  const sums = (layer: typeof hidden, given: readonly number[]) =>
    layer.weightBefore.map((row, j) => sum(row.map((w, i) => w * (given[i] ?? NaN))) + (layer.biasBefore[j] ?? NaN))
  const z1 = sums(hidden, input)
  const a1 = z1.map(Math.tanh)
  const z2 = sums(output, a1)
  return { z1, a1, z2, a2: link(z2), hidden, output }
}

function expectNear(got: readonly number[], wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length)
  wanted.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 12))
}

const cases = [
  {
    name: 'cross-entropy',
    file: irisFile,
    flags: ['--target', 'species'],
    link: (z: readonly number[]) => {
      const powers = z.map(Math.exp)
      return powers.map((power) => power / sum(powers))
    },
    error: (a: readonly number[], t: number) => -Math.log(a[t] ?? NaN),
    delta: (a: readonly number[], t: number) => a.map((p, k) => p - (k === t ? 1 : 0))
  },
  {
    name: 'log',
    file: penguins,
    flags: ['--target', 'sex'],
    link: (z: readonly number[]) => z.map((each) => 1 / (1 + Math.exp(-each))),
    error: ([p = NaN]: readonly number[], t: number) => -(t * Math.log(p) + (1 - t) * Math.log(1 - p)),
    delta: ([p = NaN]: readonly number[], t: number) => [p - t]
  },
  {
    name: 'squared',
    file: irisFile,
    flags: ['--target', 'petal_width'],
    link: (z: readonly number[]) => z,
    error: ([y = NaN]: readonly number[], t: number) => (y - t) ** 2,
    delta: ([y = NaN]: readonly number[], t: number) => [2 * (y - t)]
  }
] as const

describe('explain', () => {
  it.each(cases)('$name: forward, error, backward and descent are the arithmetic done by hand', async (each) => {
    const rate = 0.05
    const flags = [...each.flags, '--optimizer', 'sgd', '--learning-rate', String(rate), '--momentum', '0']
    const run = await trained(each.name, each.file, flags)
    const { status, stdout } = await callCli(['explain', run, each.file, '--row', '8', '--json'])
    expect(status).toBe(0)
    const said = JSON.parse(stdout) as Explained
    const { z1, a1, z2, a2, hidden, output } = byHand(said, each.link)
    expect(said.row).toBe(8)
    expect(said.loss.name).toBe(each.name)
    expect(said.forward.map(({ layer }) => layer)).toEqual(['dense1', 'output'])
    expectNear(said.forward[0]?.z ?? [], z1)
    expectNear(said.forward[0]?.a ?? [], a1)
    expectNear(said.forward[1]?.z ?? [], z2)
    expectNear(said.forward[1]?.a ?? [], a2)
    expect(said.loss.value).toBeCloseTo(each.error(a2, said.target), 12)

    const delta2 = each.delta(a2, said.target)
    const delta1 = a1.map((a, j) => sum(delta2.map((d, k) => d * (output.weightBefore[k]?.[j] ?? NaN))) * (1 - a * a))
    const [last, first] = said.backward
    expect([last?.layer, first?.layer]).toEqual(['output', 'dense1'])
    expectNear(last?.delta ?? [], delta2)
    expectNear(first?.delta ?? [], delta1)
    expectNear(last?.biasGradient ?? [], delta2)
    delta1.forEach((d, j) =>
      expectNear(
        first?.weightGradient[j] ?? [],
        said.input.map((x) => d * x)
      )
    )
    delta2.forEach((d, k) =>
      expectNear(
        last?.weightGradient[k] ?? [],
        a1.map((a) => d * a)
      )
    )

    const moved = (before: readonly number[], gradient: readonly number[]) =>
      before.map((w, i) => w - rate * (gradient[i] ?? NaN))
    hidden.weightBefore.forEach((row, j) =>
      expectNear(
        hidden.weightAfter[j] ?? [],
        moved(
          row,
          said.input.map((x) => (delta1[j] ?? NaN) * x)
        )
      )
    )
    expectNear(output.biasAfter, moved(output.biasBefore, delta2))
  })

  it("goes on with the optimizer's own state, and says so where it is lost", async () => {
    const run = await trained('adam', irisFile, ['--target', 'species', '--optimizer', 'adam'])
    const explain = () => callCli(['explain', run, irisFile, '--row', '1', '--json'])
    const whole = await explain()
    expect(whole.stderr).toBe('')
    await rm(path.join(run, 'checkpoints'), { recursive: true })
    const anew = await explain()
    expect(anew.stderr).toContain('Adam begins as new')
    const afterOf = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as Explained).update[0]?.weightAfter
    expect(afterOf(anew)).not.toEqual(afterOf(whole))
  })

  it('says the same for people, and refuses rows that there are not', async () => {
    const run = await trained('text', irisFile, ['--target', 'species'])
    const { stdout } = await callCli(['explain', run, irisFile, '--row', '150'])
    expect(stdout).toMatch(/^Row 150: x = \[.+\], target 2\n\nForward\n {2}dense1: z = \[/)
    for (const [row, code] of [
      ['151', 'unknown-row'],
      ['0', 'usage'],
      ['x', 'usage']
    ]) {
      const { status, stderr } = await callCli(['explain', run, irisFile, '--row', row ?? ''])
      expect(status).not.toBe(0)
      expect(stderr).toContain(`error ${code ?? ''}`)
    }
  })
})

/** Rows of every kind: numbers, categories, words, answers of several kinds, and row 5 without one of them. */
const mixed = [
  'x,city,note,y,z,sunny,warm,weight,kind',
  ...Array.from({ length: 40 }, (_, i) => {
    const x = Math.sin(i * 1.7)
    const city = ['Rome', 'Oslo', 'Lima'][i % 3] ?? ''
    const note = i % 4 === 0 ? 'good bread and wine' : 'bad service here'
    const y = i === 4 ? '' : (2 * x - 1).toFixed(4)
    const flags = [x > 0 ? 'yes' : 'no', i % 3 === 0 ? 'on' : 'off'].join(',')
    return [x.toFixed(4), city, note, y, (x * x).toFixed(4), flags, i % 3, ['a', 'b', 'c'][(i + (i >> 2)) % 3]].join(
      ','
    )
  })
].join('\n')
const mnist = path.join(projectFolder, 'resources/samples/mnist-images-idx3-ubyte.gz')
const co2 = path.join(projectFolder, 'resources/samples/mauna-loa-co2.csv')

const plain = ['--optimizer', 'sgd', '--momentum', '0', '--learning-rate', '0.05']
const others = (...kept: string[]) => [
  '--ignore',
  ...['city', 'note', 'y', 'z', 'sunny', 'warm', 'weight', 'kind'].filter((name) => !kept.includes(name))
]
const kinds: readonly {
  readonly name: string
  readonly file?: string
  readonly flags: readonly string[]
  readonly row?: number
  /** δ of the outputs by its closed form. */
  readonly delta?: (a: readonly number[], target: readonly number[]) => readonly number[]
}[] = [
  {
    name: 'windows of a time series',
    file: co2,
    flags: ['--window', '6'],
    row: 7,
    delta: ([a = NaN], [t = NaN]) => [2 * (a - t)]
  },
  {
    name: 'images',
    file: mnist,
    flags: ['--epochs', '1'],
    row: 3,
    delta: (a, [t = NaN]) => a.map((p, k) => p - (k === t ? 1 : 0))
  },
  {
    name: 'words and embeddings',
    flags: [
      ...['--target', 'kind', '--column', 'note:encoding=words', '--column', 'city:encoding=embedding,size=3'],
      ...others('city', 'note', 'kind')
    ],
    delta: (a, [t = NaN]) => a.map((p, k) => p - (k === t ? 1 : 0))
  },
  {
    name: 'several labels',
    flags: ['--target', 'sunny', '--target', 'warm', ...others('sunny', 'warm')],
    delta: (a, target) => a.map((p, k) => (p - (target[k] ?? NaN)) / 2)
  },
  {
    name: 'several values',
    flags: ['--target', 'y', '--target', 'z', ...others('y', 'z')],
    delta: (a, target) => a.map((each, k) => each - (target[k] ?? NaN))
  },
  {
    name: 'weighted rows',
    flags: ['--target', 'z', '--weight', 'weight', ...others('z', 'weight')],
    delta: ([a = NaN], [t = NaN]) => [2 * (a - t)]
  },
  {
    name: 'class weights and label smoothing',
    flags: ['--target', 'kind', '--class-weights', '1,2,0.5', '--label-smoothing', '0.1', ...others('kind')]
  },
  {
    name: 'a best epoch taken back',
    file: irisFile,
    flags: ['--target', 'species', '--epochs', '12', '--patience', '1', '--learning-rate', '1.5'],
    delta: (a, [t = NaN]) => a.map((p, k) => p - (k === t ? 1 : 0))
  }
]

describe('explain and gradcheck of any run', () => {
  it.each(kinds)('$name', async ({ name, file, flags, row = 2, delta }) => {
    const table = file ?? (await written('mixed.csv', mixed))
    const run = await trained(name, table, [...plain, ...flags])
    const { stdout, status } = await callCli(['explain', run, table, '--row', String(row), '--json'])
    expect(status).toBe(0)
    const said = JSON.parse(stdout) as Explained & { target: number | number[] }
    const [last] = said.backward
    const answer = said.forward.at(-1)?.a ?? []
    if (delta !== undefined) expectNear(last?.delta ?? [], delta(answer, [said.target].flat()))
    expectNear(last?.biasGradient ?? [], last?.delta ?? [])
    const rate = flags.includes('1.5') ? 1.5 : 0.05
    const output = said.update.at(-1)
    const moved = output?.biasBefore.map((b, k) => b - rate * (last?.biasGradient[k] ?? NaN))
    expectNear(output?.biasAfter ?? [], moved ?? [])
    expect(said.loss.value).toBeGreaterThan(0)

    const check = await callCli(['gradcheck', run, table, '--samples', '60', '--json'])
    expect(check.status).toBe(0)
    expect((JSON.parse(check.stdout) as { maxRelativeError: number }).maxRelativeError).toBeLessThan(1e-6)
  })

  it('says that a row counts as one, where rows were weighted', async () => {
    const table = await written('mixed.csv', mixed)
    const run = await trained('weighted', table, ['--target', 'z', '--weight', 'weight', ...others('z', 'weight')])
    // Row 4 has weight 0 in training.
    const { stderr, stdout } = await callCli(['explain', run, table, '--row', '4', '--json'])
    expect(stderr).toContain('row-counts-as-one')
    expect((JSON.parse(stdout) as Explained).loss.value).toBeGreaterThan(0)
  })

  it('says what is wrong with a row or a file', async () => {
    const table = await written('mixed.csv', mixed)
    const run = await trained('values', table, ['--target', 'y', '--target', 'z', ...others('y', 'z')])
    const windows = await trained('windows', co2, ['--window', '6'])
    const lines = mixed.split('\n')
    const withoutAnswers = lines.map((line, i) => (i === 0 ? line : line.replace(/^([^,]*,[^,]*,[^,]*),[^,]*/, '$1,')))
    const tables = {
      columns: await written('other.csv', 'a,b\n1,2\n'),
      answers: await written('answers.csv', withoutAnswers.join('\n'))
    }
    for (const [args, code, what] of [
      [['explain', run, table, '--row', '5'], 'unknown-row', 'no answer in "y" or "z"'],
      [['explain', windows, co2, '--row', '3'], 'unknown-row', 'no whole window'],
      [['explain', run, tables.columns, '--row', '1'], 'missing-column', '"y"'],
      [['gradcheck', run, tables.columns], 'missing-column', '"y"'],
      [['gradcheck', run, tables.answers], 'no-rows', 'no row with an answer']
    ] as const) {
      const { status, stdout, stderr } = await callCli(args)
      expect(status).not.toBe(0)
      expect(stdout).toBe('')
      expect(stderr).toContain(`error ${code}`)
      expect(stderr).toContain(what)
    }
  })

  it('names what comes back to a layer without an activation by what it is', async () => {
    const run = await trained('windows', co2, ['--window', '6'])
    const { stdout } = await callCli(['explain', run, co2, '--row', '7'])
    expect(stdout).toMatch(/\n {2}dense1: δ = /)
    expect(stdout).toMatch(/\n {2}flatten: ∂E\/∂a = /)
  })

  it('says where differences prove nothing', async () => {
    const flags = ['--target', 'species', '--optimizer', 'sgd', '--learning-rate', '20', '--epochs', '30']
    const run = await trained('certain', irisFile, flags)
    const { stderr, stdout } = await callCli(['gradcheck', run, irisFile, '--batch', '4', '--json'])
    expect(stderr).toContain('gradients-too-small')
    expect((JSON.parse(stdout) as { maxRelativeError: number }).maxRelativeError).toBeLessThan(1e-6)
  })
})

describe('gradcheck', () => {
  it('finds the gradients of a run right', async () => {
    const run = await trained('check', irisFile, ['--target', 'species'])
    const { stdout, status } = await callCli(['gradcheck', run, irisFile, '--json'])
    expect(status).toBe(0)
    const check = JSON.parse(stdout) as {
      parameters: number
      checked: number
      maxRelativeError: number
      worst: unknown
    }
    expect(check).toMatchObject({ parameters: 4 * 4 + 4 + 4 * 3 + 3, checked: 35 })
    expect(check.maxRelativeError).toBeLessThan(1e-6)
    const few = await callCli(['gradcheck', run, irisFile, '--samples', '6', '--batch', '2', '--json'])
    expect(JSON.parse(few.stdout)).toMatchObject({ checked: 6 })
  })
})
