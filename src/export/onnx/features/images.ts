/** Images inside the ONNX file: z = (pixel − mean) / scale for each channel. */
import type { FeaturePreparation } from '../../../data'
import type { OnnxBuilder } from '../builder'
import { dataType } from '../proto'

/** uint8 [N, C, H, W] → float32 [N, C · H · W]; computed in float64, as the studio does. */
export function imageBlock(
  builder: OnnxBuilder,
  { name, channels, mean, scale }: Extract<FeaturePreparation, { kind: 'image' }>
): string {
  const shape = [1, channels, 1, 1]
  const wide = builder.node('Cast', [name], { attributes: [['to', dataType.double]], hint: 'image.float64' })
  const centred = builder.node('Sub', [wide, builder.float64('image.mean', shape, mean)], { hint: 'image.centred' })
  const scaled = builder.node('Div', [centred, builder.float64('image.scale', shape, scale)], { hint: 'image.scaled' })
  const pixels = builder.node('Cast', [scaled], { attributes: [['to', dataType.float]], hint: 'image.standardised' })
  return builder.node('Flatten', [pixels], { attributes: [['axis', 1]], hint: 'image.flat' })
}
