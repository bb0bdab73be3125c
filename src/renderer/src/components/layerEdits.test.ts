import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { Field } from '../../../engine/fields'
import type { LayerNode } from '../../../engine/spec'
import { MAX_HIDDEN_LAYERS, setupSchema } from '../../../shared/setup'
import {
  addLayer,
  changeLayer,
  connectLayer,
  duplicateLayer,
  fullReason,
  inputsOf,
  layerNameNotice,
  layerNameProblem,
  moveLayer,
  neighbourOf,
  nextLayerName,
  removeLayer,
  renameLayer,
  type LayerKind
} from './layerEdits'

const units: Field = { key: 'units', label: 'Units', help: '', kind: 'integer', default: 8, min: 1, max: 10 }
const dense: LayerKind = { type: 'dense', fields: [units], inputs: 'one' }
const add: LayerKind = { type: 'add', fields: [], inputs: 'several' }
const layer = (name: string, size = 8): LayerNode => ({ name, type: 'dense', inputs: [], config: { units: size } })
const chain = (...names: string[]): LayerNode[] => names.map((name) => layer(name))
const join = (name: string, ...inputs: string[]): LayerNode => ({ name, type: 'add', inputs, config: {} })
const names = (layers: readonly LayerNode[]): string[] => layers.map((one) => one.name)
const wires = (layers: readonly LayerNode[]): string[] => layers.map((one) => inputsOf(layers, one).join('+'))

describe('layer edits', () => {
  it('reads a layer without inputs as taking the one before it, and the first as taking the input', () => {
    expect(wires(chain('a', 'b', 'c'))).toEqual(['input', 'a', 'b'])
    expect(wires([layer('a'), join('sum', 'input', 'a'), layer('b')])).toEqual(['input', 'input+a', 'sum'])
  })

  it('takes the first free number, and never a name that others still mean', () => {
    expect(nextLayerName([], 'dense')).toBe('dense1')
    expect(nextLayerName(chain('dense1', 'dense3'), 'dense')).toBe('dense2')
    expect(nextLayerName([layer('dense2'), join('add1', 'dense1', 'dense2')], 'dense')).toBe('dense3')
    expect(nextLayerName([], 'max-pool')).toBe('maxpool1')
  })

  it('adds with the defaults first, then with the settings of the layer before', () => {
    const first = addLayer([], dense, null)
    expect(first.layers).toEqual([{ name: 'dense1', type: 'dense', inputs: [], config: { units: 8 } }])
    const second = addLayer([layer('dense1', 3)], dense, null)
    expect(second.layers[1]?.config).toEqual({ units: 3 })
  })

  it('adds after the selected layer, and before all when the input is selected', () => {
    const { layers, name } = addLayer(chain('a', 'b'), dense, 'a')
    expect(name).toBe('dense1')
    expect(names(layers)).toEqual(['a', 'dense1', 'b'])
    expect(wires(layers)).toEqual(['input', 'a', 'dense1'])
    expect(names(addLayer(chain('a'), dense, 'input').layers)).toEqual(['dense1', 'a'])
  })

  it('joins the layer before and the nearest earlier one that suits it', () => {
    const sizes = new Map([
      ['input', 4],
      ['a', 8],
      ['b', 3],
      ['c', 8]
    ])
    const alike = (one: string, other: string): boolean => sizes.get(one) === sizes.get(other)
    expect(addLayer(chain('a', 'b', 'c'), add, null, alike).layers.at(-1)?.inputs).toEqual(['a', 'c'])
    expect(addLayer(chain('a', 'b'), add, null, alike).layers.at(-1)?.inputs).toEqual(['b'])
    expect(addLayer([], add, null).layers[0]?.inputs).toEqual(['input'])
  })

  it('moves and stays within the list', () => {
    expect(names(moveLayer(chain('a', 'b', 'c'), 0, 2))).toEqual(['b', 'c', 'a'])
    expect(names(moveLayer(chain('a', 'b', 'c'), 2, 0))).toEqual(['c', 'a', 'b'])
    expect(names(moveLayer(chain('a', 'b'), 0, -1))).toEqual(['a', 'b'])
    expect(names(moveLayer(chain('a', 'b'), 1, 2))).toEqual(['a', 'b'])
  })

  it('keeps every layer once and every named input under any moves', () => {
    const moves = fc.array(fc.tuple(fc.integer({ min: -1, max: 5 }), fc.integer({ min: -1, max: 5 })))
    fc.assert(
      fc.property(moves, (list) => {
        const begin = [...chain('a', 'b', 'c'), join('sum', 'a', 'c')]
        const end = list.reduce((layers, [from, to]) => moveLayer(layers, from, to), begin)
        expect(names(end).toSorted()).toEqual(['a', 'b', 'c', 'sum'])
        expect(end.find((one) => one.name === 'sum')?.inputs).toEqual(['a', 'c'])
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

  it('renames in every layer that names the renamed one, and leaves those that do not', () => {
    const layers = [...chain('a', 'b'), join('sum', 'a', 'b')]
    expect(renameLayer(layers, 'a', 'first').map((one) => one.inputs)).toEqual([[], [], ['first', 'b']])
  })

  it('leaves the name of a removed layer where it is meant', () => {
    const layers = removeLayer([...chain('a', 'b'), join('sum', 'a', 'b')], 'a')
    expect(layers.at(-1)?.inputs).toEqual(['a', 'b'])
  })

  it('connects one layer, and back to the layer before it', () => {
    const layers = connectLayer(chain('a', 'b', 'c'), 'c', ['a'])
    expect(wires(layers)).toEqual(['input', 'a', 'a'])
    expect(connectLayer(layers, 'c', [])).toEqual(chain('a', 'b', 'c'))
  })

  it('duplicates a layer right after it, under a free name', () => {
    const { layers, name } = duplicateLayer([layer('dense1', 3), layer('dense2')], 'dense1')
    expect(name).toBe('dense3')
    expect(names(layers)).toEqual(['dense1', 'dense3', 'dense2'])
    expect(layers[1]?.config).toEqual({ units: 3 })
    expect(wires(layers)).toEqual(['input', 'dense1', 'dense3'])
    const joined = duplicateLayer([...chain('a', 'b'), join('add1', 'a', 'b')], 'add1')
    expect(joined.layers.at(-1)).toEqual(join('add2', 'a', 'b'))
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
