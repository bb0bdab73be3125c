import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { augmentationFields, earlyStoppingFields, regularizationFields, type Field } from '../engine/catalog'
import { trainingFields } from '../shared/setup'
import {
  addFieldOptions,
  flagOf,
  layerFields,
  lossChoices,
  optimizerChoices,
  rangeAmong,
  readChoiceFields,
  readField,
  readFields,
  scheduleChoices
} from './field-flags'

const rate: Field = {
  key: 'learningRate',
  label: 'Learning rate',
  kind: 'number',
  default: 0.1,
  min: 0,
  exclusiveMin: true,
  max: 1,
  help: 'Size.'
}
const count: Field = { key: 'count', label: 'Count', kind: 'integer', default: 1, min: 1, max: 10, help: 'How many.' }
const mode: Field = {
  key: 'mode',
  label: 'Mode',
  kind: 'choice',
  default: '1',
  choices: [
    { value: '1', label: 'One' },
    { value: 'two', label: 'Two' }
  ],
  help: 'Which.'
}
const nesterov: Field = { key: 'nesterov', label: 'Nesterov', kind: 'boolean', default: false, help: 'Looks ahead.' }
const fields = [rate, count, mode, nesterov]

function parse(...args: string[]) {
  const command = new Command().exitOverride()
  addFieldOptions(command, fields)
  return readFields(fields, command.parse(args, { from: 'user' }).opts<Record<string, unknown>>())
}

describe('flags made from fields', () => {
  it('are the keys in kebab case', () => {
    expect(fields.map(flagOf)).toEqual(['--learning-rate', '--count', '--mode', '--nesterov'])
  })

  it('give typed values, and nothing for what was not given', () => {
    expect([...parse()]).toEqual([])
    expect([...parse('--learning-rate', '1e-3', '--count', '3', '--mode', '1', '--nesterov')]).toEqual([
      ['learningRate', 0.001],
      ['count', 3],
      ['mode', '1'],
      ['nesterov', true]
    ])
    expect(parse('--no-nesterov').get('nesterov')).toBe(false)
  })

  it.each([
    [rate, '0', '--learning-rate must be a number above 0 to 1, got 0'],
    [rate, '', '--learning-rate must be a number above 0 to 1, got ""'],
    [rate, '0x1', '--learning-rate must be a number above 0 to 1, got "0x1"'],
    [rate, 'Infinity', '--learning-rate must be a number above 0 to 1, got "Infinity"'],
    [count, '2.5', '--count must be a whole number from 1 to 10, got 2.5'],
    [mode, 'three', '--mode must be one of 1, two, got "three"']
  ])('%o refuses %j', (field, given, message) => {
    expect(() => readField(field, given, flagOf(field))).toThrow(expect.objectContaining({ code: 'usage', message }))
  })
})

describe('flags that go with a value of another', () => {
  it('are read beside it and refused without it', () => {
    const config = [...readFields(layerFields, { initializer: 'constant', initialWeight: '-0.5' })]
    expect(config).toEqual([
      ['initializer', 'constant'],
      ['initialWeight', -0.5]
    ])
    for (const given of [{}, { initializer: 'he-normal' }]) {
      expect(() => readFields(layerFields, { ...given, initialWeight: '1' })).toThrow(
        expect.objectContaining({ code: 'usage', message: '--initial-weight needs --initializer constant' })
      )
    }
  })
})

describe('help of switches', () => {
  it('shows the flag that changes something', () => {
    const command = new Command().exitOverride()
    addFieldOptions(command, [nesterov, { ...nesterov, key: 'shuffle', default: true }])
    const help = command.helpInformation()
    expect(help).toMatch(/ --nesterov +Looks ahead\. \(default: false\)/)
    expect(help).toMatch(/ --no-shuffle +Off: Looks ahead\. \(default: true\)/)
    expect(help).not.toMatch(/--no-nesterov|--shuffle /)
  })
})

describe('flags of choices', () => {
  const range = (key: string) => {
    const field = optimizerChoices.fields.find((each) => each.key === key)
    return field === undefined ? null : rangeAmong(optimizerChoices)(field)
  }

  it('have a name of their own in every kind', () => {
    const kinds = [
      ...[optimizerChoices, scheduleChoices, lossChoices].map((kind) => kind.fields),
      ...[layerFields, regularizationFields, earlyStoppingFields, augmentationFields, trainingFields]
    ]
    const flags = kinds.flatMap((each) => each.map(flagOf))
    expect(flags.filter((flag, index) => flags.indexOf(flag) !== index)).toEqual([])
  })

  it('are read for one choice, and those of others refused', () => {
    expect([...readChoiceFields(scheduleChoices, 'step', { dropEvery: '3', momentum: 'x' })]).toEqual([
      ['dropEvery', 3]
    ])
    expect(() => readChoiceFields(scheduleChoices, 'cosine', { dropEvery: '3' })).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: '--drop-every is not a setting of the schedule cosine (it is one of step)'
      })
    )
    expect(() => readChoiceFields(scheduleChoices, 'constant', { plateauFactor: '0.1' })).toThrow(/--plateau-factor/)
  })

  it('say which optimizers take them and the default of each', () => {
    expect(range('momentum')).toBe('(sgd: 0.9; rmsprop: 0)')
    expect(range('learningRate')).toMatch(/sgd.*: 0\.1; .*adam.*: 0\.01/)
    expect(range('nesterov')).toBe('(sgd: false)')
  })
})
