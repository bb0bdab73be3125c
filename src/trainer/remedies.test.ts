import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { readTable, suggestSetup } from '../data'
import type { Cure } from '../engine/doctor'
import { openExperiment } from '../project'
import { setupSchema } from '../shared/setup'
import { remedyOf } from './remedies'

const cures: readonly Cure[] = [
  { kind: 'learning-rate', value: 0.003, anew: true },
  { kind: 'activation', layers: ['dense1'], to: 'leaky-relu' },
  { kind: 'prepare' },
  { kind: 'gradient-norm-clip', value: 1 },
  { kind: 'l2', value: 1e-3 },
  { kind: 'dropout', rate: 0.3 },
  { kind: 'early-stopping', patience: 10 },
  { kind: 'wider', factor: 4 },
  { kind: 'class-weights' },
  { kind: 'initializer', layers: ['dense1'], to: 'he-normal' },
  { kind: 'schedule', type: 'cosine', config: {} }
]
const dense = { name: 'dense1', type: 'dense', inputs: [], config: { units: 8, activation: 'tanh' } }

describe('remedyOf', () => {
  it.each(cures.map((cure) => [cure.kind, cure] as const))('%s: settings that can be trained', async (_kind, cure) => {
    const table = await readTable(join(import.meta.dirname, '../../resources/samples/iris.csv'))
    const setup = { ...suggestSetup(table, 'species'), layers: [dense], prepare: false }
    const remedy = remedyOf(cure, setup)
    const changed = v.parse(setupSchema, { ...setup, ...remedy?.change })
    expect(changed).not.toEqual(v.parse(setupSchema, setup))
    const { training } = openExperiment(table, changed)
    const next = await training.events().next()
    expect(next.value).toMatchObject({ type: 'step' })
    training.close()
  })

  it('gives a network without hidden layers one, under a name that is free', async () => {
    const table = await readTable(join(import.meta.dirname, '../../resources/samples/iris.csv'))
    const setup = { ...suggestSetup(table, 'species'), layers: [] }
    const wider: Cure = { kind: 'wider', factor: 4 }
    expect(remedyOf(wider, setup)?.change.layers?.map(({ name, config }) => [name, config['units']])).toEqual([
      ['dense', 16]
    ])
    const dropped = { name: 'dropout', type: 'dropout', inputs: [], config: { rate: 0.1 } }
    const names = remedyOf({ kind: 'dropout', rate: 0.5 }, { ...setup, layers: [dropped] })?.change.layers
    expect(names?.map(({ name }) => name)).toEqual(['dropout', 'dropout2'])
  })
})
