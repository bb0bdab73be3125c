import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { benchSchema, benchTrialSchema, changedSetup, MAX_BENCH_ROWS, MAX_BENCH_STEPS } from './bench'
import { issueSentence } from './issue-words'
import { benchOf, paperBench } from './testing-benches'

function problemOf(given: unknown): string {
  const result = v.safeParse(benchSchema, given)
  return result.success ? '' : issueSentence(result.issues[0], 'bench')
}

describe('benchSchema', () => {
  it('fills in a plain setup: numbers as given, all rows in order, one step an epoch', () => {
    expect(benchOf(paperBench).setup).toMatchObject({
      ...{ prepare: false, shuffle: false, validation: 0, test: 0, threads: 1, ignored: [] },
      ...{ batchSize: MAX_BENCH_ROWS, epochs: MAX_BENCH_STEPS, seed: 1 },
      layers: [{ name: 'hidden', type: 'dense', inputs: [], config: { units: 2, activation: 'sigmoid' } }]
    })
  })

  it('takes its own output again, as it goes from the window to main and on to the trainer', () => {
    const bench = benchOf(paperBench)
    expect(benchOf(structuredClone(bench))).toEqual(bench)
  })

  it('says in plain words what is wrong', () => {
    const { data, setup } = paperBench
    const rows = (changed: object) => problemOf({ ...paperBench, data: { ...data, ...changed } })
    expect(
      rows({
        rows: [
          [1, 2, 3],
          [4, 5]
        ]
      })
    ).toBe('data: expected 3 cells, one for each column, in row 2, got a list of 2')
    expect(rows({ columns: ['x', 'x', 'y'] })).toBe(
      'data.columns: expected names that differ from one another, got a list of 3'
    )
    expect(rows({ rows: [] })).toMatch(/^data\.rows: expected at least 1 /)
    expect(rows({ rows: [[1, null, 2]] })).toMatch(/^data\.rows\.0\.1: expected a number or text, got null/)
    expect(rows({ rows: [[1, NaN, 2]] })).toMatch(/^data\.rows\.0\.1: expected/)
    expect(rows({ rows: Array.from({ length: MAX_BENCH_ROWS + 1 }, () => [1, 2, 3]) })).toMatch(/expected at most 1000/)
    expect(problemOf({ ...paperBench, setup: { ...setup, epoch: 3 } })).toMatch(/epoch: this key is not known here/)
    expect(problemOf({ ...paperBench, setup: [] })).toMatch(/^setup: expected an object of settings/)
    expect(problemOf({ ...paperBench, weights: [{ name: 'output.bias', values: [Infinity] }] })).toMatch(
      /expected a finite number/
    )
    expect(problemOf({ ...paperBench, data: { kind: 'generated', generator: '../moons' } })).toMatch(/data\.generator/)
  })
})

describe('changedSetup', () => {
  it('changes what is named, completes layers, and refuses what a setup does not have', () => {
    const bench = benchOf(paperBench)
    const changed = changedSetup(bench, { seed: 7, layers: [{ name: 'a', type: 'dense' }] })
    expect(changed).toEqual({ ...bench.setup, seed: 7, layers: [{ name: 'a', type: 'dense', inputs: [], config: {} }] })
    expect(() => changedSetup(bench, { sed: 7 })).toThrow()
  })
})

describe('benchTrialSchema', () => {
  it('has one to four variants and a step at least', () => {
    const trial = { bench: paperBench, steps: 1, variants: [{ label: 'a' }] }
    expect(v.parse(benchTrialSchema, trial).variants).toEqual([{ label: 'a', setup: {}, weights: null }])
    for (const wrong of [
      { steps: 0 },
      { steps: 5001 },
      { variants: [] },
      { variants: new Array(5).fill(trial.variants[0]) }
    ]) {
      expect(v.is(benchTrialSchema, { ...trial, ...wrong })).toBe(false)
    }
  })
})
