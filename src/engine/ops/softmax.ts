import type { Shape } from '../spec'
import { lastAxisCases, needsLastAxis } from './last-axis'
import { operand, type Kernel, type Op } from './op'

/**
 * y[k] = e^x[k] / Σ e^x[j] over the last axis, computed from x − max x, so it cannot overflow.
 * ∂L/∂x = y·(g − Σ g·y).
 */
export const softmax: Op<'softmax'> = {
  name: 'softmax',
  formula: 'e^x[k] / Σ e^x[j]',
  shape: needsLastAxis,
  kernel: (inputs) => softmaxKernel(operand(inputs, 0)),
  vjp({ graph, output, gradient }) {
    const last = graph.shapeOf(output).length - 1
    const weighted = graph.apply('multiply', [gradient, output])
    const mean = graph.apply('sum', [weighted], { axes: [last], keepDims: true })
    return [graph.apply('multiply', [output, graph.apply('subtract', [gradient, mean])])]
  },
  cases: lastAxisCases
}

function softmaxKernel(shape: Shape): Kernel {
  const size = shape.at(-1) ?? 1
  return (inputs, y) => {
    const x = operand(inputs, 0)
    for (let start = 0; start < y.length; start += size) {
      let max = -Infinity
      for (let i = start; i < start + size; i++) max = Math.max(max, x[i] ?? 0)
      let sum = 0
      for (let i = start; i < start + size; i++) {
        const e = Math.exp((x[i] ?? 0) - max)
        y[i] = e
        sum += e
      }
      for (let i = start; i < start + size; i++) y[i] = (y[i] ?? 0) / sum
    }
  }
}
