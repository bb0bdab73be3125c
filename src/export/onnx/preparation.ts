/**
 * Raw columns → features, inside the ONNX file: the same filling, encoding and scaling as in training.
 *
 * One input [N, 1] per feature column, under the column's own name: float32 for numbers (NaN or infinite = missing),
 * float64 for dates (milliseconds since 1970-01-01 UTC), text for the rest ("" = missing); images are uint8
 * [N, channels, height, width], pixels from 0 to 255; of windows each is [N, T], the oldest row first. Where rows without a value were left out of training, one gives NaN.
 */
import { featureNames, type FeaturePreparation, type Preparation } from '../../data'
import { concatenate, type Dimension, type OnnxBuilder } from './builder'
import { categoryBlock, rankBlock } from './features/categories'
import { dateBlock } from './features/dates'
import { imageBlock } from './features/images'
import { isPlain, numberBlock, numberWithIndicator, type NumberFeature } from './features/numbers'
import { wordsBlock } from './features/words'
import { dataType } from './proto'
import { cellFeatures, stackWindows } from './windows'

/** The ONNX type of a feature's input, and its name in interfaces. */
export function inputType({ kind }: FeaturePreparation): 'float32' | 'float64' | 'string' | 'uint8' {
  if (kind === 'image') return 'uint8'
  if (kind === 'number' || kind === 'raw') return 'float32'
  return kind === 'date' ? 'float64' : 'string'
}

/** The shape of one row in a feature's input. */
export function inputDimensions(
  feature: FeaturePreparation,
  { window }: Pick<Preparation, 'window'>
): readonly number[] {
  return feature.kind === 'image' ? [feature.channels, feature.height, feature.width] : [window?.steps ?? 1]
}

const typeOf = {
  float32: dataType.float,
  float64: dataType.double,
  string: dataType.string,
  uint8: dataType.uint8
} as const

const help: Record<FeaturePreparation['kind'], string> = {
  number: 'number; NaN where it is missing',
  category: 'category; empty text where it is missing',
  embedding: 'category; empty text where it is missing',
  ordinal: 'category; empty text where it is missing',
  boolean: 'category; empty text where it is missing',
  date: 'milliseconds since 1970-01-01 UTC; NaN where it is missing',
  words: 'text; empty where it is missing',
  image: 'pixels from 0 to 255, channel by channel',
  raw: 'number; there must be one'
}

/** Opset 20 (ONNX 1.15, 2023) brought the operator that finds words; everything else does with 13 (ONNX 1.8, 2020). */
export function opsetFor({ features }: Preparation): 13 | 20 {
  return features.some(({ kind }) => kind === 'words') ? 20 : 13
}

/** Declares one input per feature, in preparation order. */
export function addInputs(builder: OnnxBuilder, preparation: Preparation): void {
  const { window } = preparation
  const order = window === undefined ? '' : `; of the ${window.steps} rows up to the present one, the oldest first`
  for (const feature of preparation.features) {
    const shape: readonly Dimension[] = ['N', ...inputDimensions(feature, preparation)]
    builder.input(feature.name, typeOf[inputType(feature)], shape, `${help[feature.kind]}${order}`)
  }
}

/** Adds the preparation of the declared inputs: → features [N, F], or [N, F, T] of windows, float32. */
export function addPreparation(builder: OnnxBuilder, preparation: Preparation): string {
  const blocks: string[] = []
  let numbers: NumberFeature[] = []
  // Neighbouring numbers are prepared as one block: a table of 10,000 numbers is one set of nodes.
  const flush = () => {
    if (numbers.length > 0) blocks.push(numberBlock(builder, numbers))
    numbers = []
  }
  for (const feature of cellFeatures(builder, preparation)) {
    if (feature.kind === 'number' && isPlain(feature)) numbers.push(feature)
    else {
      flush()
      blocks.push(featureBlock(builder, feature))
    }
  }
  flush()
  const features = concatenate(builder, blocks, 'features')
  const { window } = preparation
  return window === undefined
    ? features
    : stackWindows(builder, features, window.steps, featureNames(preparation).length)
}

/** One feature → [N, its inputs], float32. */
function featureBlock(builder: OnnxBuilder, feature: FeaturePreparation): string {
  switch (feature.kind) {
    case 'number':
      return numberWithIndicator(builder, feature)
    case 'category':
      return categoryBlock(builder, feature)
    case 'embedding':
    case 'ordinal':
    case 'boolean':
      return rankBlock(builder, feature)
    case 'date':
      return dateBlock(builder, feature)
    case 'words':
      return wordsBlock(builder, feature)
    case 'image':
      return imageBlock(builder, feature)
    case 'raw':
      return feature.name
  }
}
