import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { issueSentence } from './issue-words'
import { modelSpecSchema, setupSchema } from './setup'

function sentence(schema: v.GenericSchema, value: unknown): string | null {
  const result = v.safeParse(schema, value)
  return result.success ? null : issueSentence(result.issues[0], 'whole')
}

const layer = { name: 'a', type: 'dense', inputs: ['input'], config: {} }
const model = (changes: object) => ({ inputShape: [3], layers: [{ ...layer, ...changes }], output: 'a' })

describe('what is wrong with a value, in plain words', () => {
  it('takes a network that is right', () => {
    expect(sentence(modelSpecSchema, model({}))).toBeNull()
  })

  it.each<[string, unknown, string]>([
    ['a list', [], 'inputShape: it is missing, expected "inputShape"'],
    ['nothing', null, 'whole: expected an object {…}, got null'],
    ['an unknown key', { ...model({}), foo: 1 }, 'foo: this key is not known here; remove it'],
    [
      'a setting that is a list',
      model({ config: { units: [] } }),
      'layers.0.config.units: expected a number, text or true or false, got a list of 0'
    ],
    [
      'settings that are a list',
      model({ config: [] }),
      'layers.0.config: expected an object {"setting": value, …}, got a list of 0'
    ],
    ['too few inputs', model({ inputs: [] }), 'layers.0.inputs: expected at least 1 entry, got a list of 0'],
    ['text for a list', model({ inputs: 'input' }), 'layers.0.inputs: expected a list, got "input"'],
    ['half a size', { ...model({}), inputShape: [1.5] }, 'inputShape.0: expected a whole number, got 1.5'],
    ['a size of 0', { ...model({}), inputShape: [0] }, 'inputShape.0: expected at least 1, got 0'],
    [
      'a name with a space',
      model({ name: 'a b' }),
      'layers.0.name: expected 1 to 64 letters, digits and _, not beginning with a digit, got "a b"'
    ]
  ])('%s', (_what, value, expected) => expect(sentence(modelSpecSchema, value)).toBe(expected))

  it('shows the beginning alone of long values and keys', () => {
    const long = 'x'.repeat(10_000)
    for (const value of [model({ name: long }), { ...model({}), [long]: 1 }]) {
      const text = sentence(modelSpecSchema, value)
      expect(text).toContain('xxx…')
      expect(text?.length).toBeLessThan(200)
    }
  })

  it('has words of its own for every check of setups', () => {
    const layers = Array.from({ length: 65 }, () => layer)
    expect(sentence(v.pick(setupSchema, ['task']), { task: 'fly' })).toBe(
      'task: expected "regression", "binary", "multi-class" or "multi-label", got "fly"'
    )
    expect(sentence(v.pick(setupSchema, ['layers']), { layers })).toBe(
      'layers: expected at most 64 entries, got a list of 65'
    )
  })
})
