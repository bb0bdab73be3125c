/** What the first convolution of a network looks for: its weights as small pictures. */
import { INPUT, type LayerNode } from '../../engine'
import type { FiltersView } from '../../shared/run-views'
import type { Experiment, Moment } from '../experiment'

const MAX_FILTERS = 64
/** Numbers of all filters together, at most: fewer of large ones are shown. */
const MAX_NUMBERS = 2 ** 18
const convolutions: ReadonlySet<string> = new Set(['conv2d', 'conv1d'])
/** Layers after which a number still stands for the pixel it came from. */
const keepsPixels: ReadonlySet<string> = new Set([
  ...['activation', 'batch-norm', 'layer-norm', 'group-norm'],
  ...['dropout', 'reshape']
])

/**
 * The filters of the first convolution, each divided by its largest size. Those along a signal are pictures with a line for each of
 * its channels. Null where no convolution sees the input's own numbers.
 */
export function filtersOf({ model }: Experiment, { epoch, parameters }: Moment): FiltersView | null {
  const layer = firstConvolution(model.spec.layers)
  const weight = layer === null ? undefined : parameters.get(`${layer.name}.weight`)
  if (layer === null || weight === undefined) return null
  const [all = 0, channels = 0, ...kernel] = weight.shape
  const [one, height, width] =
    kernel.length === 1 ? [1, channels, kernel[0] ?? 0] : [channels, kernel[0] ?? 0, kernel[1] ?? 0]
  const size = one * height * width
  const filters = Math.min(all, MAX_FILTERS, Math.max(1, Math.floor(MAX_NUMBERS / size)))
  const values = new Float32Array(filters * size)
  for (let filter = 0; filter < filters; filter++) {
    const own = weight.data.subarray(filter * size, (filter + 1) * size)
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    if (largest > 0)
      values.set(
        Float32Array.from(own, (value) => value / largest),
        filter * size
      )
  }
  return { layer: layer.name, epoch, shape: [filters, one, height, width], values }
}

function firstConvolution(layers: readonly LayerNode[]): LayerNode | null {
  const reached = new Set([INPUT])
  for (const layer of layers) {
    if (!layer.inputs.some((name) => reached.has(name))) continue
    if (convolutions.has(layer.type)) return layer
    if (keepsPixels.has(layer.type)) reached.add(layer.name)
  }
  return null
}
