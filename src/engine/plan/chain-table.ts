/** Which primitives run as operations of a chain, and the numbers by which the kernels know the operations. */
import { imageOpNamed } from './image-ops'

/** As in src/engine/kernels/chain-codes.ts. */
export const chainCodes = {
  copy: 0,
  add: 1,
  subtract: 2,
  multiply: 3,
  divide: 4,
  affine: 5,
  scaledAdd: 6,
  multiplyAdd: 7,
  multiplyFrom: 8,
  mask: 9,
  relu: 10,
  step: 11,
  square: 12,
  sqrt: 13,
  sign: 14,
  exp: 15,
  log: 16,
  tanh: 17,
  sigmoid: 18,
  softplus: 19,
  check: 20,
  splat: 21,
  constant: 22,
  periodic: 23,
  repeated: 24,
  indexed: 25,
  erf: 26,
  cycled: 27
} as const
export type ChainCode = keyof typeof chainCodes

/** Primitives that are one operation each, with as many operands. */
export const elementwise: ReadonlyMap<string, ChainCode> = new Map<string, ChainCode>([
  ['add', 'add'],
  ['subtract', 'subtract'],
  ['multiply', 'multiply'],
  ['divide', 'divide'],
  ['affine', 'affine'],
  ['mask', 'mask'],
  ['relu', 'relu'],
  ['step', 'step'],
  ['square', 'square'],
  ['sqrt', 'sqrt'],
  ['sign', 'sign'],
  ['exp', 'exp'],
  ['log', 'log'],
  ['tanh', 'tanh'],
  ['sigmoid', 'sigmoid'],
  ['softplus', 'softplus'],
  ['erf', 'erf'],
  // Its operand is repeated as that of any other operation.
  ['broadcastTo', 'copy']
])

/** Primitives with a kernel of their own. */
const kernels: ReadonlySet<string> = new Set([
  'matmul',
  'sum',
  'softmax',
  'logSoftmax',
  'oneHot',
  'concat',
  'slice',
  'pad',
  'gatherRows',
  'scatterRows',
  'keepMask',
  'transpose'
])

/** What needs no computation. */
const free: ReadonlySet<string> = new Set(['input', 'parameter', 'buffer', 'constant', 'splat', 'reshape'])

/** Whether the wasm executor can run this operation of a plan. */
export function hasKernel(op: string): boolean {
  return elementwise.has(op) || kernels.has(op) || imageOpNamed(op) !== null || free.has(op)
}
