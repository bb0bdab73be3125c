/** Numbers inside the ONNX file: filled, their logarithm taken where that is wanted, and scaled. */
import type { FeaturePreparation } from '../../../data'
import { concatenate, type OnnxBuilder } from '../builder'
import { dataType } from '../proto'
import { withIndicator } from './missing'

export type NumberFeature = Extract<FeaturePreparation, { kind: 'number' }>

/** Whether a number can be prepared along with its neighbours. */
export function isPlain({ fill, indicator, transform }: NumberFeature): boolean {
  return fill !== null && indicator !== true && transform === undefined
}

/**
 * z = (t(x) − mean) / scale with x = fill where it is missing: [N, 1] each → [N, columns]. Computed in float64,
 * as the studio does, because a float32 x − mean loses the digits that matter when the mean is large.
 * @param features all of them alike in `transform`
 */
export function numberBlock(builder: OnnxBuilder, features: readonly NumberFeature[]): string {
  const columns = features.map((feature) => feature.name)
  const shape = [1, features.length]
  const raw = concatenate(builder, columns, 'numbers')
  const missing = missingNumbers(builder, raw)
  const fill = builder.float32(
    'numbers.fill',
    shape,
    features.map((feature) => feature.fill ?? NaN)
  )
  const filled = builder.node('Where', [missing, fill, raw], { hint: 'numbers.filled' })
  const wide = builder.node('Cast', [filled], { attributes: [['to', dataType.double]], hint: 'numbers.float64' })
  const changed = features[0]?.transform === 'log1p' ? logarithm(builder, wide) : wide
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
  const centred = builder.node('Sub', [changed, mean], { hint: 'numbers.centred' })
  const scaled = builder.node('Div', [centred, scale], { hint: 'numbers.scaled' })
  return builder.node('Cast', [scaled], { attributes: [['to', dataType.float]], hint: 'numbers.standardised' })
}

/** A number alone, and 1 behind it where it is missing if that is an input: → [N, 1 or 2]. */
export function numberWithIndicator(builder: OnnxBuilder, feature: NumberFeature): string {
  const block = numberBlock(builder, [feature])
  if (feature.indicator !== true) return block
  return withIndicator(builder, block, missingNumbers(builder, feature.name))
}

function missingNumbers(builder: OnnxBuilder, raw: string): string {
  return builder.node('Or', [
    builder.node('IsNaN', [raw], { hint: 'numbers.isNaN' }),
    builder.node('IsInf', [raw], { hint: 'numbers.isInfinite' })
  ])
}

/**
 * log(1 + x) for x ≥ 0, else NaN, exact for the smallest x too: with u = 1 + x rounded, log(u) · x / (u − 1), or x where
 * u is 1 (D. Goldberg, "What Every Computer Scientist Should Know About Floating-Point Arithmetic", theorem 4).
 */
function logarithm(builder: OnnxBuilder, x: string): string {
  const scalar = (hint: string, value: number) => builder.float64(`log1p.${hint}`, [1, 1], [value])
  const [zero, one, none] = [scalar('zero', 0), scalar('one', 1), scalar('none', NaN)]
  const node = (operator: string, inputs: readonly string[], hint: string) =>
    builder.node(operator, inputs, { hint: `log1p.${hint}` })
  const u = node('Add', [x, one], 'u')
  const isOne = node('Equal', [u, one], 'isOne')
  const rest = node('Where', [isOne, one, node('Sub', [u, one], 'rest')], 'divisor')
  const share = node('Div', [x, rest], 'share')
  const factor = node('Where', [isOne, one, node('Log', [u], 'log')], 'factor')
  const result = node('Mul', [share, factor], 'result')
  return node('Where', [node('Less', [x, zero], 'isNegative'), none, result], 'checked')
}
