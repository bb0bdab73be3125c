/**
 * Layers against PyTorch: what is kept, forward, every gradient, ten steps, the running statistics and the answers after
 * them; 200-step curves in both executors. See scripts/golden/convolution.py and scripts/golden/layers.py.
 */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { descendOn, expectClose, namedSchema, readGolden, tensorSchema } from '../../../tests/golden'
import { lossesByKernels, modelOf, networkEntries } from '../../../tests/golden-networks'
import { allKernels } from '../../../tests/kernels'
import { keptTensors } from '../model/model'
import { predict } from '../train/evaluator'
import { layerSpecs, type LayerFamily } from '.'

/** Both sides compute in float64: some tens of roundings in one pass, more with each step. */
const PASS_TOLERANCE = 1e-13
const TEN_STEPS_TOLERANCE = 1e-12
const CURVE_TOLERANCE = 1e-10
/** What float32 may add up to over 200 steps. */
const WASM_CURVE_TOLERANCE = 1e-4

/** @param answers those after ten steps, where they differ from the outputs of training */
const goldenSchema = <Answers extends v.GenericSchema>(answers: Answers) =>
  v.object({
    source: v.string(),
    optimizer: v.object({ learningRate: v.number(), momentum: v.number() }),
    problems: v.array(
      v.object({
        ...networkEntries,
        outputs: tensorSchema,
        value: v.number(),
        gradients: v.array(namedSchema),
        after: v.array(namedSchema),
        answers
      })
    ),
    curves: v.array(
      v.object({ ...networkEntries, title: v.string(), learningRate: v.number(), losses: v.array(v.number()) })
    )
  })

const windowed: ReadonlySet<LayerFamily> = new Set(['convolution', 'pooling'] as const)

const files = [
  {
    name: 'convolution.json',
    golden: readGolden('convolution.json', goldenSchema(v.optional(v.undefined()))),
    covers: (family: LayerFamily) => windowed.has(family),
    // Each gradient is compared by its own largest value.
    vanishing: false
  },
  {
    name: 'layers.json',
    golden: readGolden('layers.json', goldenSchema(tensorSchema)),
    covers: (family: LayerFamily) => !windowed.has(family),
    // Where a bias is taken away again by what follows, its gradient is nothing but rounding.
    vanishing: true
  }
]

describe.each(files)('$name', ({ golden, covers, vanishing }) => {
  const sgd = { type: 'sgd', config: golden.optimizer }
  const entries = golden.problems.map((problem) => {
    const layer = problem.layers.find(({ name }) => name === 'layer') ?? problem.layers[0]
    const shape = problem.layers.find(({ type }) => type === 'reshape')?.config ?? problem.inputShape
    return { problem, title: `${layer?.type ?? ''} ${JSON.stringify(layer?.config)} on ${JSON.stringify(shape)}` }
  })

  describe.each(entries)('$title equals PyTorch', ({ problem }) => {
    const model = modelOf(problem)
    const [first, ...more] = descendOn(model, problem, sgd, 10)

    it('in names and shapes of all that is kept', () => {
      const kept = keptTensors(model).map(({ name, shape }) => ({ name, shape }))
      expect(kept).toEqual(problem.parameters.map(({ name, shape }) => ({ name, shape })))
    })

    it('in outputs, loss and every gradient', () => {
      expectClose('outputs', first?.outputs ?? [], problem.outputs.data, PASS_TOLERANCE)
      expectClose('loss', [first?.loss ?? NaN], [problem.value], PASS_TOLERANCE)
      expect([...(first?.gradients.keys() ?? [])]).toEqual(problem.gradients.map(({ name }) => name))
      const largest = vanishing ? Math.max(...problem.gradients.flatMap(({ data }) => data.map(Math.abs))) : 0
      for (const { name, data } of problem.gradients) {
        const got = first?.gradients.get(name) ?? []
        expectClose(`gradient of ${name}`, [...got, largest], [...data, largest], PASS_TOLERANCE)
      }
    })

    it('in every parameter and every running statistic after ten steps with momentum', () => {
      for (const { name, data } of problem.after) {
        expectClose(name, more.at(-1)?.parameters.get(name) ?? [], data, TEN_STEPS_TOLERANCE)
      }
    })

    const { answers } = problem
    if (answers !== undefined) {
      it('in its answers after them', () => {
        const parameters = new Map(
          problem.after.map(({ name, shape, data }) => [name, { shape, data: Float64Array.from(data) }])
        )
        const features = problem.batches[0]?.features ?? { shape: [0], data: [] }
        const rows = {
          shape: [features.shape[0] ?? 0, ...problem.inputShape],
          data: Float64Array.from(features.data)
        }
        const { data } = predict(model, parameters, problem.loss, problem.task, rows)
        expectClose('answers', data, answers.data, PASS_TOLERANCE)
      })
    }
  })

  it('covers every layer of its families', () => {
    const covered = new Set(golden.problems.flatMap(({ layers }) => layers.map(({ type }) => type)))
    // Dropout draws other numbers than PyTorch: dropout.test.ts.
    const elsewhere = ['dropout']
    const asked = layerSpecs.filter(({ family }) => covers(family)).map(({ type }) => type)
    expect(asked.filter((type) => !covered.has(type) && !elsewhere.includes(type))).toEqual([])
  })

  describe.each(golden.curves)('the loss of $title follows PyTorch’s for 200 steps', (curve) => {
    const settings = { ...golden.optimizer, learningRate: curve.learningRate }
    const worst = (got: readonly number[]) => {
      expect(got).toHaveLength(200)
      return Math.max(...got.map((loss, step) => Math.abs(loss / (curve.losses[step] ?? NaN) - 1)))
    }

    it('in the reference executor', () => {
      const steps = descendOn(modelOf(curve), curve, { type: 'sgd', config: settings }, curve.losses.length)
      expect(worst(steps.map(({ loss }) => loss))).toBeLessThanOrEqual(CURVE_TOLERANCE)
    })

    it.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))(
      'in the $build kernels',
      ({ kernels }) => {
        const losses = lossesByKernels(kernels, curve, settings, curve.losses.length)
        expect(worst(losses)).toBeLessThanOrEqual(WASM_CURVE_TOLERANCE)
      }
    )
  })
})
