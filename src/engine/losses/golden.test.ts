/** Losses under settings of their own and class weights against PyTorch. See scripts/golden/losses.py. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { descend, expectClose, namedSchema, problemEntries, readGolden } from '../../../tests/golden'
import { parseConfig } from '../fields'
import { answersApart } from '../train/samples'
import { lossFor, lossSpecs, type LossSpec } from '.'

/** As in the golden values of networks: relative to the largest value of the tensor. */
const PASS_TOLERANCE = 1e-13
const TEN_STEPS_TOLERANCE = 1e-12

const golden = readGolden(
  'losses.json',
  v.object({
    optimizer: v.object({ learningRate: v.number(), momentum: v.number() }),
    problems: v.array(
      v.object({
        ...problemEntries,
        results: v.array(
          v.object({
            config: v.record(v.string(), v.number()),
            classWeights: v.nullable(v.array(v.number())),
            loss: v.number(),
            gradients: v.array(namedSchema),
            after: v.array(namedSchema)
          })
        )
      })
    )
  })
)
const entries = golden.problems.flatMap((problem) =>
  problem.results.map((result) => ({
    problem,
    ...result,
    title: `${problem.loss} for ${problem.task}, ${JSON.stringify(result.config)}, weights ${String(result.classWeights)}`
  }))
)

describe.each(entries)('$title equals PyTorch', ({ problem, config, classWeights, loss, gradients, after }) => {
  const { fields, label } = lossFor(problem.loss, problem.task)
  const lossSettings = { config: parseConfig(label, fields, config), classWeights }
  const steps = descend(problem, 'tanh', { type: 'sgd', config: golden.optimizer }, 10, { lossSettings })

  it('in loss and every gradient', () => {
    expectClose('loss', [steps[0]?.loss ?? NaN], [loss], PASS_TOLERANCE)
    for (const { name, data } of gradients) {
      expectClose(`gradient of ${name}`, steps[0]?.gradients.get(name) ?? [], data, PASS_TOLERANCE)
    }
  })

  it('in every parameter after ten steps', () => {
    for (const { name, data } of after) {
      expectClose(name, steps.at(-1)?.parameters.get(name) ?? [], data, TEN_STEPS_TOLERANCE)
    }
  })
})

it('covers every setting of every loss, and class weights wherever each row is of one class', () => {
  const tried = new Set(
    entries.flatMap(({ problem: { loss, task }, config, classWeights }) => [
      ...Object.keys(config).map((key) => `${loss} for ${task}: ${key}`),
      ...(classWeights === null ? [] : [`${loss} for ${task}: weights`])
    ])
  )
  const wanted = lossSpecs.flatMap(({ name, tasks, fields }: LossSpec) =>
    tasks.flatMap((task) => [
      ...fields.map(({ key }) => `${name} for ${task}: ${key}`),
      ...(answersApart(task) ? [] : [`${name} for ${task}: weights`])
    ])
  )
  expect(wanted.filter((each) => !tried.has(each))).toEqual([])
})
