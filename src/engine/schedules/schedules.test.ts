/** Contract of every schedule: a new one is tested here without touching this file. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultsOf, fieldProblem, parseConfig, type Config, type Field } from '../fields'
import { optimizerSpecs } from '../optimizers'
import { throughJson } from '../testing'
import { earlyStoppingFields } from '../train/early-stopping'
import { regularizationFields } from '../train/regularization'
import { scheduleNamed, scheduleSpecs, type Horizon, type Schedule, type ScheduleSpec } from '.'

/** Factors of the steps of some epochs, each of which ends with the loss given for it. */
function factorsOf(schedule: Schedule, { stepsPerEpoch }: Horizon, losses: readonly number[], from = 0): number[] {
  return losses.flatMap((loss, epoch) => {
    const steps = Array.from({ length: stepsPerEpoch }, (_, i) =>
      schedule.factor((from + epoch) * stepsPerEpoch + i + 1)
    )
    schedule.epochEnded(loss)
    return steps
  })
}

function horizonOf(stepsPerEpoch: number, epochs: number): Horizon {
  return { stepsPerEpoch, epochs, steps: stepsPerEpoch * epochs }
}

/** Any value that a field allows, its ends among them. */
function valueOf(field: Field): fc.Arbitrary<number | string | boolean> {
  switch (field.kind) {
    case 'boolean':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...field.choices.map(({ value }) => value))
    case 'integer':
      return fc.oneof(fc.integer({ min: field.min, max: Math.min(field.max, field.min + 10) }), fc.constant(field.max))
    case 'number':
      return fc.double({ min: field.min, max: field.max, noNaN: true }).filter((x) => fieldProblem(field, x) === null)
  }
}

function configOf({ fields }: ScheduleSpec): fc.Arbitrary<Config> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.key, valueOf(field)])))
}

const horizons = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 12 }))
const losses = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 12, maxLength: 12 })

describe.each(scheduleSpecs)('$type', (spec) => {
  const config = defaultsOf(spec.fields)

  it('has defaults within their ranges, helpful fields and a type of its own', () => {
    expect(() => parseConfig(spec.label, spec.fields, config)).not.toThrow()
    expect(scheduleNamed(spec.type)).toBe(spec)
    for (const field of spec.fields) expect(field.help.length, field.key).toBeGreaterThan(20)
  })

  it('has equations for any settings, drafts too', () => {
    const emptied = Object.fromEntries(spec.fields.map(({ key }) => [key, NaN]))
    for (const given of [config, emptied, {}]) expect(spec.formula(given).join()).toContain('η')
  })

  it('has finite factors from 0 to 1 under any settings, over any run', () => {
    fc.assert(
      fc.property(configOf(spec), horizons, losses, (given, [stepsPerEpoch, epochs], told) => {
        const horizon = horizonOf(stepsPerEpoch, epochs)
        const factors = factorsOf(spec.create(given, horizon), horizon, told.slice(0, epochs))
        expect(factors).toHaveLength(horizon.steps)
        for (const factor of factors) expect(factor >= 0 && factor <= 1, String(factor)).toBe(true)
      })
    )
  })

  it('answers the same however often it is asked', () => {
    const horizon = horizonOf(4, 10)
    const schedule = spec.create(config, horizon)
    expect([3, 1, 4, 3].map((step) => schedule.factor(step))).toEqual([3, 1, 4, 3].map((step) => schedule.factor(step)))
  })

  it('goes on from its state, which is plain finite numbers', () => {
    fc.assert(
      fc.property(configOf(spec), losses, fc.integer({ min: 0, max: 12 }), (given, told, ended) => {
        const horizon = horizonOf(3, 12)
        const whole = spec.create(given, horizon)
        const expected = factorsOf(whole, horizon, told)
        const first = spec.create(given, horizon)
        factorsOf(first, horizon, told.slice(0, ended))
        const state = throughJson(first.state)
        expect(state).toEqual([...first.state])
        const second = spec.create(given, horizon)
        second.restore(state)
        expect(factorsOf(second, horizon, told.slice(ended), ended)).toEqual(expected.slice(3 * ended))
        expect(second.state).toEqual(whole.state)
      })
    )
  })
})

it('has settings whose flags mean nothing else', () => {
  const taken = [...optimizerSpecs.flatMap(({ fields }) => fields), ...earlyStoppingFields, ...regularizationFields]
  const keys = new Set(taken.map(({ key }) => key))
  const own = scheduleSpecs.flatMap(({ fields }) => fields.map(({ key }) => key))
  expect(own.filter((key) => keys.has(key))).toEqual([])
  expect(new Set(own).size).toBe(own.length)
})

it('refuses a schedule that there is not', () => {
  expect(() => scheduleNamed('magic')).toThrow('There is no schedule "magic"; known are constant')
})

describe('first and last factors', () => {
  const horizon = horizonOf(5, 10)
  const ends = (type: string, config: Config = {}): number[] => {
    const spec = scheduleNamed(type)
    const factors = factorsOf(
      spec.create(parseConfig(spec.label, spec.fields, config), horizon),
      horizon,
      new Array<number>(10).fill(1)
    )
    return [factors[0] ?? NaN, factors.at(-1) ?? NaN, Math.max(...factors)]
  }

  it('are those of the settings', () => {
    expect(ends('constant')).toEqual([1, 1, 1])
    expect(ends('step', { dropEvery: 3, dropFactor: 0.5 })).toEqual([1, 0.125, 1])
    expect(ends('exponential', { epochDecay: 0.5 })).toEqual([1, 2 ** -9, 1])
    // Four steps of warm-up, the full rate at the fifth.
    const [first, last, most] = ends('cosine', { warmUpEpochs: 0.8, finalShare: 0.1 })
    expect([first, most]).toEqual([0.2, 1])
    expect(last).toBeCloseTo(0.1 + 0.9 * 0.5 * (1 + Math.cos((Math.PI * 45) / 46)), 12)
    const [start, end, top] = ends('one-cycle', { risingShare: 0.5, startDivisor: 10, endDivisor: 100 })
    expect(start).toBeCloseTo(0.1, 12)
    expect(end).toBeCloseTo(0.001, 12)
    expect(top).toBe(1)
    // Told the same loss each time: eight epochs without a gain before the last.
    expect(ends('plateau', { plateauPatience: 2, plateauFactor: 0.5 })).toEqual([1, 0.25, 1])
  })

  it('leave a run of one step at the full rate', () => {
    for (const spec of scheduleSpecs) {
      const schedule = spec.create(defaultsOf(spec.fields), horizonOf(1, 1))
      expect(schedule.factor(1), spec.type).toBe(1)
    }
  })
})
