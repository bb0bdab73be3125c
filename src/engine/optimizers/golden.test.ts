/** Ten steps of every optimizer against PyTorch (Lion: NumPy). See scripts/golden/optimizers.py. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { descend, expectClose, namedSchema, problemEntries, readGolden } from '../../../tests/golden'
import { optimizerSpecs } from '.'

/** Relative to the largest value of the tensor; as in the golden values of networks. */
const TEN_STEPS_TOLERANCE = 1e-12

const golden = readGolden(
  'optimizers.json',
  v.object({
    ...problemEntries,
    activation: v.string(),
    results: v.array(
      v.object({
        optimizer: v.string(),
        config: v.record(v.string(), v.union([v.number(), v.boolean()])),
        after: v.array(namedSchema)
      })
    )
  })
)
const entries = golden.results.map((result) => ({
  ...result,
  title: `${result.optimizer} ${JSON.stringify(result.config)}`
}))

describe('after ten steps every parameter is as expected', () => {
  it.each(entries)('$title', ({ optimizer: type, config, after }) => {
    const last = descend(golden, golden.activation, { type, config }, 10).at(-1)
    expect(after).toHaveLength(golden.parameters.length)
    for (const { name, data } of after) {
      expectClose(name, last?.parameters.get(name) ?? [], data, TEN_STEPS_TOLERANCE)
    }
  })
})

it('covers every setting of every optimizer', () => {
  const tried = new Set(
    entries.flatMap(({ optimizer, config }) => Object.keys(config).map((key) => `${optimizer}.${key}`))
  )
  const settings = optimizerSpecs.flatMap(({ type, fields }) => fields.map(({ key }) => `${type}.${key}`))
  expect(settings.filter((setting) => !tried.has(setting))).toEqual([])
})
