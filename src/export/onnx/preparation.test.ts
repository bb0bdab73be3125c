import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { wholeTensor } from '../../engine'
import {
  cellsFor,
  encodeFeatures,
  inputShape,
  needsValue,
  prepare,
  requireColumn,
  type FeaturePreparation,
  type Preparation,
  type Table
} from '../../data'
import { prepared, valueSetup } from '../../data/features/testing'
import { madeImages } from '../../data/features/testing-images'
import { column, table } from '../../data/testing'
import { StudioError } from '../../shared/errors'
import { OnnxBuilder } from './builder'
import { fileOf } from './model'
import { addInputs, addPreparation, inputType, opsetFor } from './preparation'
import { dataType } from './proto'

/** The features that a file with the preparation alone gives. */
async function featuresOf(preparation: Preparation, data: Table): Promise<Float32Array> {
  const builder = new OnnxBuilder(opsetFor(preparation))
  addInputs(builder, preparation)
  builder.output(
    'the features',
    dataType.float,
    ['N', encodeFeatures(preparation, data, new Int32Array(0)).shape[1] ?? 0],
    ''
  )
  builder.node('Identity', [addPreparation(builder, preparation)], { output: 'the features' })
  const session = await InferenceSession.create(fileOf(builder, 'a preparation', []), { logSeverityLevel: 3 })
  const tensorOf = (feature: FeaturePreparation): Tensor => {
    const cells = cellsFor(feature, requireColumn(data, feature.name), data)
    if (cells.takes === 'image') return new Tensor('uint8', cells.values, [data.rows, ...inputShape(preparation)])
    const shape = [data.rows, 1]
    if (cells.takes === 'text') {
      const texts = cells.values.map((value) => value ?? '')
      return new Tensor('string', texts, shape)
    }
    return inputType(feature) === 'float32'
      ? new Tensor('float32', Float32Array.from(cells.values), shape)
      : new Tensor('float64', cells.values, shape)
  }
  const feeds = Object.fromEntries(
    preparation.features.map((feature): [string, Tensor] => [feature.name, tensorOf(feature)])
  )
  const results = new Map(Object.entries(await session.run(feeds)))
  await session.release()
  const values = results.get('the features')?.data
  if (values instanceof Float32Array) return values
  throw new Error('the file gives no float32')
}

/** Largest difference, relative to 1 + |z|. */
function difference(file: Float32Array, studio: Float64Array): number {
  expect(file.length).toBe(studio.length)
  return studio.reduce((most, z, i) => {
    // Beyond float32 the file can but say infinity.
    if (Math.abs(z) > 3.4e38) return most
    const off = Math.abs((file[i] ?? NaN) - z) / (1 + Math.abs(z))
    return Number.isNaN(off) ? Infinity : Math.max(most, off)
  }, 0)
}

describe('the preparation in an ONNX file', () => {
  it('gives the numbers of the studio for images, prepared or not', async () => {
    const shape = fc.record({
      width: fc.integer({ min: 1, max: 6 }),
      height: fc.integer({ min: 1, max: 6 }),
      channels: fc.constantFrom(1 as const, 3 as const)
    })
    await fc.assert(
      fc.asyncProperty(shape, fc.boolean(), fc.infiniteStream(fc.nat(255)), async (size, isPrepared, levels) => {
        const length = 6 * size.width * size.height * size.channels
        const image = madeImages(6, { ...size, pixels: Uint8Array.from(levels.take(length)) })
        const data = table([image, column('y', [1, 2, 3, 4, 5, 6])])
        const { preparation } = prepare(data, valueSetup({ prepare: isPrepared }))
        const file = await featuresOf(preparation, data)
        expect(difference(file, wholeTensor(encodeFeatures(preparation, data)).data)).toBeLessThan(1e-6)
      }),
      { numRuns: 30 }
    )
  })

  it('gives the numbers of the studio, whatever the settings', async () => {
    let done = 0
    await fc.assert(
      fc.asyncProperty(prepared, async ({ data, setup }) => {
        let preparation: Preparation
        try {
          preparation = prepare(data, setup).preparation
        } catch (thrown) {
          if (thrown instanceof StudioError) return
          throw thrown
        }
        // Rows that the studio refuses have no numbers to compare.
        const required = preparation.features.some((feature) =>
          feature.kind === 'words' ? feature.required === true : 'fill' in feature && needsValue(feature)
        )
        if (required) return
        done++
        expect(
          difference(await featuresOf(preparation, data), wholeTensor(encodeFeatures(preparation, data)).data)
        ).toBeLessThan(1e-6)
      }),
      { numRuns: 120 }
    )
    expect(done).toBeGreaterThan(20)
  })

  it('gives NaN where rows without a value were left out of training', async () => {
    const data = table([
      column('a', [1, 2, 3, 4]),
      column('b', ['x', 'y', 'x', 'y']),
      column('t', ['red wine', 'red', 'sea', 'red sea']),
      column('y', [1, 2, 3, 4])
    ])
    const columns = [
      { name: 'a', missing: 'drop-row' as const, scaling: 'log1p' as const },
      { name: 'b', missing: 'drop-row' as const },
      { name: 't', missing: 'drop-row' as const, type: 'text' as const }
    ]
    const { preparation } = prepare(data, valueSetup({ columns, validation: 0 }))
    const gaps = table([column('a', [null, 1, -0.5]), column('b', ['x', null, 'x']), column('t', ['red', 'sea', null])])
    const values = await featuresOf(preparation, gaps)
    const names = ['a', 'b', 'b', 't', 't', 't']
    const isNaNs = Array.from({ length: 3 }, (_, row) =>
      [...new Set(names.filter((_name, k) => Number.isNaN(values[row * names.length + k])))].join()
    )
    expect(isNaNs).toEqual(['a', 'b', 'a,t'])
  })

  it('finds words next to anything that is no letter, in every case and form', async () => {
    const texts = ['wine', 'WINE!', 'swine', 'wine\nred', '9wine9', 'wines', 'Kelvin', '\u212Aelvin', 'ẞ ß', '']
    const data = table([
      column(
        't',
        texts.map((text) => text || null)
      ),
      column(
        'y',
        texts.map((_, row) => row)
      )
    ])
    const { preparation } = prepare(data, valueSetup({ columns: [{ name: 't', type: 'text' }], validation: 0 }))
    const studio = wholeTensor(encodeFeatures(preparation, data)).data
    expect([...(await featuresOf(preparation, data))]).toEqual([...studio])
    const [feature] = preparation.features
    if (feature?.kind !== 'words') throw new Error('expected words')
    const has = (word: string) =>
      texts.filter((_, row) => studio[row * feature.words.length + feature.words.indexOf(word)])
    expect(has('wine')).toEqual(['wine', 'WINE!', 'wine\nred', '9wine9'])
    expect(has('kelvin')).toEqual(['Kelvin', '\u212Aelvin'])
  })

  it('parts dates exactly to the ends of their range', async () => {
    const times = [
      0,
      -1,
      951_782_399_999,
      8.64e15,
      -8.64e15,
      -62_135_596_800_001,
      1e300,
      Infinity,
      NaN,
      4_107_542_399_999.5
    ]
    const when = { type: 'number', name: 'when', values: Float64Array.from(times), time: 'datetime' } as const
    const data = table([
      when,
      column(
        'y',
        times.map((_, row) => row)
      )
    ])
    const { preparation } = prepare(data, valueSetup({ validation: 0, columns: [{ name: 'when', indicator: true }] }))
    expect(
      difference(await featuresOf(preparation, data), wholeTensor(encodeFeatures(preparation, data)).data)
    ).toBeLessThan(1e-7)
  })
})
