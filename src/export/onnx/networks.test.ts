/** Whole networks of every kind, trained, saved as ONNX and asked in onnxruntime: as users would. */
import { describe, expect, it } from 'vitest'
import type { Table } from '../../data'
import { RandomStream, type LayerNode, type ModelSpec, type Task } from '../../engine'
import { openExperiment, selectRows, type Run } from '../../project'
import { categoryColumn, madeSetup, numberColumn, tableOf } from '../../project/testing/tables'
import type { Setup } from '../../shared/setup'
import { answerNames } from './answers'
import { onnx } from './onnx'
import { OnnxSession } from './session'

const ROWS = 1000

/** Numbers from 0 to 1 in columns p0, p1, …; a target that depends on them. */
function numbersTable(columns: number, task: Task): Table {
  const random = new RandomStream(4, 'export')
  const values = Array.from({ length: columns }, () => Array.from({ length: ROWS }, () => random.uniform()))
  const sums = Array.from({ length: ROWS }, (_, row) =>
    values.reduce((sum, column, i) => sum + (column[row] ?? 0) * (i % 2 === 0 ? 1 : -1), 0)
  )
  const target =
    task === 'regression'
      ? numberColumn('kind', sums)
      : categoryColumn(
          'kind',
          sums.map((sum) => (sum < -0.3 ? 'low' : sum < 0.3 ? 'middle' : 'high'))
        )
  return tableOf([...values.map((column, i) => numberColumn(`p${i}`, column)), target])
}

/** Trained by the reference executor, briefly. */
async function trained(table: Table, setup: Setup): Promise<Run> {
  const experiment = openExperiment(table, setup, { executor: 'reference' })
  for await (const _event of experiment.training.events()) {
    // Pulling an event is what trains.
  }
  const run = await experiment.finish('completed')
  experiment.training.close()
  return run
}

function node(name: string, type: string, inputs: readonly string[], config: LayerNode['config'] = {}): LayerNode {
  return { name, type, inputs, config }
}

function output(input: string, units: number): LayerNode {
  return node('output', 'dense', [input], { units, activation: 'identity' })
}

/** The file on the table and on some of its rows, against the studio. */
async function expectSame(run: Run, table: Table): Promise<void> {
  const bytes = await onnx.write(run)
  const first = (rows: number) => selectRows(table, Int32Array.from(Array(rows).keys()))
  for (const rows of [1, 7]) {
    expect((await onnx.verify(bytes, run, first(rows))).worstShare, `${rows} rows`).toBeLessThan(1)
  }
  const { preparation } = run.record
  const session = await OnnxSession.open(bytes)
  expect((await session.answer(preparation, answerNames(preparation), first(0))).predictions).toEqual([])
  await session.close()
  const verification = await onnx.verify(bytes, run, table)
  expect(verification).toMatchObject({ rows: ROWS, wrongLabels: 0 })
  expect(verification.worstShare).toBeLessThan(1)
}

const images: ModelSpec = {
  inputShape: [1, 4, 4],
  layers: [
    node('conv1', 'conv2d', ['input'], { outChannels: 3, kernelSize: 3, activation: 'identity', bias: false }),
    node('norm1', 'batch-norm', ['conv1']),
    node('relu1', 'activation', ['norm1'], { activation: 'relu' }),
    node('conv2', 'conv2d', ['relu1'], { outChannels: 3, kernelSize: 3, activation: 'silu' }),
    node('join1', 'add', ['relu1', 'conv2']),
    node('pool1', 'max-pool2d', ['join1']),
    node('drop1', 'dropout', ['pool1'], { rate: 0.2 }),
    node('flat1', 'flatten', ['drop1']),
    output('flat1', 3)
  ],
  output: 'output'
}

const branches: ModelSpec = {
  inputShape: [6],
  layers: [
    node('left', 'dense', ['input'], { units: 4, activation: 'gelu' }),
    node('right', 'dense', ['input'], { units: 4, activation: 'softmax' }),
    node('gate', 'multiply', ['left', 'right']),
    node('both', 'concat', ['gate', 'input']),
    node('norm', 'layer-norm', ['both']),
    node('unused', 'dense', ['both'], { units: 2, activation: 'relu' }),
    output('norm', 1)
  ],
  output: 'output'
}

const signals: ModelSpec = {
  inputShape: [12],
  layers: [
    node('shape', 'reshape', ['input'], { size1: 2, size2: -1 }),
    node('conv1', 'conv1d', ['shape'], { outChannels: 4, kernelSize: 3, stride: 2 }),
    node('norm1', 'group-norm', ['conv1'], { numGroups: 2 }),
    node('pool1', 'global-avg-pool', ['norm1']),
    output('pool1', 1)
  ],
  output: 'output'
}

describe('a network exported to ONNX answers as the studio does', () => {
  it('a residual convolutional one with running statistics, on images from columns', async () => {
    const table = numbersTable(16, 'multi-class')
    await expectSame(
      await trained(table, madeSetup('multi-class', 'cross-entropy', 'relu', { model: images, epochs: 2 })),
      table
    )
  })

  it('one with branches, a layer that leads nowhere included', async () => {
    const table = numbersTable(6, 'regression')
    await expectSame(
      await trained(table, madeSetup('regression', 'squared', 'relu', { model: branches, epochs: 2 })),
      table
    )
  })

  it('one on signals, on numbers as they stand in the file', async () => {
    const table = numbersTable(12, 'regression')
    const setup = madeSetup('regression', 'squared', 'relu', { model: signals, epochs: 2, prepare: false })
    await expectSame(await trained(table, setup), table)
  })

  it('one with a table of vectors, on whole numbers as they stand in the file', async () => {
    const random = new RandomStream(5, 'export')
    const words = ['a', 'b', 'c'].map((name) =>
      numberColumn(
        name,
        Array.from({ length: ROWS }, () => random.below(9))
      )
    )
    const target = numberColumn(
      'kind',
      Array.from({ length: ROWS }, () => random.normal())
    )
    const table = tableOf([...words, target])
    const model: ModelSpec = {
      inputShape: [3],
      layers: [
        node('words', 'embedding', ['input'], { numEmbeddings: 9, embeddingDim: 4 }),
        node('flat', 'flatten', ['words']),
        output('flat', 1)
      ],
      output: 'output'
    }
    const setup = madeSetup('regression', 'squared', 'relu', { model, epochs: 2, prepare: false })
    await expectSame(await trained(table, setup), table)
  })

  it.each([1, 2000, 1e5])(
    'one on numbers up to twice %f as they stand in the file, and a wrong weight shows',
    async (scale) => {
      const random = new RandomStream(6, 'export')
      const columns = Array.from({ length: 6 }, () =>
        Array.from({ length: ROWS }, () => scale * (1 + random.uniform()))
      )
      const differences = Array.from({ length: ROWS }, (_, row) => {
        return ((columns[0]?.[row] ?? 0) - (columns[1]?.[row] ?? 0)) / scale
      })
      const features = columns.map((values, i) => numberColumn(`p${i}`, values))
      const table = tableOf([...features, numberColumn('kind', differences)])
      const optimizer = { type: 'adam', config: { learningRate: 0.001 } }
      const run = await trained(table, madeSetup('regression', 'squared', 'relu', { prepare: false, optimizer }))
      await expectSame(run, table)
      const wrong = new Map(
        [...run.parameters].map(([name, { shape, data }]) => [
          name,
          { shape, data: data.map((value) => value * 1.001) }
        ])
      )
      const verification = await onnx.verify(await onnx.write({ ...run, parameters: wrong }), run, table)
      expect(verification.worstShare).toBeGreaterThan(1)
    }
  )
})
