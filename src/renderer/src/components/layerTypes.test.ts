import { describe, expect, it } from 'vitest'
import { layerSpecs } from '../../../engine/catalog'
import { bestMatch, layerGroups } from './layerTypes'

const types = (wanted: string): string[] => layerGroups(wanted).flatMap(({ specs }) => specs.map(({ type }) => type))

describe('layer types', () => {
  it('offers every type once, in its family', () => {
    expect(types('').toSorted()).toEqual(layerSpecs.map(({ type }) => type).toSorted())
    for (const { family, specs } of layerGroups('')) expect(specs.every((spec) => spec.family === family)).toBe(true)
  })

  it('finds types by name, family and what they do, in any case', () => {
    expect(types('DENSE')).toContain('dense')
    expect(types('normalization batch')).toContain('batch-norm')
    expect(types('residual')).toContain('add')
    expect(types('no such layer')).toEqual([])
  })

  it('takes the one whose name begins with what was typed', () => {
    expect(bestMatch(layerGroups('add'), 'add')?.type).toBe('add')
    expect(bestMatch(layerGroups(''), '')?.type).toBe('dense')
    expect(bestMatch([], 'x')).toBeUndefined()
  })
})
