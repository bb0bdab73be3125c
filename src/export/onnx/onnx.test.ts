import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { outputNames, valueOutputs, type Column, type Table } from '../../data'
import { activations, lossesFor, RandomStream, tasks, tensor } from '../../engine'
import { openExperiment, predictTable, selectRows, type Run } from '../../project'
import { madeRun, trainedRun } from '../../project/testing/runs'
import {
  categoryColumn,
  madeSetup,
  madeTable,
  madeValues,
  madeValueTargets,
  numberColumn,
  tableOf
} from '../../project/testing/tables'
import { onnx } from './onnx'
import schema from './onnx-schema.json'
import { decodeModel } from './proto'

/** Runs the file as its users do: inputs by column name, outputs by name. */
async function answers(bytes: Uint8Array, table: Table): Promise<Map<string, Tensor>> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 })
  const feeds = Object.create(null) as Record<string, Tensor>
  for (const name of session.inputNames) {
    const column = table.columns.find((each) => each.name === name)
    if (column === undefined || column.type === 'image') throw new Error(`no column ${name}`)
    feeds[name] =
      column.type === 'number'
        ? new Tensor('float32', Float32Array.from(column.values), [table.rows, 1])
        : new Tensor(
            'string',
            Array.from(column.codes, (code) => column.categories[code] ?? ''),
            [table.rows, 1]
          )
  }
  const results = new Map(Object.entries(await session.run(feeds)))
  await session.release()
  return results
}

async function bytesOf(run: Run): Promise<Uint8Array> {
  return onnx.write(run)
}

/** Largest difference in probabilities, or in raw units over each target's scale; classes must be the same. */
async function difference(run: Run, table: Table): Promise<number> {
  const results = await answers(await bytesOf(run), table)
  const prediction = results.get('prediction')
  const probabilities = results.get('probabilities')
  const { preparation } = run.record
  const count = outputNames(preparation).length
  const scales = valueOutputs(preparation).map(({ scale }) => scale)
  let largest = 0
  const compare = (file: unknown, studio: number, scale = 1) => {
    largest = Math.max(largest, Math.abs(Number(file) - studio) / scale)
  }
  for (const row of await predictTable(run, table)) {
    const start = row.row - 1
    const values = row.values ?? [{ value: row.prediction }]
    values.forEach(({ value, ...label }, k) => {
      const answer = prediction?.data[start * values.length + k]
      if (typeof value === 'number') compare(answer, value, scales[k])
      else expect(answer).toBe(value)
      if ('probability' in label) compare(probabilities?.data[start * count + k], label.probability ?? NaN)
    })
    row.probabilities?.forEach(([, probability], k) => compare(probabilities?.data[start * count + k], probability))
  }
  return largest
}

/** The same run with other weights of its output layer. */
function withOutputWeights(run: Run, change: (weight: number, output: number) => number): Run {
  const parameters = new Map(
    [...run.parameters].map(([name, { shape, data }]) => {
      if (name !== 'output.weight') return [name, { shape, data }]
      return [name, { shape, data: data.map((weight, at) => change(weight, Math.floor(at / (shape[1] ?? 1)))) }]
    })
  )
  return { ...run, parameters }
}

function metadataOf(bytes: Uint8Array): Record<string, string> {
  const { metadata_props: entries } = decodeModel(bytes) as { metadata_props: { key: string; value: string }[] }
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]))
}

const everyNetwork = tasks.flatMap((task) =>
  lossesFor(task).flatMap((loss) => activations.map((activation) => [task, loss, activation.name] as const))
)

describe('an ONNX file', () => {
  it.each(everyNetwork)('answers as the studio does: %s, %s, %s', async (task, loss, activation) => {
    const run = await madeRun(task, loss, activation)
    const table = madeTable(task, 1000)
    expect(await difference(run, table)).toBeLessThan(2e-6)
    expect(await difference(run, selectRows(table, Int32Array.of(17)))).toBeLessThan(2e-6)
    const verification = await onnx.verify(await bytesOf(run), run, table)
    expect(verification).toMatchObject({ rows: 1000, wrongLabels: 0 })
    expect(verification.worstShare).toBeLessThan(0.5)
  })

  it('gives several values, each in its own units and with its own tolerance', async () => {
    const table = madeValues(500)
    const run = await trainedRun(table, madeSetup('regression', 'squared', 'tanh', { moreTargets: madeValueTargets }))
    const bytes = await bytesOf(run)
    expect(await difference(run, table)).toBeLessThan(2e-6)
    const results = await answers(bytes, selectRows(table, Int32Array.of(3, 4)))
    expect(results.get('prediction')?.dims).toEqual([2, 3])
    const [kind, mass, gap] = results.get('prediction')?.data ?? []
    expect([Number(kind) > 700, Number(mass) > 4.3e6, Math.abs(Number(gap)) < 0.1]).toEqual([true, true, true])
    expect([...results.keys()]).toEqual(['prediction'])
    const verification = await onnx.verify(bytes, run, table)
    expect(verification).toMatchObject({ rows: 500, wrongLabels: 0 })
    expect(['kind', 'mass', 'gap']).toContain(verification.differenceUnit)
    expect(verification.worstShare).toBeLessThan(0.5)
    expect(metadataOf(bytes)).toMatchObject({ target: 'kind', targets: '["kind","mass","gap"]', classes: '[]' })

    // Of the smallest one a part in a thousand is off: nothing beside the millions of the second.
    const wrong = await bytesOf(withOutputWeights(run, (weight, output) => (output === 2 ? weight * 1.001 : weight)))
    const refused = await onnx.verify(wrong, run, table)
    expect(refused).toMatchObject({ differenceUnit: 'gap' })
    expect(refused.worstShare).toBeGreaterThan(1)
    expect(refused.tolerance).toContain('the spread of "gap"')
  })

  it('gives several labels with the probability of their second classes', async () => {
    const table = madeTable('multi-label', 300)
    const run = await trainedRun(table, madeSetup('multi-label', 'log', 'tanh', { epochs: 20 }))
    const bytes = await bytesOf(run)
    expect(await difference(run, table)).toBeLessThan(2e-6)
    const results = await answers(bytes, table)
    const [prediction, probabilities] = [results.get('prediction'), results.get('probabilities')]
    expect([prediction?.dims, probabilities?.dims]).toEqual([
      [300, 3],
      [300, 3]
    ])
    const classes = [
      ['Adélie', 'chin strap'],
      ['no', 'yes'],
      ['0', '1']
    ]
    const shares = Array.from(probabilities?.data ?? [], Number)
    const expected = shares.map((share, at) => classes[at % 3]?.[Number(share > 0.5)])
    expect(prediction?.data).toEqual(expected)
    for (const of of classes.slice(0, 2))
      expect(new Set(expected.filter((name) => of.includes(name ?? ''))).size).toBe(2)
    expect(metadataOf(bytes)).toMatchObject({ task: 'multi-label', targets: '["kind","large","rare"]', classes: '[]' })
    expect(JSON.parse(metadataOf(bytes)['labels'] ?? '')).toEqual(
      ['kind', 'large', 'rare'].map((name, k) => ({ name, classes: classes[k] }))
    )

    const wrong = await bytesOf(withOutputWeights(run, (weight, output) => (output === 1 ? -weight : weight)))
    const refused = await onnx.verify(wrong, run, table)
    expect(refused.wrongLabels).toBeGreaterThan(50)
    expect(refused).toMatchObject({ differenceUnit: 'probability' })
  })

  it('of several targets answers as the studio does, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.double({ min: -1e5, max: 1e5, noNaN: true }), fc.double({ min: 1e-6, max: 1e6, noNaN: true })),
          {
            minLength: 2,
            maxLength: 5
          }
        ),
        fc.integer({ min: 0, max: 1000 }),
        async (spreads, seed) => {
          const { columns } = madeTable('regression', 60)
          const random = new RandomStream(seed, 'targets')
          const more = spreads.map(([mean, scale], k) =>
            numberColumn(
              `value ${k}`,
              Array.from({ length: 60 }, () => mean + scale * random.normal())
            )
          )
          const labels = spreads.map((_, k) =>
            categoryColumn(
              `label "${k}"`,
              Array.from({ length: 60 }, (_cell, row) => (row < 2 ? String(row) : String(random.below(2))))
            )
          )
          const table = tableOf([...columns, ...more, ...labels])
          const [first = '', ...others] = labels.map(({ name }) => name)
          for (const change of [
            { moreTargets: more.map(({ name }) => name), ignored: labels.map(({ name }) => name) },
            { target: first, moreTargets: others, task: 'multi-label' as const, loss: 'log' as const }
          ]) {
            const setup = madeSetup('regression', 'squared', 'tanh', { epochs: 1, seed, ...change })
            const run = await trainedRun(table, setup)
            const verification = await onnx.verify(await bytesOf(run), run, table)
            expect(verification.wrongLabels).toBe(0)
            expect(verification.worstShare).toBeLessThan(1)
          }
        }
      ),
      { numRuns: 12 }
    )
  }, 60_000)

  it('has the interface that is documented', async () => {
    const run = await madeRun('multi-class', 'cross-entropy')
    const session = await InferenceSession.create(await bytesOf(run))
    expect(session.inputMetadata).toMatchObject([
      { name: 'length', type: 'float32', shape: ['N', 1] },
      { name: 'island', type: 'string', shape: ['N', 1] },
      { name: 'width', type: 'float32', shape: ['N', 1] }
    ])
    expect(session.outputMetadata).toMatchObject([
      { name: 'prediction', type: 'string', shape: ['N'] },
      { name: 'probabilities', type: 'float32', shape: ['N', 3] }
    ])
    const model = decodeModel(await bytesOf(run)) as {
      metadata_props: { key: string; value: string }[]
      ir_version: number
      opset_import: unknown
    }
    const metadata = new Map(model.metadata_props.map(({ key, value }) => [key, value]))
    expect(JSON.parse(metadata.get('classes') ?? '')).toEqual(['Adélie', 'chin strap', 'gentoo'])
    expect(JSON.parse(metadata.get('outputs') ?? '')).toEqual({
      prediction: 'prediction',
      probabilities: 'probabilities'
    })
    expect(JSON.parse(metadata.get('features') ?? '')).toMatchObject([
      { name: 'length', type: 'float32' },
      { name: 'island', type: 'string', categories: ['Biscoe', 'Dream "x", y', 'Äland'] },
      { name: 'width', type: 'float32' }
    ])
    expect([metadata.get('task'), metadata.get('target')]).toEqual(['multi-class', 'kind'])
    expect([model.ir_version, model.opset_import]).toEqual([
      7,
      [
        { domain: '', version: 13 },
        { domain: 'ai.onnx.ml', version: 2 }
      ]
    ])
  })

  it('gives regression as float32 [N, 1] in raw units', async () => {
    const results = await answers(await bytesOf(await madeRun('regression', 'squared')), madeTable('regression'))
    expect([...results.keys()]).toEqual(['prediction'])
    expect(results.get('prediction')).toMatchObject({ type: 'float32', dims: [90, 1] })
  })

  it('fills what is missing and takes unknown categories for none', async () => {
    const run = await madeRun('binary', 'log')
    const fills = run.record.preparation.features.map((feature) => ('fill' in feature ? feature.fill : null))
    const row = (length: number | null, island: string | null, width: number | null) =>
      tableOf([numberColumn('length', [length]), categoryColumn('island', [island]), numberColumn('width', [width])])
    const ask = async (table: Table) => [
      ...((await answers(await bytesOf(run), table)).get('probabilities')?.data ?? [])
    ]
    const filled = await ask(row(Number(fills[0]), String(fills[1]), Number(fills[2])))
    expect(await ask(row(null, null, null))).toEqual(filled)
    expect(await ask(row(Infinity, '', -Infinity))).toEqual(filled)
    const unknown = await ask(row(45, 'Atlantis', 1))
    expect(await ask(row(45, 'atlantis\u0000', 1))).toEqual(unknown)
    const [studio] = await predictTable(run, row(45, 'Atlantis', 1))
    expect(unknown[1]).toBeCloseTo(studio?.probabilities?.[1]?.[1] ?? NaN, 6)
    for (const island of ['Biscoe', 'Dream "x", y', 'Äland']) expect(await ask(row(45, island, 1))).not.toEqual(unknown)
  })

  it('takes empty batches', async () => {
    const results = await answers(
      await bytesOf(await madeRun('binary', 'log')),
      selectRows(madeTable('binary'), new Int32Array(0))
    )
    expect(results.get('probabilities')?.dims).toEqual([0, 2])
  })

  it.each(['log', 'cross-entropy'] as const)('gives a tie to the first class, as the studio does: %s', async (loss) => {
    const run = await madeRun('binary', loss)
    const parameters = new Map(
      [...run.parameters].map(([name, { shape, data }]) => [
        name,
        tensor(
          shape,
          data.map(() => 0)
        )
      ])
    )
    const [first] = await predictTable({ ...run, parameters }, madeTable('binary'))
    expect(first).toMatchObject({
      prediction: 'Adélie',
      probabilities: [
        ['Adélie', 0.5],
        ['chin strap', 0.5]
      ]
    })
    expect(await difference({ ...run, parameters }, madeTable('binary'))).toBe(0)
  })

  it('keeps large targets and large means exact to float32', async () => {
    const table = madeTable('regression')
    const columns = table.columns.map((column): Column =>
      column.type === 'number'
        ? numberColumn(
            column.name,
            Array.from(column.values, (value) => (Number.isNaN(value) ? null : 1.7e9 + value * 1000))
          )
        : column
    )
    const large = { ...table, columns }
    const run = await trainedRun(large, madeSetup('regression', 'squared'))
    const verification = await onnx.verify(await bytesOf(run), run, large)
    expect(verification.worstShare).toBeLessThan(1)
    expect(verification.maxDifference).toBeLessThanOrEqual(64)
  })

  it('agrees where features are no float32, or beyond it, and targets have more digits than a float32', async () => {
    const table = madeTable('regression')
    const columns = table.columns.map((column): Column => {
      if (column.type !== 'number') return column
      const values = Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))
      if (column.name === 'length') {
        return numberColumn(
          column.name,
          values.map((value, row) => (row % 9 === 0 ? 1e39 : value === null ? null : value + 20240101.1))
        )
      }
      return column.name === 'kind'
        ? numberColumn(
            column.name,
            values.map((value) => 1735689600.25 + (value ?? 0) * 1e5)
          )
        : column
    })
    const exact = { ...table, columns }
    const run = await trainedRun(exact, madeSetup('regression', 'squared'))
    const [length] = run.record.preparation.features
    expect(length?.kind === 'number' && Math.abs(length.mean)).toBeLessThan(1e9)
    const verification = await onnx.verify(await bytesOf(run), run, exact)
    expect(verification.worstShare).toBeLessThan(1)
    // The rows kept with the run hold the file's numbers, and are as good a check.
    if (run.sample === null) throw new Error('a run keeps a sample')
    expect((await onnx.verify(await bytesOf(run), run, run.sample)).worstShare).toBeLessThan(1)
  })

  it('agrees where targets are next to the smallest float32', async () => {
    const table = madeTable('regression')
    const columns = table.columns.map((column): Column =>
      column.name === 'kind' && column.type === 'number'
        ? numberColumn(
            'kind',
            Array.from(column.values, (value) => value * 1e-46)
          )
        : column
    )
    const tiny = { ...table, columns }
    const run = await trainedRun(tiny, madeSetup('regression', 'squared'))
    expect((await onnx.verify(await bytesOf(run), run, tiny)).worstShare).toBeLessThan(1)
  })

  it('renames its outputs, never its inputs, when a column has their name', async () => {
    const table = madeTable('multi-class')
    const names = ['prediction', 'probabilities', 'prediction_2']
    const renamed = {
      ...table,
      columns: table.columns.map((column, i) => ({ ...column, name: names[i] ?? column.name }))
    }
    const run = await trainedRun(renamed, madeSetup('multi-class', 'cross-entropy'))
    const results = await answers(await bytesOf(run), renamed)
    expect([...results.keys()]).toEqual(['prediction_3', 'probabilities_2'])
    const model = decodeModel(await bytesOf(run)) as { metadata_props: { key: string; value: string }[] }
    expect(model.metadata_props).toContainEqual({
      key: 'outputs',
      value: '{"prediction":"prediction_3","probabilities":"probabilities_2"}'
    })
    expect((await onnx.verify(await bytesOf(run), run, renamed)).worstShare).toBeLessThan(1)
  })

  it('takes any column, category and class names', async () => {
    const odd = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
      fc.constantFrom(
        '__proto__',
        'constructor',
        'dense1.weight',
        'features',
        'numbers.fill',
        'answer.classNames',
        'input',
        'N',
        ' ',
        'toString',
        'island.index'
      )
    )
    const three = fc.uniqueArray(odd, { minLength: 3, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(three, three, three, async (names, islands, kinds) => {
        const pick = (from: readonly string[], i: number) => from[i % 3] ?? ''
        const rows = Array.from({ length: 30 }, (_, i) => i)
        const table = tableOf([
          numberColumn(
            pick(names, 0),
            rows.map((i) => (i % 4 === 0 ? null : i))
          ),
          categoryColumn(
            pick(names, 1),
            rows.map((i) => (i % 5 === 0 ? null : pick(islands, i * 7)))
          ),
          numberColumn(
            pick(names, 2),
            rows.map((i) => (i * 3) % 11)
          ),
          categoryColumn(
            'the target',
            rows.map((i) => pick(kinds, i * 11))
          )
        ])
        const setup = madeSetup('multi-class', 'cross-entropy', 'relu', { target: 'the target', epochs: 1 })
        const experiment = openExperiment(table, setup)
        const run = await experiment.finish('stopped')
        const verification = await onnx.verify(await bytesOf(run), run, table)
        expect(verification.inputs.map(({ name }) => name)).toEqual(names)
        expect(verification.worstShare).toBeLessThan(1)
        expect(verification.wrongLabels).toBe(0)
      }),
      { numRuns: 25 }
    )
  })

  it('is checked on rows with missing values when the table is long', async () => {
    const run = await madeRun('binary', 'log')
    const verification = await onnx.verify(await bytesOf(run), run, madeTable('binary', 5000))
    expect(verification.rows).toBe(1000)
    expect(verification.worstShare).toBeLessThan(1)
  })
})

describe("ONNX's schema", () => {
  it('is the committed onnx-ml.proto', () => {
    const proto = readFileSync(fileURLToPath(new URL('onnx-ml.proto', import.meta.url)), 'utf8')
    expect(proto).toContain('SPDX-License-Identifier: Apache-2.0')
    expect(protobuf.parse(proto, { keepCase: true }).root.toJSON()).toEqual(schema)
  })
})
