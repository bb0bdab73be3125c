/** The registry of primitives: one line per primitive. */
import { add } from './add'
import { affine } from './affine'
import { broadcastTo } from './broadcast-to'
import { divide } from './divide'
import { erf } from './erf'
import { exp } from './exp'
import { logSoftmax } from './log-softmax'
import { matmul } from './matmul'
import { mean } from './mean'
import { multiply } from './multiply'
import { oneHot } from './one-hot'
import type { Op } from './op'
import { relu } from './relu'
import { reshape } from './reshape'
import { sigmoid } from './sigmoid'
import { sign } from './sign'
import { softmax } from './softmax'
import { softplus } from './softplus'
import { sqrt } from './sqrt'
import { square } from './square'
import { step } from './step'
import { subtract } from './subtract'
import { sum } from './sum'
import { tanh } from './tanh'

export type { Kernel, Op, OpCase, VjpContext } from './op'

export const ops = [
  add,
  affine,
  broadcastTo,
  divide,
  erf,
  exp,
  logSoftmax,
  matmul,
  mean,
  multiply,
  oneHot,
  relu,
  reshape,
  sigmoid,
  sign,
  softmax,
  softplus,
  sqrt,
  square,
  step,
  subtract,
  sum,
  tanh
] as const

export type OpName = (typeof ops)[number]['name']

const byName: ReadonlyMap<string, Op> = new Map(ops.map((op) => [op.name, op]))

/** The primitive of that name; a graph made by a `GraphBuilder` names no other. */
export function opNamed(name: string): Op {
  const op = byName.get(name)
  if (op === undefined) throw new Error(`There is no primitive "${name}"`)
  return op
}
