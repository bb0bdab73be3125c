import { expect, it } from 'vitest'
import { unusedLayers } from './unused'

it('layers that nothing takes are named, the output is none of them', () => {
  const layer = (name: string, ...inputs: string[]) => ({ name, type: 'dense', inputs, config: {} })
  const layers = [layer('a', 'input'), layer('b', 'a'), layer('alone', 'a'), layer('out', 'b')]
  expect(unusedLayers({ inputShape: [1], layers, output: 'out' })).toEqual(['alone'])
})
