import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { Field } from '../../../engine/fields'
import type { LayerNode } from '../../../engine/spec'
import { MAX_HIDDEN_LAYERS, setupSchema } from '../../../shared/setup'
import {
  addLayer,
  changeLayer,
  duplicateLayer,
  fullReason,
  layerNameNotice,
  layerNameProblem,
  moveLayer,
  neighbourOf,
  nextLayerName,
  rechain,
  removeLayer,
  renameLayer
} from './layerEdits'

const units: Field = { key: 'units', label: 'Units', help: '', kind: 'integer', default: 8, min: 1, max: 10 }
const dense = { type: 'dense', fields: [units] }
const layer = (name: string, size = 8): LayerNode => ({ name, type: 'dense', inputs: [], config: { units: size } })
const chain = (...names: string[]): LayerNode[] => rechain(names.map((name) => layer(name)))
const names = (layers: readonly LayerNode[]): string[] => layers.map((one) => one.name)
const wires = (layers: readonly LayerNode[]): string[] => layers.map((one) => one.inputs.join())

describe('layer edits', () => {
  it('wires each layer to the one before it and the first to the input', () => {
    expect(wires(chain('a', 'b', 'c'))).toEqual(['input', 'a', 'b'])
  })

  it('takes the first free number', () => {
    expect(nextLayerName([], 'dense')).toBe('dense1')
    expect(nextLayerName(chain('dense1', 'dense3'), 'dense')).toBe('dense2')
  })

  it('adds with the defaults first, then with the settings of the layer before', () => {
    const first = addLayer([], dense, null)
    expect(first.layers).toEqual([{ name: 'dense1', type: 'dense', inputs: ['input'], config: { units: 8 } }])
    const second = addLayer([layer('dense1', 3)], dense, null)
    expect(second.layers[1]?.config).toEqual({ units: 3 })
  })

  it('adds after the selected layer and rewires what follows', () => {
    const { layers, name } = addLayer(chain('a', 'b'), dense, 'a')
    expect(name).toBe('dense1')
    expect(names(layers)).toEqual(['a', 'dense1', 'b'])
    expect(wires(layers)).toEqual(['input', 'a', 'dense1'])
  })

  it('moves and stays within the list', () => {
    expect(names(moveLayer(chain('a', 'b', 'c'), 0, 2))).toEqual(['b', 'c', 'a'])
    expect(names(moveLayer(chain('a', 'b', 'c'), 2, 0))).toEqual(['c', 'a', 'b'])
    expect(names(moveLayer(chain('a', 'b'), 0, -1))).toEqual(['a', 'b'])
    expect(names(moveLayer(chain('a', 'b'), 1, 2))).toEqual(['a', 'b'])
  })

  it('keeps every layer once and the wiring whole under any moves', () => {
    const moves = fc.array(fc.tuple(fc.integer({ min: -1, max: 5 }), fc.integer({ min: -1, max: 5 })))
    fc.assert(
      fc.property(moves, (list) => {
        const end = list.reduce((layers, [from, to]) => moveLayer(layers, from, to), chain('a', 'b', 'c', 'd'))
        expect(names(end).toSorted()).toEqual(['a', 'b', 'c', 'd'])
        expect(wires(end)).toEqual(['input', ...names(end).slice(0, -1)])
      })
    )
  })

  it('removes, renames and changes one layer alone', () => {
    expect(wires(removeLayer(chain('a', 'b', 'c'), 'b'))).toEqual(['input', 'a'])
    expect(wires(renameLayer(chain('a', 'b'), 'a', 'first'))).toEqual(['input', 'first'])
    const changed = changeLayer(chain('a', 'b'), 'b', 'units', Number.NaN)
    expect(changed[0]?.config).toEqual({ units: 8 })
    expect(changed[1]?.config['units']).toBeNaN()
  })

  it('duplicates a layer right after it, under a free name', () => {
    const { layers, name } = duplicateLayer(rechain([layer('dense1', 3), layer('dense2')]), 'dense1')
    expect(name).toBe('dense3')
    expect(names(layers)).toEqual(['dense1', 'dense3', 'dense2'])
    expect(layers[1]?.config).toEqual({ units: 3 })
    expect(wires(layers)).toEqual(['input', 'dense1', 'dense3'])
  })

  it('says why a name cannot be taken', () => {
    const layers = chain('a', 'b')
    expect(layerNameProblem(layers, 'a', 'a')).toBeNull()
    expect(layerNameProblem(layers, 'a', 'conv_1')).toBeNull()
    expect(layerNameProblem(layers, 'a', 'b')).toContain('Another layer')
    expect(layerNameProblem(layers, 'a', 'output')).toContain('own name')
    expect(layerNameProblem(layers, 'a', '1st')).toContain('letters')
    expect(layerNameProblem(layers, 'a', '')).toContain('needs a name')
  })

  it('adds no layer that the setup could not hold', () => {
    const upTo = (count: number): LayerNode[] => chain(...Array.from({ length: count }, (_, index) => `l${index}`))
    expect(fullReason(upTo(MAX_HIDDEN_LAYERS - 1))).toBeNull()
    expect(fullReason(upTo(MAX_HIDDEN_LAYERS))).toContain('can have 64 hidden layers')
    const holds = (count: number): boolean => v.is(setupSchema.entries.layers, upTo(count))
    expect([holds(MAX_HIDDEN_LAYERS), holds(MAX_HIDDEN_LAYERS + 1)]).toEqual([true, false])
  })

  it('says beside a refused name that the old one stays, and how to take one that is free again', () => {
    const layers = chain('a', 'b')
    expect(layerNameNotice(layers, 'a', 'a', true)).toBeNull()
    expect(layerNameNotice(layers, 'a', 'c', false)).toBeNull()
    expect(layerNameNotice(layers, 'a', 'b', true)).toMatchObject({ wrong: true })
    expect(layerNameNotice(layers, 'a', 'b', true)?.text).toMatch(/Another layer is called “b”.*stays “a”.*Escape/)
    // The layer that had the name was renamed or removed meanwhile.
    expect(layerNameNotice(chain('a'), 'a', 'b', true)).toMatchObject({ wrong: false })
  })

  it('selects a neighbour after removal', () => {
    expect(neighbourOf(chain('a', 'b'), 'a')).toBe('b')
    expect(neighbourOf(chain('a', 'b'), 'b')).toBe('a')
    expect(neighbourOf(chain('a'), 'a')).toBeNull()
  })
})
