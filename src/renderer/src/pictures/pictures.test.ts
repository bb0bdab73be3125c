import { describe, expect, it } from 'vitest'
import type { LayerStatistics, SurfaceView } from '../../../shared/run-views'
import type { EpochPoint, PreparedView } from '../../../shared/views'
import { columnWith, runWith } from '../state/testing'
import { mix, parseColour, signColour, type Paints } from './colour'
import { frameOf } from './drawSurface'
import { filterMaps } from './filters'
import { layerMaps, shapeText } from './layerMaps'
import { largestSize, mapPixels, signMaps, tilingOf } from './maps'
import { densityOf, milestonesOf, rangeOf, ridgesOf, watchedLayersOf } from './ridges'
import {
  blend,
  finerPlane,
  placeNear,
  planePixels,
  scaleOf,
  surfaceColumns,
  surfaceCsv,
  surfaceSummary,
  surfaceTable,
  surfaceTitle,
  valuesAt,
  whereIs
} from './surface'

const paints: Paints = {
  panel: [255, 255, 255],
  negative: [200, 100, 0],
  positive: [0, 100, 200],
  classes: [
    [100, 0, 200],
    [200, 0, 100]
  ]
}

/** 3 × 3 places, of two classes; the probability of the second rises with x. */
const plane: SurfaceView = {
  epoch: 4,
  step: 40,
  axes: [
    { column: 'a, b', min: 0, max: 2 },
    { column: 'y', min: -1, max: 1 }
  ],
  size: 3,
  outputs: ['no', 'yes'],
  kind: 'classes',
  values: Float32Array.from([0, 0.25, 1, 0, 0.25, 1, 0, 0.75, 1])
}
const line: SurfaceView = {
  ...plane,
  axes: [{ column: 'x', min: 0, max: 10 }],
  outputs: ['price'],
  kind: 'value',
  values: Float32Array.from([5, 7, 9])
}

describe('colours', () => {
  it('are read as the theme writes them, and mixed', () => {
    expect(parseColour('#5b48d9')).toEqual([91, 72, 217])
    expect(parseColour('#fff')).toEqual([255, 255, 255])
    expect(parseColour('#9b8cff22')).toEqual([155, 140, 255])
    expect(parseColour('none')).toEqual([128, 128, 128])
    expect(mix([0, 0, 0], [100, 50, 10], 0.5)).toEqual([50, 25, 5])
  })

  it('tell sign and size, and nothing where there is no number', () => {
    expect(signColour(paints, -1)).toEqual(paints.negative)
    expect(signColour(paints, 7)).toEqual(paints.positive)
    expect(signColour(paints, NaN)).toEqual(paints.panel)
  })

  it('blend classes, fainter where they are unsure', () => {
    const distance = (colour: readonly number[]) => Math.hypot(...colour.map((value) => 255 - value))
    expect(distance(blend(paints, [1, 0]))).toBeGreaterThan(2 * distance(blend(paints, [0.5, 0.5])))
    expect(blend(paints, [NaN, NaN])).toEqual(paints.panel)
  })
})

describe('a surface', () => {
  it('is of one or two columns of numbers, with what tells of their gaps', () => {
    const columns = [
      columnWith('x'),
      columnWith('y'),
      columnWith('day', { time: 'date' }),
      columnWith('who', { type: 'category' })
    ]
    const of = (features: readonly string[], change: Partial<PreparedView> = {}) =>
      surfaceColumns({ ...runWith().prepared, features, inputShape: [features.length], ...change }, columns)
    expect(of(['x', 'x is missing', 'y'])).toEqual(['x', 'y'])
    expect(of(['x'])).toEqual(['x'])
    expect(of(['x', 'who=me'])).toBeNull()
    expect(of(['x', 'day year'])).toBeNull()
    expect(of(['x', 'y'], { inputShape: [2, 5] })).toBeNull()
    expect(of([])).toBeNull()
  })

  it('has both probabilities of two classes at each place', () => {
    expect(valuesAt(plane, 1)).toEqual([0.75, 0.25])
    expect(valuesAt(line, 2)).toEqual([9])
    expect(whereIs(plane, 5)).toEqual([2, 0])
    expect(placeNear(plane, 0.9, 0.1)).toBe(2)
    expect(placeNear(plane, -3, 7)).toBe(6)
  })

  it('is painted with the second axis upwards', () => {
    const pixels = planePixels(plane, paints, scaleOf([]), 0)
    const at = (x: number, y: number) => [...pixels.subarray(4 * (3 * y + x), 4 * (3 * y + x) + 3)]
    // At the top in the middle "yes" is likelier, below it "no".
    expect(at(1, 0)).toEqual([...Uint8ClampedArray.from(blend(paints, [0.25, 0.75]))])
    expect(at(1, 2)).toEqual([...Uint8ClampedArray.from(blend(paints, [0.75, 0.25]))])
    expect(at(0, 0)).not.toEqual(at(2, 0))
  })

  it('is made finer without moving what is known', () => {
    const fine = finerPlane(plane)
    expect(fine.size).toBe(5)
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 3; x++) expect(fine.values[2 * y * 5 + 2 * x]).toBe(plane.values[3 * y + x])
    }
    expect(valuesAt(fine, 1)).toEqual([0.875, 0.125])
    expect(fine.values[3 * 5 + 2]).toBe(0.5)
    // Of three classes each has its own.
    const three = finerPlane({
      ...plane,
      size: 2,
      outputs: ['a', 'b', 'c'],
      values: Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1])
    })
    expect(valuesAt(three, 4)).toEqual([0.25, 0.25, 0.5])
  })

  it('is drawn as a square in the middle of any room', () => {
    for (const [width, height] of [
      [400, 300],
      [300, 500]
    ] as const) {
      const frame = frameOf(width, height, true)
      expect(frame.width).toBe(frame.height)
      expect(frame.left + frame.width).toBeLessThanOrEqual(width)
      expect(frame.top + frame.height).toBeLessThanOrEqual(height)
    }
    expect(frameOf(400, 300, false).width).toBeGreaterThan(frameOf(400, 300, true).width)
  })

  it('is told in a sentence, a table and a file', () => {
    expect(surfaceSummary(plane, 0)).toBe(
      'Epoch 4, step 40. Share of the range of a, b from 0 to 2.000 and y from −1.000 to 1.000 that goes to each class: no 55.6 %, yes 44.4 %.'
    )
    expect(surfaceSummary(line, 0)).toContain('the network answers price from 5.000 to 9.000')
    const table = surfaceTable({ ...plane, size: 30, values: new Float32Array(900) })
    expect(table.rows).toHaveLength(81)
    expect(table.columns.map(({ label }) => label)).toEqual(['a, b', 'y', 'no', 'yes'])
    expect(surfaceTable(line).rows).toEqual([
      ['0', '5.000'],
      ['5.000', '7.000'],
      ['10.00', '9.000']
    ])
    expect(surfaceCsv(plane).split('\n').slice(0, 3)).toEqual(['"a, b","y","no","yes"', '0,-1,1,0', '1,-1,0.75,0.25'])
    expect([surfaceTitle(true, 2), surfaceTitle(false, 1), surfaceTitle(false, 2)]).toEqual([
      'Decision boundary',
      'Fitted curve',
      'Fitted surface'
    ])
  })

  it('has its colours by the values of the rows', () => {
    expect(scaleOf([2, 10, 4])).toEqual({ middle: 6, half: 4 })
    expect(scaleOf([3])).toEqual({ middle: 3, half: 1 })
    expect(scaleOf([])).toEqual({ middle: 0, half: 1 })
  })
})

describe('ridges', () => {
  const statistics = (layer: string, max: number): LayerStatistics => ({
    layer,
    weights:
      layer === 'flat'
        ? null
        : { histogram: { min: -max, max, counts: [1, 2, 1] }, norm: 1, gradientNorm: 1, updateRatio: null },
    delta: null,
    activations: { histogram: { min: 0, max, counts: [4] }, dead: null, saturated: null }
  })
  const epochs = Array.from({ length: 100 }, (_, i): EpochPoint => {
    const layers = i % 2 === 1 ? [statistics('dense1', i), statistics('flat', i)] : null
    return {
      ...{ epoch: i + 1, trainLoss: 1, validationLoss: null, trainMetrics: {}, metrics: {} },
      ...{ learningRate: 0.1, best: false, step: 10 * i, elapsedMs: null, layers }
    }
  })
  const milestones = milestonesOf(epochs)

  it('are of milestones spread over the run, and of the one that is looked at', () => {
    const epochsOf = (moment: number | null) => {
      const { ridges, looked } = ridgesOf(milestones, 'dense1', 'weights', moment, 5)
      return [ridges.map(({ epoch }) => epoch), ridges[looked]?.epoch]
    }
    expect(epochsOf(null)).toEqual([[2, 26, 52, 76, 100], 100])
    expect(epochsOf(31)).toEqual([[2, 26, 30, 52, 76, 100], 30])
    expect(epochsOf(0)).toEqual([[2, 26, 52, 76, 100], undefined])
    expect(ridgesOf(milestones, 'other', 'weights', null, 5).ridges).toEqual([])
  })

  it('are of layers that have them', () => {
    const layers = milestones[0]?.layers ?? []
    expect(watchedLayersOf(layers, 'weights')).toEqual(['dense1'])
    expect(watchedLayersOf(layers, 'activations')).toEqual(['dense1', 'flat'])
  })

  it('stand over one axis, as dense as their values', () => {
    expect(rangeOf(ridgesOf(milestones, 'dense1', 'weights', null, 5).ridges)).toEqual({ min: -99, max: 99 })
    expect(rangeOf([])).toEqual({ min: -1, max: 1 })
    const density = densityOf({ min: 0, max: 4, counts: [1, 1, 1, 1] })
    expect(density).toEqual([
      { x: 0, density: 0 },
      ...[0.5, 1.5, 2.5, 3.5].map((x) => ({ x, density: 0.25 })),
      { x: 4, density: 0 }
    ])
    expect(densityOf({ min: 2, max: 2, counts: [9] })).toEqual([{ x: 2, density: Infinity }])
  })
})

describe('maps', () => {
  it('are as large as they can be', () => {
    const maps = signMaps(new Float32Array(16 * 9), 16, [3, 3], 1)
    expect(tilingOf(maps, { width: 240, height: 120 })).toEqual({ across: 6, lines: 3, pixel: 11, gap: 6 })
    expect(tilingOf({ ...maps, count: 1 }, { width: 1000, height: 1000 })).toMatchObject({ pixel: 24 })
    expect(tilingOf({ ...maps, count: 64, width: 224, height: 224 }, { width: 100, height: 50 }).pixel).toBe(0.25)
  })

  it('are painted by sign and size', () => {
    const maps = signMaps([0, 2, -2, 0], 2, [1, 2], 2)
    expect([...mapPixels(maps, 0, paints)]).toEqual([255, 255, 255, 255, 0, 100, 200, 255])
    expect([...mapPixels(maps, 1, paints)]).toEqual([200, 100, 0, 255, 255, 255, 255, 255])
    expect(largestSize([1, -3, NaN, Infinity])).toBe(3)
  })

  it('of filters with three channels are in colour, of others channel by channel', () => {
    const colour = filterMaps({ layer: 'conv1', epoch: 0, shape: [1, 3, 1, 1], values: Float32Array.from([1, 0, -1]) })
    expect([...mapPixels(colour, 0, paints)]).toEqual([255, 128, 0, 255])
    expect(filterMaps({ layer: 'c', epoch: 0, shape: [4, 2, 3, 3], values: new Float32Array(72) }).count).toBe(8)
  })

  it('of layers are channels, lines or units', () => {
    const of = (shape: readonly number[], numbers: number) =>
      layerMaps({ name: 'one', shape, values: new Float32Array(numbers) })
    expect(of([8, 5, 4], 160)).toMatchObject({ count: 8, height: 5, width: 4 })
    expect(of([8, 5], 40)).toMatchObject({ count: 1, height: 8, width: 5 })
    expect(of([100], 100)).toMatchObject({ count: 1, height: 2, width: 64 })
    expect(shapeText({ name: 'c', shape: [200, 4, 4], values: new Float32Array(1024) })).toBe(
      '200 × 4 × 4, the first 64 channels'
    )
    expect(shapeText({ name: 'd', shape: [64], values: new Float32Array(64) })).toBe('64')
  })
})
