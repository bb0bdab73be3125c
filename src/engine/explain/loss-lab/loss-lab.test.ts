import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReferenceProgram } from '../../executors/reference/program'
import { gradients } from '../../backprop/gradients'
import { GraphBuilder } from '../../graph/builder'
import { defaultsOf } from '../../fields'
import { lossFor, type LossName } from '../../losses'
import { compileModel, initializeParameters } from '../../model/model'
import { modelSpecOf } from '../../model/spec-of'
import { tasks, type Task } from '../../spec'
import { denseNode } from '../../testing'
import { isSaturated, labLosses, outputGradient } from './output-gradient'
import { asTwoOutputs, saturatedStart, withOutputsFor } from './saturated-start'

/** ∂E/∂z by backpropagation through the graph that the loss builds. */
function byGraph(name: LossName, task: Task, logits: readonly number[], target: number): number {
  const graph = new GraphBuilder()
  const input = graph.input('z', [1, logits.length])
  const targets = graph.input('t', [1, 1])
  const loss = lossFor(name, task)
  const settings = { config: defaultsOf(loss.fields), classWeights: null }
  const total = loss.build(graph, task, input, targets, settings, null)
  const [gradient = total] = gradients(graph, total, [input])
  const program = new ReferenceProgram(graph.graph, [gradient])
  program.run(
    new Map([
      ['z', Float64Array.from(logits)],
      ['t', Float64Array.of(target)]
    ])
  )
  return program.value(gradient).at(-1) ?? NaN
}

describe('outputGradient', () => {
  it('is what backpropagation finds, for every loss of every task', () => {
    const cases = tasks.flatMap((task) => labLosses(task).map((loss) => [task, loss] as const))
    expect(cases).toHaveLength(7)
    fc.assert(
      fc.property(
        fc.double({ min: -12, max: 12, noNaN: true }),
        fc.constantFrom(0 as const, 1 as const),
        (z, target) => {
          for (const [task, loss] of cases) {
            const answers = task === 'multi-class' ? 4 : 2
            const units = task === 'multi-label' ? 1 : lossFor(loss, task).outputUnits(task, answers)
            const logits = Array.from({ length: units }, (_, k) => (k === units - 1 ? z : 0))
            const wanted = units === 1 ? target : target === 1 ? units - 1 : 0
            const { delta } = outputGradient(loss, task, answers, { z, target })
            expect(delta).toBeCloseTo(byGraph(loss, task, logits, wanted), 12)
          }
        }
      )
    )
  })

  it('vanishes with squared error where the network is surely wrong, and not with the losses that go with the output', () => {
    const wrong = { z: -10, target: 1 } as const
    expect(isSaturated(outputGradient('squared', 'binary', 2, wrong).p)).toBe(true)
    expect(Math.abs(outputGradient('squared', 'binary', 2, wrong).delta)).toBeLessThan(1e-4)
    expect(outputGradient('log', 'binary', 2, wrong).delta).toBeCloseTo(-1, 4)
    expect(outputGradient('cross-entropy', 'binary', 2, wrong).delta).toBeCloseTo(-1, 4)
    expect(outputGradient('cross-entropy', 'multi-class', 5, wrong).delta).toBeCloseTo(-1, 4)
    expect(isSaturated(0.5)).toBe(false)
  })
})

describe('first weights that are sure', () => {
  const specOf = (loss: LossName, task: Task, answers: number) =>
    modelSpecOf([denseNode('hidden', 4, 'tanh')], 3, task, loss, answers)

  it('move the bias of one class, of the one output for two of them, or of every label', () => {
    const of = (task: Task, answers: number, towards: number | null) => {
      const model = compileModel(specOf('squared', task, answers))
      const first = initializeParameters(model, 1)
      const start = saturatedStart(first, 'output', { towards, shift: 5 })
      expect(start.get('output.weight')).toBe(first.get('output.weight'))
      return [...(start.get('output.bias')?.data ?? [])]
    }
    expect(of('binary', 2, 1)).toEqual([5])
    expect(of('binary', 2, 0)).toEqual([-5])
    expect(of('multi-class', 3, 1)).toEqual([0, 5, 0])
    expect(of('multi-label', 3, null)).toEqual([5, 5, 5])
    expect(() => saturatedStart(new Map(), 'output', { towards: 0, shift: 1 })).toThrow(
      expect.objectContaining({ code: 'output-not-dense' })
    )
  })

  it('stand as two outputs whose difference is the one', () => {
    const model = compileModel(specOf('log', 'binary', 2))
    const first = saturatedStart(initializeParameters(model, 1), 'output', { towards: 1, shift: 3 })
    const two = asTwoOutputs(first, 'output')
    for (const name of ['output.weight', 'output.bias']) {
      const one = first.get(name)?.data ?? new Float64Array()
      const both = two.get(name)?.data ?? new Float64Array()
      expect([...one].map((_, i) => (both[one.length + i] ?? NaN) - (both[i] ?? NaN))).toEqual([...one])
    }
    expect(two.get('hidden.weight')).toBe(first.get('hidden.weight'))
    const spec = withOutputsFor(model.spec, 'cross-entropy', 'binary', 2)
    expect(compileModel(spec).parameters.map(({ name, shape }) => [name, shape])).toEqual(
      [...two].map(([name, { shape }]) => [name, shape])
    )
  })

  it('need a last layer whose outputs can be told', () => {
    const spec = specOf('squared', 'binary', 2)
    const layers = spec.layers.map((layer) => (layer.name === 'output' ? { ...layer, type: 'flatten' } : layer))
    expect(() => withOutputsFor({ ...spec, layers }, 'cross-entropy', 'binary', 2)).toThrow(
      expect.objectContaining({ code: 'output-not-dense' })
    )
  })
})
