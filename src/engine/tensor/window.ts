/** How a window moves along one axis: the arithmetic of convolution and pooling. */

/** One axis that a window moves along. Tap t of output o stands at o · stride + t · dilation − before. */
export interface WindowAxis {
  /** Values along the axis. */
  readonly size: number
  /** Taps of the window. */
  readonly kernel: number
  readonly stride: number
  /** From one tap to the next. */
  readonly dilation: number
  /** Values added before the first and after the last one. */
  readonly before: number
  readonly after: number
}

/** Values from the first tap of a window to its last: (kernel − 1) · dilation + 1. */
export function windowExtent({ kernel, dilation }: Pick<WindowAxis, 'kernel' | 'dilation'>): number {
  return (kernel - 1) * dilation + 1
}

/** ⌊(size + before + after − extent) / stride⌋ + 1 outputs; none where the window is larger than what it moves over. */
export function windowCount(axis: WindowAxis): number {
  const room = axis.size + axis.before + axis.after - windowExtent(axis)
  return room < 0 ? 0 : Math.floor(room / axis.stride) + 1
}

/**
 * Padding that gives ⌈size / stride⌉ outputs: [before, after], one more after where the total is odd. With stride 1 that is
 * PyTorch's `padding='same'`; with a larger stride, which PyTorch refuses, TensorFlow's SAME and ONNX' SAME_UPPER.
 */
export function samePadding(
  size: number,
  { kernel, stride, dilation }: Pick<WindowAxis, 'kernel' | 'stride' | 'dilation'>
): readonly [number, number] {
  const outputs = Math.ceil(size / stride)
  const total = Math.max(0, (outputs - 1) * stride + windowExtent({ kernel, dilation }) - size)
  return [Math.floor(total / 2), Math.ceil(total / 2)]
}

/** The outputs whose given tap stands on a value, not on padding: from `first` to below `end`. */
export function outputsOnValues(axis: WindowAxis, tap: number): { readonly first: number; readonly end: number } {
  const offset = tap * axis.dilation - axis.before
  const first = Math.max(0, Math.ceil(-offset / axis.stride))
  const end = Math.min(windowCount(axis), Math.floor((axis.size - 1 - offset) / axis.stride) + 1)
  return { first, end: Math.max(first, end) }
}
