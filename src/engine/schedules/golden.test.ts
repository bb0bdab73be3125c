/** The learning rate of every step against PyTorch's schedulers. See scripts/golden/schedules.py. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { readGolden } from '../../../tests/golden'
import { parseConfig } from '../fields'
import { scheduleNamed, scheduleSpecs } from '.'

/** PyTorch goes from each rate to the next by a product: as many roundings as there were steps. */
const TOLERANCE = 1e-12

const golden = readGolden(
  'schedules.json',
  v.object({
    learningRate: v.number(),
    results: v.array(
      v.object({
        schedule: v.string(),
        config: v.record(v.string(), v.number()),
        stepsPerEpoch: v.number(),
        losses: v.array(v.number()),
        rates: v.array(v.number())
      })
    )
  })
)
const entries = golden.results.map((result) => ({
  ...result,
  title: `${result.schedule} ${JSON.stringify(result.config)}`
}))

describe('the learning rate of every step is as PyTorch has it', () => {
  it.each(entries)('$title', ({ schedule: type, config, stepsPerEpoch, losses, rates }) => {
    const spec = scheduleNamed(type)
    const horizon = { steps: rates.length, stepsPerEpoch, epochs: losses.length }
    const schedule = spec.create(parseConfig(spec.label, spec.fields, config), horizon)
    const got = rates.map((_, i) => {
      const rate = golden.learningRate * schedule.factor(i + 1)
      if ((i + 1) % stepsPerEpoch === 0) schedule.epochEnded(losses[(i + 1) / stepsPerEpoch - 1] ?? NaN)
      return rate
    })
    const worst = Math.max(...got.map((rate, i) => Math.abs(rate - (rates[i] ?? NaN)) / golden.learningRate))
    expect(worst).toBeLessThanOrEqual(TOLERANCE)
    // A schedule that is tested does something.
    if (type !== 'constant') expect(new Set(rates).size).toBeGreaterThan(2)
  })
})

it('covers every setting of every schedule', () => {
  const tried = new Set(
    entries.flatMap(({ schedule, config }) => Object.keys(config).map((key) => `${schedule}.${key}`))
  )
  const types = new Set(entries.map(({ schedule }) => schedule))
  expect(scheduleSpecs.map(({ type }) => type).filter((type) => !types.has(type))).toEqual([])
  const settings = scheduleSpecs.flatMap(({ type, fields }) => fields.map(({ key }) => `${type}.${key}`))
  expect(settings.filter((setting) => !tried.has(setting))).toEqual([])
})
