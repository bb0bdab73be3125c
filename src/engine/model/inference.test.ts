import { describe, expect, it } from 'vitest'
import type { LayerNode } from '../spec'
import { checkOutputActivation, checkOutputs } from './inference'
import { compileModel } from './model'

const network = (...layers: LayerNode[]) => compileModel({ inputShape: [3], layers, output: layers.at(-1)?.name ?? '' })
const dense = (name: string, input: string, config: LayerNode['config']): LayerNode => {
  return { name, type: 'dense', inputs: [input], config }
}

describe('the output of a network', () => {
  it('is without activation: that belongs to the loss', () => {
    const linear = dense('o', 'input', { units: 1, activation: 'identity' })
    const activation: LayerNode = { name: 'f', type: 'activation', inputs: ['o'], config: { activation: 'softmax' } }
    expect(() => checkOutputActivation(network(linear))).not.toThrow()
    expect(() => checkOutputActivation(network(dense('o', 'input', { units: 1, activation: 'softmax' })))).toThrow(
      expect.objectContaining({
        code: 'output-activation',
        message: expect.stringMatching(/layer "o".*got "softmax"; set its activation to "identity"/) as string,
        details: { layer: 'o', field: 'activation' }
      })
    )
    expect(() => checkOutputActivation(network(linear, activation))).toThrow(/layer "f".*make the layer before it/)
  })

  it('has the units that the loss needs; else the fix that the layer has is named', () => {
    const flat: LayerNode = { name: 'flat', type: 'flatten', inputs: ['input'], config: {} }
    expect(() => checkOutputs(network(dense('o', 'input', { units: 2 })), 'log', 'binary', 2)).toThrow(
      'layer "o": the loss "log" for binary needs 1 output, got 2; set its units to 1.'
    )
    expect(() => checkOutputs(network(flat), 'cross-entropy', 'multi-class', 4)).toThrow(
      'needs 4 outputs, got 3; make a Dense layer with units 4 and activation "identity" after it the output.'
    )
  })
})
