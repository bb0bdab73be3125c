/** Missing values inside the ONNX file. */
import type { OnnxBuilder } from '../builder'
import { ML_DOMAIN } from '../builder'
import { dataType } from '../proto'

/** Which texts are empty: text [N, 1] → bool [N, 1]. */
export function emptyTexts(builder: OnnxBuilder, name: string): string {
  const index = builder.node('LabelEncoder', [name], {
    domain: ML_DOMAIN,
    attributes: [
      ['keys_strings', ['']],
      ['values_int64s', [1]],
      ['default_int64', 0]
    ],
    hint: `${name}.empty`
  })
  return builder.node('Cast', [index], { attributes: [['to', dataType.bool]], hint: `${name}.isEmpty` })
}

/** A block with one more column: 1 where the value is missing. @param missing bool [N, 1] */
export function withIndicator(builder: OnnxBuilder, block: string, missing: string): string {
  const told = builder.node('Cast', [missing], { attributes: [['to', dataType.float]], hint: 'missing' })
  return builder.node('Concat', [block, told], { attributes: [['axis', 1]], hint: 'withMissing' })
}

/** A block with this value in every column of the rows where it is missing. @param missing bool [N, 1] */
export function replaced(builder: OnnxBuilder, block: string, missing: string, value: number): string {
  return builder.node('Where', [missing, builder.float32('missing.value', [1, 1], [value]), block], {
    hint: 'missing.replaced'
  })
}
