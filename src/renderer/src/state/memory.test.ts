import { describe, expect, it } from 'vitest'
import { describeModel, modelSpecOf } from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import { memoryProblem, trainingMemory, type MemoryEstimate } from './memory'
import { runWith, setupWith } from './testing'

const prepared = { ...runWith().prepared, features: ['a', 'b', 'c'], trainRows: 20, validationRows: 5 }

function estimate(setup: Setup): MemoryEstimate | null {
  return trainingMemory(describeModel(modelSpecOf(setup.layers, 3, setup.task, setup.loss, 1)), setup, prepared)
}

describe('memory for training', () => {
  it('counts parameters with gradients and state, a batch of activations with theirs, and the rows', () => {
    // dense1 8 · 3 + 8 and output 8 + 1 parameters; 9 activations a row; 25 rows of 3 features and a target.
    const [parameters, activations, rows] = [41, 9, 100]
    const setup = setupWith({ batchSize: 10 })
    expect(estimate(setup)).toEqual({
      about: 4 * (3 * parameters + 2 * 10 * activations + rows),
      least: 4 * (2 * parameters + 10 * activations + rows),
      largest: 'dense1'
    })
    const adam = { ...setup, optimizer: { type: 'adam', config: {} } }
    expect((estimate(adam)?.about ?? 0) - (estimate(setup)?.about ?? 0)).toBe(4 * parameters)
  })

  it('takes no more rows into a batch than there are', () => {
    expect(estimate(setupWith({ batchSize: 1000 }))).toEqual(estimate(setupWith({ batchSize: 20 })))
  })

  it('is not known while something is wrong', () => {
    expect(estimate(setupWith({ batchSize: Number.NaN }))).toBeNull()
    const layers = [{ name: 'dense1', type: 'dense', inputs: [], config: { units: 0 } }]
    expect(estimate(setupWith({ layers }))).toBeNull()
  })

  it('stands in the way only beyond what 32-bit addresses reach, naming the largest layer', () => {
    const most = 4096 * 2 ** 20
    expect(memoryProblem({ about: 9e12, least: most, largest: 'dense1' })).toBeNull()
    expect(memoryProblem({ about: 9e12, least: most + 1, largest: 'dense1' })).toMatch(/4\.3 GB.*4,096 MB.*“dense1”/)
  })
})
