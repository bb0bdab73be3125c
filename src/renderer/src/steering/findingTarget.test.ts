import { describe, expect, it } from 'vitest'
import { findingTarget } from './findingTarget'

const evidence = (labels: readonly (readonly [string, number])[]) => ({
  label: 'Share',
  logarithmic: false,
  lines: labels.map(([label, last]) => ({ label, x: [1, 2], y: [0, last] })),
  level: null
})

describe('a finding of the doctor', () => {
  const layers = ['dense1', 'dense2', 'output']

  it('about layers is explained by the worst of them, when it was found', () => {
    const lines = evidence([
      ['dense1', 0.8],
      ['dense2', 0.9]
    ])
    const target = { kind: 'layer', layer: 'dense2', epoch: 7 }
    expect(findingTarget({ rule: 'dead-units', epoch: 7, evidence: lines }, layers)).toEqual(target)
  })

  it('about the way of the gradient by the flow, all others by the moment', () => {
    const losses = evidence([['training', 1]])
    expect(findingTarget({ rule: 'vanishing-gradients', epoch: 4, evidence: losses }, layers)).toEqual({
      kind: 'tab',
      tab: 'flow',
      epoch: 4
    })
    expect(findingTarget({ rule: 'overfitting', epoch: 4, evidence: losses }, layers)).toEqual({
      kind: 'moment',
      epoch: 4
    })
  })
})
