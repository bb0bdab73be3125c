/** ONNX's own operator tests on the reference executor. See README.md. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { operatorsOf, readCorpus } from './corpus'
import { rules } from './operators'
import { reasons } from './reasons'
import { listOf, runAll } from './report'
import { attempt, exceptions } from './run'

const corpus = readCorpus()
const results = runAll(corpus.tests)

describe("ONNX's operator tests", () => {
  const run = results.filter(({ outcome }) => outcome.kind !== 'not covered')

  it.each(run.map(({ test, outcome }) => [test.name, outcome] as const))('%s', (_, outcome) => {
    expect(outcome).toMatchObject({ kind: 'passed' })
  })

  it.each([...exceptions.keys()])('%s is still an exception', (name) => {
    const test = corpus.tests.find((each) => each.name === name)
    if (test === undefined) throw new Error('there is no such test')
    expect(attempt(test).kind).not.toBe('passed')
  })

  it('are all there', () => {
    expect(corpus.tests.length).toBeGreaterThan(900)
    expect(run.length).toBeGreaterThan(500)
  })

  it('have a rule or a reason for each operator, not both', () => {
    const named = reasons.flatMap(([, operators]) => operators)
    expect(named).toHaveLength(new Set(named).size)
    expect(named.filter((operator) => rules.has(operator))).toEqual([])
    const tested = new Set(corpus.tests.flatMap((test) => operatorsOf(test)))
    expect([...named, ...rules.keys()].filter((operator) => !tested.has(operator))).toEqual([])
  })

  it('come out as docs/onnx-operators.md says; npx tsx scripts/list-onnx-operators.ts writes it anew', () => {
    const committed = readFileSync(new URL('../../docs/onnx-operators.md', import.meta.url), 'utf8')
    expect(committed).toBe(listOf(corpus, results))
  })
})
