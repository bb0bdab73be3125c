import { describe, expect, it } from 'vitest'
import { describeModel, modelSpecOf, trainingBytes, type ModelDescription } from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import { memoryProblem, trainingMemory, type MemoryEstimate } from './memory'
import { runWith, setupWith } from './testing'

const prepared = { ...runWith().prepared, features: ['a', 'b', 'c'], trainRows: 20, validationRows: 5 }

function described({ layers, task, loss }: Setup): ModelDescription {
  return describeModel(modelSpecOf(layers, 3, task, loss, 1))
}

function estimate(setup: Setup): MemoryEstimate | null {
  return trainingMemory(described(setup), setup, prepared)
}

describe('memory for training', () => {
  it('is at least the parameters with gradients, a batch of outputs and the rows; about what the engine says', () => {
    // dense1 8 · 3 + 8 and output 8 + 1 parameters; 9 outputs a row; 25 rows of 3 features and a target.
    const [parameters, outputs, values] = [41, 9, 100]
    const setup = setupWith({ batchSize: 10 })
    const found = estimate(setup)
    expect(found).toMatchObject({ least: 4 * (2 * parameters + 10 * outputs + values), largest: 'dense1' })
    const size = { batchSize: 10, trainingRows: 20, validationRows: 5, stateSlots: 1 }
    expect(found?.about).toBe(trainingBytes(described(setup), size))
    const adam = { ...setup, optimizer: { type: 'adam', config: {} } }
    expect(estimate(adam)?.about).toBe(trainingBytes(described(setup), { ...size, stateSlots: 2 }))
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
