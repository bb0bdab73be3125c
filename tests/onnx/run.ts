/** Runs an ONNX node test on the reference executor. */
import { ReferenceProgram } from '../../src/engine/executors/reference/program'
import { GraphBuilder } from '../../src/engine/graph/builder'
import type { NodeId } from '../../src/engine/graph/graph'
import { sameShape, showShape } from '../../src/engine/tensor/tensor'
import { NotCovered, RuleContext, THREE_AXES, type Rule, type Value } from './context'
import { operatorsOf, type NodeTest, type OnnxTensor } from './corpus'
import { buildingRules, rules } from './operators'

/**
 * Largest difference allowed, relative to 1 + |expected|. Expected values are float32 sums of up to a few thousand
 * terms, computed by NumPy; ours are float64. ONNX itself allows 1e-3 of |expected|.
 */
export const TOLERANCE = 2e-6

/** Tests that are not passed for a reason of their own. */
export const exceptions: ReadonlyMap<string, string> = new Map([
  ['adam_multiple', 'its values were computed with an epsilon of 0.01, its model has none, which means 1e-6'],
  ['averagepool_3d_default', THREE_AXES],
  ['maxpool_3d_default', THREE_AXES]
])

/** What came of a test. */
export type Outcome =
  | { readonly kind: 'passed'; readonly difference: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'not covered'; readonly reason: string }

export function runTest(test: NodeTest): Outcome {
  const unknown = operatorsOf(test).filter((operator) => ruleFor(operator) === undefined)
  if (unknown.length > 0) return { kind: 'not covered', reason: `uses ${unknown.join(', ')}` }
  if (test.inputs.some(({ type }) => type === null)) {
    return { kind: 'not covered', reason: 'takes a sequence or an optional value' }
  }
  const exception = exceptions.get(test.name)
  if (exception !== undefined) return { kind: 'not covered', reason: exception }
  return attempt(test)
}

/** The test itself, exception or not. */
export function attempt(test: NodeTest): Outcome {
  if (test.data === null) return { kind: 'not covered', reason: `its data (${test.bytes} bytes) is not kept here` }
  try {
    return compare(test, test.data())
  } catch (thrown) {
    if (thrown instanceof NotCovered) return { kind: 'not covered', reason: thrown.message }
    return { kind: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

function compare(test: NodeTest, data: { inputs: readonly OnnxTensor[]; outputs: readonly OnnxTensor[] }): Outcome {
  const graph = new GraphBuilder()
  const feeds = new Map<string, Float64Array>()
  const values = new Map<string, Value>()
  for (const [name, tensor] of test.initializers) {
    values.set(name, { node: graph.constant(tensor.shape, tensor.data), type: tensor.type })
  }
  test.inputs.forEach(({ name, type }, place) => {
    const tensor = data.inputs[place]
    if (tensor === undefined) throw new Error(`no data for the input "${name}"`)
    feeds.set(name, tensor.data)
    values.set(name, { node: graph.input(name, tensor.shape), type })
  })
  const evaluate = (node: NodeId) => {
    const program = new ReferenceProgram(graph.graph, [node])
    program.run(feeds)
    return program.value(node)
  }
  for (const node of test.nodes) {
    const rule = ruleFor(node.op_type)
    if (rule === undefined) throw new Error(`no rule for ${node.op_type}`)
    // An input without a name is one that is left out.
    const inputs = node.input.map((name) => (name === '' ? null : valueOf(values, name)))
    const results = [rule(new RuleContext(graph, node, inputs, evaluate))].flat()
    node.output.forEach((name, place) => {
      const result = results[place]
      if (result !== undefined) values.set(name, { node: result, type: null })
    })
  }
  const outputs = test.outputs.map((name) => valueOf(values, name).node)
  const program = new ReferenceProgram(graph.graph, outputs)
  program.run(feeds)
  let worst = 0
  for (const [place, node] of outputs.entries()) {
    const expected = data.outputs[place]
    const got = program.tensor(node)
    if (expected === undefined) throw new Error(`no data for output ${place}`)
    if (!sameShape(got.shape, expected.shape)) {
      return { kind: 'failed', message: `shape ${showShape(got.shape)}, expected ${showShape(expected.shape)}` }
    }
    got.data.forEach((value, i) => {
      const wanted = expected.data[i] ?? NaN
      const difference = Object.is(value, wanted) ? 0 : Math.abs(value - wanted) / (1 + Math.abs(wanted))
      worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference)
    })
  }
  if (worst <= TOLERANCE) return { kind: 'passed', difference: worst }
  return { kind: 'failed', message: `differs by ${worst.toExponential(2)}, allowed ${TOLERANCE}` }
}

function ruleFor(operator: string): Rule | undefined {
  return rules.get(operator) ?? buildingRules.get(operator)
}

function valueOf(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name)
  if (value === undefined) throw new Error(`there is no value "${name}"`)
  return value
}
