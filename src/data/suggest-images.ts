/** A first network for images. */
import { defaultsOf, layerSpecs, optimizerSpecs, type Config } from '../engine/catalog'
import type { Setup } from '../shared/setup'
import type { ImageColumn } from './table'

/** Channels of the convolutions, one after the other, each halved in size behind it. */
const convolutions = [16, 32]
const denseUnits = 64
const epochs = 6

/**
 * Convolution and pooling twice, then a dense layer; Adam at 0.001, which needs no tuning on images. An epoch shows every pixel
 * of every image, so few are enough. Images too small to be halved are not.
 */
export function imageSettings({ width, height }: ImageColumn): Pick<Setup, 'layers' | 'optimizer' | 'epochs'> {
  const layers: Setup['layers'][number][] = []
  const add = (name: string, type: string, config: Config): void => {
    const spec = layerSpecs.find((each) => each.type === type)
    layers.push({ name, type, inputs: [], config: { ...defaultsOf(spec?.fields ?? []), ...config } })
  }
  let least = Math.min(width, height)
  for (const [index, outChannels] of convolutions.entries()) {
    add(`conv${index + 1}`, 'conv2d', { outChannels, kernelSize: 3, padding: 'same', activation: 'relu' })
    if (least < 4) continue
    add(`pool${index + 1}`, 'max-pool2d', { kernelSize: 2, stride: 2 })
    least = Math.floor(least / 2)
  }
  add('flatten', 'flatten', {})
  add('dense1', 'dense', { units: denseUnits, activation: 'relu' })
  const adam = optimizerSpecs.find(({ type }) => type === 'adam')
  return {
    layers,
    optimizer: { type: 'adam', config: { ...defaultsOf(adam?.fields ?? []), learningRate: 0.001 } },
    epochs
  }
}
