import { describe, expect, it } from 'vitest'
import { RandomStream } from '../engine'
import { evaluationView } from './evaluation'
import { openExperiment } from './experiment'
import { madeSetup, madeTable } from './testing/tables'

describe('mistakes of an evaluation', () => {
  it('are the surest of all, of equals the first, also where there are far more than are told', () => {
    const { prepared } = openExperiment(madeTable('multi-class'), madeSetup('multi-class', 'cross-entropy'))
    const random = new RandomStream(1, 'mistakes')
    const rows = 3000
    // Tenths: many are equal.
    const shares = Array.from({ length: rows }, () => (4 + random.below(6)) / 10)
    // All rows are of the first class and taken for the second.
    const outputs = {
      shape: [rows, 3],
      data: Float64Array.from(shares.flatMap((share) => [0, share, 1 - share - 0.001]))
    }
    const sure = shares.map((share, row) => ({ row, share })).filter(({ share }) => share > 0.5)
    const { confusion } = evaluationView({
      ...{ runId: 'run', epoch: 1, on: 'validation', preparation: prepared.preparation },
      judgedRows: Int32Array.from({ length: rows }, (_, row) => 10 + row),
      targets: { shape: [rows, 1], data: new Float64Array(rows) },
      evaluation: { outputs, loss: 0, metrics: {}, byOutput: [], parts: {}, partsByOutput: [], nonFiniteScope: null }
    })
    const expected = sure.toSorted((one, other) => other.share - one.share).slice(0, 200)
    expect(confusion?.mistakes.map(({ row, share }) => ({ row, share }))).toEqual(
      expected.map(({ row, share }) => ({ row: row + 10, share }))
    )
  })
})
