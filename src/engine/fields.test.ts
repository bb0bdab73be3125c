import { describe, expect, it } from 'vitest'
import { defaultsOf, fieldProblem, matters, numberSetting, parseConfig, textSetting, type Field } from './fields'

const common = { label: 'Size', help: 'How large it is.' }
const fields: readonly Field[] = [
  { ...common, key: 'size', kind: 'integer', default: 8, min: 1, max: 10 },
  { ...common, key: 'rate', kind: 'number', default: 0.5, min: 0, exclusiveMin: true, max: 1, exclusiveMax: true },
  { ...common, key: 'kind', kind: 'choice', default: 'a', choices: [{ value: 'a', label: 'A' }] },
  { ...common, key: 'on', kind: 'boolean', default: true }
]

describe('fieldProblem', () => {
  it.each<[string, unknown, string | null]>([
    ['size', 1, null],
    ['size', 10, null],
    ['size', 0, 'must be a whole number from 1 to 10, got 0'],
    ['size', 1.5, 'must be a whole number from 1 to 10, got 1.5'],
    ['size', NaN, 'must be a whole number from 1 to 10, got nothing'],
    ['size', Infinity, 'must be a whole number from 1 to 10, got Infinity'],
    ['size', '3', 'must be a whole number from 1 to 10, got "3"'],
    ['rate', 0, 'must be a number above 0 below 1, got 0'],
    ['rate', 1, 'must be a number above 0 below 1, got 1'],
    ['rate', 0.999, null],
    ['kind', 'a', null],
    ['kind', 'b', 'must be one of a, got "b"'],
    ['on', false, null],
    ['on', 1, 'must be true or false, got 1']
  ])('%s = %s: %s', (key, value, problem) => {
    const field = fields.find((field) => field.key === key)
    expect(field && fieldProblem(field, value)).toBe(problem)
  })
})

describe('matters', () => {
  const extra: Field = {
    ...common,
    key: 'extra',
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    when: { key: 'kind', value: 'b' }
  }

  it('is so for a setting that stands alone', () => {
    expect(fields.every((field) => matters(field, fields, {}))).toBe(true)
  })

  it('is so for one that goes with a value of another, where that one has it', () => {
    expect(matters(extra, [...fields, extra], { kind: 'b' })).toBe(true)
    expect(matters(extra, [...fields, extra], { kind: 'a' })).toBe(false)
    expect(matters({ ...extra, when: { key: 'kind', value: 'a' } }, fields, {})).toBe(true)
  })
})

describe('parseConfig', () => {
  it('fills in defaults', () => {
    expect(parseConfig('Layer', fields, { size: 3 })).toEqual({ ...defaultsOf(fields), size: 3 })
  })

  it('names the owner and the setting', () => {
    expect(() => parseConfig('Layer', fields, { size: 0 })).toThrow('Layer: size must be a whole number')
    expect(() => parseConfig('Layer', fields, { toString: 1 })).toThrow('Layer: unknown setting "toString"')
  })

  it('reads settings by their kind', () => {
    const config = parseConfig('Layer', fields, {})
    expect(numberSetting(config, 'size')).toBe(8)
    expect(textSetting(config, 'kind')).toBe('a')
    expect(() => numberSetting(config, 'kind')).toThrow('"kind" must be a number')
    expect(() => textSetting(config, 'size')).toThrow('"size" must be text')
  })
})
