/** The registry of primitives: one line per primitive. */
import { add } from './add'
import { affine } from './affine'
import { avgPool2d } from './avg-pool2d'
import { avgPool2dGradient } from './avg-pool2d-gradient'
import { broadcastTo } from './broadcast-to'
import { concat } from './concat'
import { conv2d } from './conv2d'
import { conv2dInputGradient } from './conv2d-input-gradient'
import { conv2dWeightGradient } from './conv2d-weight-gradient'
import { divide } from './divide'
import { erf } from './erf'
import { exp } from './exp'
import { gatherRows } from './gather-rows'
import { keepMask } from './keep-mask'
import { logSoftmax } from './log-softmax'
import { matmul } from './matmul'
import { maxPool2d } from './max-pool2d'
import { maxPool2dGradient } from './max-pool2d-gradient'
import { maxPool2dTake } from './max-pool2d-take'
import { mean } from './mean'
import { multiply } from './multiply'
import { oneHot } from './one-hot'
import type { Op } from './op'
import { pad } from './pad'
import { relu } from './relu'
import { reshape } from './reshape'
import { scatterRows } from './scatter-rows'
import { sigmoid } from './sigmoid'
import { sign } from './sign'
import { slice } from './slice'
import { softmax } from './softmax'
import { softplus } from './softplus'
import { sqrt } from './sqrt'
import { square } from './square'
import { step } from './step'
import { subtract } from './subtract'
import { sum } from './sum'
import { tanh } from './tanh'
import { transpose } from './transpose'

export type { Kernel, Op, OpCase, VjpContext } from './op'

export const ops = [
  add,
  affine,
  avgPool2d,
  avgPool2dGradient,
  broadcastTo,
  concat,
  conv2d,
  conv2dInputGradient,
  conv2dWeightGradient,
  divide,
  erf,
  exp,
  gatherRows,
  keepMask,
  logSoftmax,
  matmul,
  maxPool2d,
  maxPool2dGradient,
  maxPool2dTake,
  mean,
  multiply,
  oneHot,
  pad,
  relu,
  reshape,
  scatterRows,
  sigmoid,
  sign,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  step,
  subtract,
  sum,
  tanh,
  transpose
] as const

export type OpName = (typeof ops)[number]['name']

const byName: ReadonlyMap<string, Op> = new Map(ops.map((op) => [op.name, op]))

/** The primitive of that name; a graph made by a `GraphBuilder` names no other. */
export function opNamed(name: string): Op {
  const op = byName.get(name)
  if (op === undefined) throw new Error(`There is no primitive "${name}"`)
  return op
}
