/**
 * Raw columns → features, inside the ONNX file: the same filling, encoding and standardising as in training.
 *
 * One input [N, 1] per feature column, under the column's own name: float32 for numbers (NaN or infinite =
 * missing), text for categories ("" = missing, unknown = all zeros). Raw numbers go to the network as they are.
 */
import type { FeaturePreparation, Preparation } from '../../data'
import type { OnnxBuilder } from './builder'
import { ML_DOMAIN } from './builder'
import { dataType } from './proto'

type NumberFeature = Extract<FeaturePreparation, { kind: 'number' }>
type CategoryFeature = Extract<FeaturePreparation, { kind: 'category' }>

/** The ONNX type of a feature's input, and its name in interfaces. */
export function inputType(feature: FeaturePreparation): 'float32' | 'string' {
  return feature.kind === 'category' ? 'string' : 'float32'
}

/** Declares one input per feature, in preparation order. */
export function addInputs(builder: OnnxBuilder, preparation: Preparation): void {
  for (const feature of preparation.features) {
    const help = {
      number: 'number; NaN where it is missing',
      category: 'category; empty text where it is missing',
      raw: 'number; there must be one'
    }
    const type = inputType(feature) === 'string' ? dataType.string : dataType.float
    builder.input(feature.name, type, ['N', 1], help[feature.kind])
  }
}

/** Adds the preparation of the declared inputs: → features [N, F], float32. */
export function addPreparation(builder: OnnxBuilder, preparation: Preparation): string {
  const blocks: string[] = []
  let numbers: NumberFeature[] = []
  // Neighbouring numbers are prepared as one block: a table of 10,000 numbers is one set of nodes.
  const flush = () => {
    if (numbers.length > 0) blocks.push(numberBlock(builder, numbers))
    numbers = []
  }
  for (const feature of preparation.features) {
    if (feature.kind === 'number') numbers.push(feature)
    else {
      flush()
      blocks.push(feature.kind === 'raw' ? feature.name : categoryBlock(builder, feature))
    }
  }
  flush()
  return concatenate(builder, blocks, 'features')
}

/**
 * z = (x − mean) / scale with x = fill where it is missing: [N, 1] each → [N, columns]. Computed in float64,
 * as the studio does, because a float32 x − mean loses the digits that matter when the mean is large.
 */
function numberBlock(builder: OnnxBuilder, features: readonly NumberFeature[]): string {
  const columns = features.map((feature) => feature.name)
  const shape = [1, features.length]
  const raw = concatenate(builder, columns, 'numbers')
  const missing = builder.node('Or', [
    builder.node('IsNaN', [raw], { hint: 'numbers.isNaN' }),
    builder.node('IsInf', [raw], { hint: 'numbers.isInfinite' })
  ])
  const fill = builder.float32(
    'numbers.fill',
    shape,
    features.map((feature) => feature.fill)
  )
  const filled = builder.node('Where', [missing, fill, raw], { hint: 'numbers.filled' })
  const wide = builder.node('Cast', [filled], { attributes: [['to', dataType.double]], hint: 'numbers.float64' })
  const mean = builder.float64(
    'numbers.mean',
    shape,
    features.map((feature) => feature.mean)
  )
  const scale = builder.float64(
    'numbers.scale',
    shape,
    features.map((feature) => feature.scale)
  )
  const centred = builder.node('Sub', [wide, mean], { hint: 'numbers.centred' })
  const scaled = builder.node('Div', [centred, scale], { hint: 'numbers.scaled' })
  return builder.node('Cast', [scaled], { attributes: [['to', dataType.float]], hint: 'numbers.standardised' })
}

/** One-hot over the training categories: text [N, 1] → [N, categories]. */
function categoryBlock(builder: OnnxBuilder, { name, categories, fill }: CategoryFeature): string {
  // An index past the last category is out of OneHot's range, which gives all zeros: what unknown text is to be.
  const unknown = categories.length
  const index = builder.node('LabelEncoder', [name], {
    domain: ML_DOMAIN,
    attributes: [
      ['keys_strings', [...categories, '']],
      ['values_int64s', [...categories.keys(), categories.indexOf(fill)]],
      ['default_int64', unknown]
    ],
    hint: `${name}.index`
  })
  const depth = builder.int64(`${name}.categories`, [1], [categories.length])
  const offOn = builder.float32(`${name}.offOn`, [2], [0, 1])
  const cube = builder.node('OneHot', [index, depth, offOn], { attributes: [['axis', -1]], hint: `${name}.oneHot3` })
  // 0 keeps N.
  const shape = builder.int64(`${name}.shape`, [2], [0, categories.length])
  return builder.node('Reshape', [cube, shape], { hint: `${name}.oneHot` })
}

function concatenate(builder: OnnxBuilder, names: readonly string[], hint: string): string {
  const [first] = names
  if (names.length === 1 && first !== undefined) return first
  return builder.node('Concat', names, { attributes: [['axis', 1]], hint })
}
