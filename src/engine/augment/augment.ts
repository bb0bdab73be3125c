/** Training images that are changed at random in every epoch. */
import { ConfigError } from '../../shared/errors'
import { numberSetting, parseConfig, type Config } from '../fields'
import { RandomStream } from '../random/stream'
import { isRowSource, type Features, type RowSource } from '../train/row-source'
import { changeImage, type Change } from './change'
import { augmentationFields } from './fields'

/** Whether anything is changed. */
export function augments(config: Config): boolean {
  return Object.values(config).some((value) => value !== 0 && value !== false)
}

/**
 * The same rows; in training passes each is changed by what is drawn from (seed, epoch, row), whatever the order of rows,
 * the threads and the executor. Rows that are judged or predicted stay as they are.
 * @param config of `augmentationFields`; defaults for what is left out
 * @returns the features themselves when nothing is to be changed
 * @throws ConfigError `invalid-config`; `augmentation-without-images` when the rows are no images
 */
export function augmented(features: Features, config: Config, seed: number): Features {
  const settings = parseConfig('Augmentation', augmentationFields, config)
  if (!augments(settings)) return features
  const image = isRowSource(features) ? features.image : undefined
  if (!isRowSource(features) || image === undefined) {
    throw new ConfigError(
      'augmentation-without-images',
      'Augmentation changes images, and the rows to train on are numbers of other kinds. Switch it off, or train on images.',
      { field: 'augmentation' }
    )
  }
  const pixels = new Float64Array(image.channels * image.height * image.width)
  const one = new Int32Array(1)
  const write: RowSource['write'] = (rows, into, at, pass) => {
    if (pass === null) return features.write(rows, into, at, pass)
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0
      one[0] = row
      features.write(one, pixels, 0, pass)
      changeImage(image, pixels, drawn(settings, seed, pass.epoch, row), into, at + i * pixels.length)
    }
  }
  return { shape: features.shape, image, write }
}

/** What is done to a row in an epoch. All numbers are drawn, whatever is on: one setting does not change another's. */
export function drawn(settings: Config, seed: number, epoch: number, row: number): Change {
  const random = new RandomStream(seed, 'augment', epoch * 2 ** 32 + row)
  const [mirrorX, mirrorY] = [random.uniform() < 0.5, random.uniform() < 0.5]
  const around = (key: string): number => (2 * random.uniform() - 1) * numberSetting(settings, key)
  return {
    flipHorizontal: settings['flipHorizontal'] === true && mirrorX,
    flipVertical: settings['flipVertical'] === true && mirrorY,
    shift: [around('shift'), around('shift')],
    rotate: around('rotate'),
    zoom: 1 + around('zoom'),
    brightness: around('brightness')
  }
}
