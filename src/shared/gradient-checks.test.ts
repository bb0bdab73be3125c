import { describe, expect, it } from 'vitest'
import type { GradientCheckResult } from '../engine/catalog'
import { checksWarning, summaryOfChecks } from './gradient-checks'

function check(epoch: number, error: number, changes: Partial<GradientCheckResult> = {}) {
  const worst = { parameter: 'output.bias', index: 0, analytic: 1, numeric: 1 - error, relativeError: error }
  return { parameters: 9, checked: 5, kinks: 0, maxRelativeError: error, tooSmall: false, worst, epoch, ...changes }
}

describe('summaryOfChecks', () => {
  it('has the first of the largest errors, and how many failed', () => {
    expect(summaryOfChecks([])).toBeNull()
    const checks = [check(1, 1e-9), check(2, 3e-7), check(3, 3e-7), check(4, 1e-8)]
    expect(summaryOfChecks(checks)).toEqual({ checks: 4, failed: 0, largest: { error: 3e-7, epoch: 2 } })
    expect(summaryOfChecks([check(5, 0.5)], summaryOfChecks(checks))).toEqual({
      ...{ checks: 5, failed: 1 },
      largest: { error: 0.5, epoch: 5 }
    })
  })

  it('takes what is no number for the largest, and nothing for what could not be compared', () => {
    const checks = [check(1, NaN), check(2, 1e9), check(3, 0, { kinks: 5, worst: null })]
    expect(summaryOfChecks(checks)).toEqual({ checks: 3, failed: 2, largest: { error: NaN, epoch: 1 } })
    expect(summaryOfChecks(checks.slice(2))).toEqual({ checks: 1, failed: 0, largest: null })
  })
})

describe('checksWarning', () => {
  it('says which failed, and nothing where none did', () => {
    expect(checksWarning(null)).toBeNull()
    expect(checksWarning(summaryOfChecks([check(1, 1e-9)]))).toBeNull()
    expect(checksWarning(summaryOfChecks([check(1, 0.25)]))).toMatch(
      /^The gradient check failed \(largest relative error 2\.5e−1, epoch 1\)/
    )
    expect(checksWarning(summaryOfChecks([check(1, 1e-9), check(2, NaN)]))).toMatch(
      /^1 of 2 gradient checks failed \(largest relative error not a number, epoch 2\)/
    )
  })
})
