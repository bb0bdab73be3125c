import type { Shape } from '../spec'
import { lastAxisCases, needsLastAxis } from './last-axis'
import { operand, type Kernel, type Op } from './op'

/**
 * y[k] = x[k] − log Σ e^x[j] over the last axis, computed from x − max x: finite for finite x.
 * ∂L/∂x = g − e^y·Σ g.
 */
export const logSoftmax: Op<'logSoftmax'> = {
  name: 'logSoftmax',
  formula: 'x[k] − log Σ e^x[j]',
  shape: needsLastAxis,
  kernel: (inputs) => logSoftmaxKernel(operand(inputs, 0)),
  vjp({ graph, output, gradient }) {
    const last = graph.shapeOf(output).length - 1
    const total = graph.apply('sum', [gradient], { axes: [last], keepDims: true })
    const share = graph.apply('multiply', [graph.apply('exp', [output]), total])
    return [graph.apply('subtract', [gradient, share])]
  },
  cases: lastAxisCases
}

function logSoftmaxKernel(shape: Shape): Kernel {
  const size = shape.at(-1) ?? 1
  return (inputs, y) => {
    const x = operand(inputs, 0)
    for (let start = 0; start < y.length; start += size) {
      let max = -Infinity
      for (let i = start; i < start + size; i++) max = Math.max(max, x[i] ?? 0)
      let sum = 0
      for (let i = start; i < start + size; i++) sum += Math.exp((x[i] ?? 0) - max)
      const logSum = Math.log(sum)
      // Max first: x − (max + logSum) would round logSum away beside a large max.
      for (let i = start; i < start + size; i++) y[i] = (x[i] ?? 0) - max - logSum
    }
  }
}
