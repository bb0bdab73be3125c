/** Values of primitives against formulas written another way, and their shape rules' refusals. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ShapeError } from '../../shared/errors'
import { ReferenceProgram } from '../executors/reference/program'
import { GraphBuilder } from '../graph/builder'
import type { Attributes } from '../graph/graph'
import type { Shape } from '../spec'
import { broadcastIndices, broadcastShapes } from './broadcast'
import type { OpName } from '.'

function compute(op: OpName, inputs: readonly { shape: Shape; data: readonly number[] }[], attributes?: Attributes) {
  const graph = new GraphBuilder()
  const sources = inputs.map(({ shape, data }) => graph.constant(shape, data))
  const output = graph.apply(op, sources, attributes)
  const program = new ReferenceProgram(graph.graph, [output])
  program.run(new Map())
  return [...program.value(output)]
}

const vector = (...data: number[]) => ({ shape: [data.length], data })

describe('matmul', () => {
  it('is the sum of products for every transposition', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        fc.boolean(),
        (m, k, n, transposeA, transposeB) => {
          const a = (i: number, j: number) => i * 3 - j * 2 + 1
          const b = (i: number, j: number) => (i - j) * 5 + i
          const matrix = (rows: number, columns: number, at: (i: number, j: number) => number, flip: boolean) => {
            const shape = flip ? [columns, rows] : [rows, columns]
            const data = Array.from({ length: rows * columns }, (_, at1) => {
              const width = flip ? rows : columns
              const [row, column] = [Math.floor(at1 / width), at1 % width]
              return flip ? at(column, row) : at(row, column)
            })
            return { shape, data }
          }
          const expected = Array.from({ length: m * n }, (_, at) => {
            const [i, j] = [Math.floor(at / n), at % n]
            return Array.from({ length: k }, (_, x) => a(i, x) * b(x, j)).reduce((sum, term) => sum + term, 0)
          })
          const inputs = [matrix(m, k, a, transposeA), matrix(k, n, b, transposeB)]
          expect(compute('matmul', inputs, { transposeA, transposeB })).toEqual(expected)
        }
      )
    )
  })

  it('says which sizes differ and in which layer', () => {
    const graph = new GraphBuilder()
    const a = graph.input('a', [2, 3])
    const b = graph.input('b', [4, 5])
    const flags = { transposeA: false, transposeB: false }
    const wrong = () => graph.within('dense1', () => graph.apply('matmul', [a, b], flags))
    expect(wrong).toThrow(ShapeError)
    expect(wrong).toThrow(
      'layer "dense1": matmul: expected inner sizes that are equal, but they are 3 and 4; got [2, 3] and [4, 5].'
    )
  })
})

describe('broadcasting', () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })

  it('repeats values as index arithmetic says', () => {
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.boolean()), (to, ones) => {
        const drop = to.length > 0 && ones.next().value === true ? 1 : 0
        const from = to.slice(drop).map((size) => (ones.next().value === true ? 1 : size))
        const indices = broadcastIndices(from, to)
        const expected = Array.from({ length: indices.length }, (_, flat) => {
          let rest = flat
          let index = 0
          let stride = 1
          for (let axis = to.length - 1; axis >= 0; axis--) {
            const at = rest % (to[axis] ?? 1)
            rest = Math.floor(rest / (to[axis] ?? 1))
            const size = from[axis - drop]
            if (size === undefined) continue
            index += (size === 1 ? 0 : at) * stride
            stride *= size
          }
          return index
        })
        expect([...indices]).toEqual(expected)
        expect(broadcastShapes(from, to)).toEqual(to)
      })
    )
  })

  it('refuses sizes that are neither equal nor 1', () => {
    expect(() => compute('add', [vector(1, 2), vector(1, 2, 3)])).toThrow('got [2] and [3]')
    expect(() => compute('broadcastTo', [vector(1, 2)], { shape: [3] })).toThrow(ShapeError)
    expect(() => compute('broadcastTo', [vector(1, 2)], { shape: [] })).toThrow(ShapeError)
  })
})

describe('extremes', () => {
  const extremes = vector(-1000, -40, 0, 40, 1000)

  it('sigmoid and softplus neither overflow nor lose small values', () => {
    expect(compute('sigmoid', [extremes])).toEqual([0, Math.exp(-40), 0.5, 1, 1])
    expect(compute('softplus', [extremes])).toEqual([0, Math.exp(-40), Math.LN2, 40, 1000])
  })

  it('softmax and logSoftmax are finite', () => {
    expect(compute('softmax', [vector(1000, 0)])).toEqual([1, 0])
    expect(compute('logSoftmax', [vector(1000, 0)])).toEqual([0, -1000])
    expect(compute('logSoftmax', [vector(-1000, -1000)])).toEqual([-Math.LN2, -Math.LN2])
  })

  it('relu lets NaN through and step is 0 at the kink', () => {
    expect(compute('relu', [vector(NaN, -1, 2, Infinity)])).toEqual([NaN, 0, 2, Infinity])
    expect(compute('step', [vector(-1, 0, 1e-300)])).toEqual([0, 0, 1])
  })
})

describe('oneHot', () => {
  const rows = (...data: number[]) => ({ shape: [data.length, 1], data })

  it('marks the class', () => {
    expect(compute('oneHot', [rows(2, 0)], { classes: 3 })).toEqual([0, 0, 1, 1, 0, 0])
  })

  it('makes a row NaN for an index that is no class', () => {
    for (const wrong of [-1, 3, 0.5, NaN]) {
      expect(compute('oneHot', [rows(wrong, 1)], { classes: 3 })).toEqual([NaN, NaN, NaN, 0, 1, 0])
    }
  })

  it('takes [N, 1] only', () => {
    expect(() => compute('oneHot', [vector(1, 2)], { classes: 3 })).toThrow('[N, 1]')
  })
})

describe('reductions', () => {
  const matrix = { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }

  it('sums and averages over the axes asked for', () => {
    expect(compute('sum', [matrix], { axes: [0], keepDims: false })).toEqual([5, 7, 9])
    expect(compute('sum', [matrix], { axes: [1], keepDims: true })).toEqual([6, 15])
    expect(compute('mean', [matrix], { axes: [0, 1], keepDims: false })).toEqual([3.5])
  })

  it('refuses axes that are not there, not ascending or none', () => {
    for (const axes of [[2], [1, 0], [0, 0], [], [-1]]) {
      expect(() => compute('sum', [matrix], { axes, keepDims: false }), String(axes)).toThrow(ShapeError)
    }
  })

  it('reshape keeps the number of values', () => {
    expect(compute('reshape', [matrix], { shape: [3, 2] })).toEqual(matrix.data)
    expect(() => compute('reshape', [matrix], { shape: [4] })).toThrow('[4]')
  })
})

describe('moves', () => {
  const matrix = { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }
  const column = { shape: [2, 1], data: [7, 8] }

  it('joins, cuts out and surrounds with zeros', () => {
    expect(compute('concat', [matrix, column], { axis: 1 })).toEqual([1, 2, 3, 7, 4, 5, 6, 8])
    expect(compute('slice', [matrix], { axis: 1, start: 1, end: 3 })).toEqual([2, 3, 5, 6])
    expect(compute('pad', [column], { axis: 1, before: 1, after: 2 })).toEqual([0, 7, 0, 0, 0, 8, 0, 0])
    expect(compute('transpose', [matrix], { permutation: [1, 0] })).toEqual([1, 4, 2, 5, 3, 6])
  })

  it('looks rows up, and adds rows to where they belong', () => {
    const table = { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }
    expect(compute('gatherRows', [table, vector(2, 0, 2)])).toEqual([5, 6, 1, 2, 5, 6])
    expect(compute('scatterRows', [vector(2, 0, 2), table], { rows: 3 })).toEqual([3, 4, 0, 0, 6, 8])
  })

  it('refuses what does not fit', () => {
    const wrong = [
      () => compute('concat', [matrix, vector(1)], { axis: 1 }),
      () => compute('concat', [matrix, { shape: [1, 3], data: [1, 2, 3] }], { axis: 1 }),
      () => compute('concat', [matrix], { axis: 2 }),
      () => compute('slice', [matrix], { axis: 1, start: 2, end: 1 }),
      () => compute('slice', [matrix], { axis: 1, start: 0, end: 4 }),
      () => compute('pad', [matrix], { axis: 0, before: -1, after: 0 }),
      () => compute('gatherRows', [vector(1, 2), vector(0)]),
      () => compute('scatterRows', [vector(0), matrix], { rows: 2 }),
      () => compute('transpose', [matrix], { permutation: [0, 0] }),
      () => compute('transpose', [matrix], { permutation: [1] })
    ]
    for (const attempt of wrong) expect(attempt, String(attempt)).toThrow(ShapeError)
  })
})
