/** Convolutions and poolings against PyTorch: forward, every gradient, ten steps, a 200-step curve in both executors. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { descendOn, expectClose, namedSchema, readGolden, tensorSchema } from '../../../tests/golden'
import { lossesByKernels, modelOf, networkEntries } from '../../../tests/golden-networks'
import { allKernels } from '../../../tests/kernels'
import { layerSpecs } from '.'

/** Both sides compute in float64: some tens of roundings in one pass, more with each step. */
const PASS_TOLERANCE = 1e-13
const TEN_STEPS_TOLERANCE = 1e-12
const CURVE_TOLERANCE = 1e-10
/** What float32 may add up to over 200 steps. */
const WASM_CURVE_TOLERANCE = 1e-4

const golden = readGolden(
  'convolution.json',
  v.object({
    source: v.string(),
    optimizer: v.object({ learningRate: v.number(), momentum: v.number() }),
    problems: v.array(
      v.object({
        ...networkEntries,
        outputs: tensorSchema,
        value: v.number(),
        gradients: v.array(namedSchema),
        after: v.array(namedSchema)
      })
    ),
    curve: v.object({ ...networkEntries, learningRate: v.number(), losses: v.array(v.number()) })
  })
)
const sgd = { type: 'sgd', config: golden.optimizer }

const entries = golden.problems.map((problem) => {
  const layer = problem.layers.find(({ name }) => name === 'layer')
  return {
    problem,
    title: `${layer?.type ?? ''} ${JSON.stringify(layer?.config)} on [${problem.inputShape.join(', ')}]`
  }
})

describe.each(entries)('$title equals PyTorch', ({ problem }) => {
  const [first, ...more] = descendOn(modelOf(problem), problem, sgd, 10)

  it('in outputs, loss and every gradient', () => {
    expectClose('outputs', first?.outputs ?? [], problem.outputs.data, PASS_TOLERANCE)
    expectClose('loss', [first?.loss ?? NaN], [problem.value], PASS_TOLERANCE)
    expect([...(first?.gradients.keys() ?? [])]).toEqual(problem.gradients.map(({ name }) => name))
    for (const { name, data } of problem.gradients) {
      expectClose(`gradient of ${name}`, first?.gradients.get(name) ?? [], data, PASS_TOLERANCE)
    }
  })

  it('in every parameter after ten steps with momentum', () => {
    for (const { name, data } of problem.after) {
      expectClose(name, more.at(-1)?.parameters.get(name) ?? [], data, TEN_STEPS_TOLERANCE)
    }
  })
})

it('covers every convolution and pooling', () => {
  const covered = new Set(golden.problems.flatMap(({ layers }) => layers.map(({ type }) => type)))
  const asked = layerSpecs.filter(({ family }) => family === 'convolution' || family === 'pooling')
  expect(asked.filter(({ type }) => !covered.has(type))).toEqual([])
})

describe('a small CNN follows PyTorch’s loss for 200 steps', () => {
  const { curve } = golden
  const settings = { ...golden.optimizer, learningRate: curve.learningRate }
  const relative = (got: readonly number[]) => got.map((loss, step) => Math.abs(loss / (curve.losses[step] ?? NaN) - 1))

  it('in the reference executor', () => {
    const got = descendOn(modelOf(curve), curve, { type: 'sgd', config: settings }, curve.losses.length).map(
      ({ loss }) => loss
    )
    expect(got).toHaveLength(200)
    expect(Math.max(...relative(got))).toBeLessThanOrEqual(CURVE_TOLERANCE)
  })

  it.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))('in the $build kernels', ({ kernels }) => {
    const losses = lossesByKernels(kernels, curve, settings, curve.losses.length)
    expect(losses).toHaveLength(200)
    expect(Math.max(...relative(losses))).toBeLessThanOrEqual(WASM_CURVE_TOLERANCE)
  })
})
