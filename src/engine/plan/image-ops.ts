/** The primitives of convolution and pooling. */
export const imageOps = [
  'conv2d',
  'conv2dInputGradient',
  'conv2dWeightGradient',
  'maxPool2d',
  'maxPool2dTake',
  'maxPool2dGradient',
  'avgPool2d',
  'avgPool2dGradient'
] as const
export type ImageOp = (typeof imageOps)[number]

/** The name as one of these, or null. */
export function imageOpNamed(op: string): ImageOp | null {
  return imageOps.find((name) => name === op) ?? null
}
