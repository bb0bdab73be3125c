import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { playwrightCounts, vitestCounts } from './counts.mjs'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backprop-studio-counts-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function report(content: object): string {
  const file = path.join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

describe('vitestCounts', () => {
  it('counts tests, and a file that could not be loaded as one failure', () => {
    const file = report({
      numPassedTests: 10,
      numFailedTests: 2,
      testResults: [
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
        { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] },
        { status: 'failed', assertionResults: [] }
      ]
    })
    expect(vitestCounts(file, false)).toEqual({ passed: 10, failed: 3 })
  })

  it('never reports success for a runner that failed', () => {
    const file = report({ numPassedTests: 10, numFailedTests: 0, testResults: [] })
    expect(vitestCounts(file, true)).toEqual({ passed: 10, failed: 0 })
    expect(vitestCounts(file, false)).toEqual({ passed: 10, failed: 1 })
    expect(vitestCounts(path.join(folder, 'missing.json'), false)).toEqual({ passed: 0, failed: 1 })
  })
})

describe('playwrightCounts', () => {
  it('counts tests, and errors outside of tests', () => {
    expect(playwrightCounts(report({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 3 } }), false)).toEqual({
      passed: 5,
      failed: 2
    })
    expect(
      playwrightCounts(report({ stats: { expected: 0, unexpected: 0 }, errors: [{ message: 'no tests' }] }), false)
    ).toEqual({
      passed: 0,
      failed: 1
    })
    expect(playwrightCounts(report({ stats: { expected: 5, unexpected: 0 } }), true)).toEqual({ passed: 5, failed: 0 })
  })
})
