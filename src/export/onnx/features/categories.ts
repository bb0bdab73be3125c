/** Categories inside the ONNX file: one input each, or one number for their rank. */
import type { FeaturePreparation } from '../../../data'
import { ML_DOMAIN, type OnnxBuilder } from '../builder'
import { emptyTexts, replaced, withIndicator } from './missing'

type CategoryFeature = Extract<FeaturePreparation, { kind: 'category' }>
type RankFeature = Extract<FeaturePreparation, { kind: 'ordinal' | 'boolean' | 'embedding' }>

/** One-hot over the training categories: text [N, 1] → [N, categories]. */
export function categoryBlock(builder: OnnxBuilder, feature: CategoryFeature): string {
  const { name, categories } = feature
  // An index past the last category is out of OneHot's range, which gives all zeros: what unknown text is to be.
  const index = indexOf(builder, feature)
  const depth = builder.int64(`${name}.categories`, [1], [categories.length])
  const offOn = builder.float32(`${name}.offOn`, [2], [0, 1])
  const cube = builder.node('OneHot', [index, depth, offOn], { attributes: [['axis', -1]], hint: `${name}.oneHot3` })
  // 0 keeps N.
  const shape = builder.int64(`${name}.shape`, [2], [0, categories.length])
  return withMissing(builder, feature, builder.node('Reshape', [cube, shape], { hint: `${name}.oneHot` }))
}

/** The rank of a category, scaled; 0, 1 and ½ for a boolean; the entry of an embedding: text [N, 1] → [N, 1]. */
export function rankBlock(builder: OnnxBuilder, feature: RankFeature): string {
  const { name, categories } = feature
  const values = [...[...categories.keys()].map((rank) => valueOf(feature, rank)), valueOf(feature, null)]
  const table = builder.float32(`${name}.ranks`, [values.length], values)
  const rank = builder.node('Gather', [table, indexOf(builder, feature)], {
    attributes: [['axis', 0]],
    hint: `${name}.rank`
  })
  return withMissing(builder, feature, rank)
}

/** @param rank null: of none that is known */
function valueOf(feature: RankFeature, rank: number | null): number {
  switch (feature.kind) {
    case 'boolean':
      return rank ?? 0.5
    case 'embedding':
      return rank === null ? 0 : rank + 1
    case 'ordinal':
      return rank === null ? 0 : (rank - feature.mean) / feature.scale
  }
}

/** text [N, 1] → int64 [N, 1]: the place of the category, or their number for any other and where nothing fills. */
function indexOf(builder: OnnxBuilder, { name, categories, fill }: CategoryFeature | RankFeature): string {
  const unknown = categories.length
  return builder.node('LabelEncoder', [name], {
    domain: ML_DOMAIN,
    attributes: [
      ['keys_strings', [...categories, '']],
      ['values_int64s', [...categories.keys(), fill === null ? unknown : categories.indexOf(fill)]],
      ['default_int64', unknown]
    ],
    hint: `${name}.index`
  })
}

function withMissing(builder: OnnxBuilder, feature: CategoryFeature | RankFeature, block: string): string {
  if (feature.indicator === true) return withIndicator(builder, block, emptyTexts(builder, feature.name))
  return feature.fill === null ? replaced(builder, block, emptyTexts(builder, feature.name), NaN) : block
}
