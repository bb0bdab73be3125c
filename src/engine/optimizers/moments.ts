/** What Adam and AdamW share: two moving averages of the gradient, corrected for their start at 0. */
import { numberSetting, type Config, type Field } from '../fields'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { Shape } from '../spec'
import { zeros } from '../tensor/tensor'
import type { ScalarInput, StateSlot, UpdateParts } from './optimizer'
import { betaField, epsField } from './settings'
import { declared, movedTowards, plus, stepped } from './terms'
import { average, named, nextLine, squareOf, weightLine, type Expression, type UpdateLine } from './update-line'

export const momentFields: readonly Field[] = [
  betaField(
    'beta1',
    0.9,
    'Share β₁ of the mean gradient that is kept at each step: how long a direction is remembered.'
  ),
  betaField(
    'beta2',
    0.999,
    'Share β₂ of the mean squared gradient that is kept at each step: how slowly the step sizes adapt.'
  ),
  epsField(1e-8)
]

/** The equations up to m̂ and v̂, t the step. */
export const momentLines: readonly string[] = [
  'm ← β₁ · m + (1 − β₁) · g',
  'v ← β₂ · v + (1 − β₂) · g²',
  'm̂ = m / (1 − β₁ᵗ)',
  'v̂ = v / (1 − β₂ᵗ)'
]

/** By the names of the slots. */
export const momentSymbols = { mean: 'm', meanSquare: 'v' } as const

/**
 * The lines from the gradient on; the step itself is worked out with the factors of `momentScalars`.
 * @param gradient the name of what is averaged @param before what the step is taken off
 */
export function momentUpdate(gradient: string, before: Expression): readonly UpdateLine[] {
  const mean = nextLine('mean', momentSymbols.mean, average('mean', named(gradient), 'beta1'))
  const meanSquare = nextLine(
    'meanSquare',
    momentSymbols.meanSquare,
    average('meanSquare', squareOf(gradient), 'beta2')
  )
  return [
    mean,
    meanSquare,
    {
      name: 'meanHat',
      symbol: `\\hat ${momentSymbols.mean}`,
      formula: `\\frac{@${mean.name}}{1 - @beta1^{@t}}`,
      value: (of) => of(mean.name) / (1 - of('beta1') ** of('t'))
    },
    {
      name: 'meanSquareHat',
      symbol: `\\hat ${momentSymbols.meanSquare}`,
      formula: `\\frac{@${meanSquare.name}}{1 - @beta2^{@t}}`,
      value: (of) => of(meanSquare.name) / (1 - of('beta2') ** of('t'))
    },
    weightLine({
      formula: `${before.formula} - @learningRate \\cdot \\frac{@meanHat}{\\sqrt{@meanSquareHat} + @eps}`,
      value(of) {
        const size = of('learningRate') / (1 - of('beta1') ** of('t'))
        const root = (1 / Math.sqrt(1 - of('beta2') ** of('t'))) * Math.sqrt(of(meanSquare.name))
        return before.value(of) - size * (of(mean.name) / (root + of('eps')))
      }
    })
  ]
}

/** PyTorch's exp_avg and exp_avg_sq. */
export function momentSlots(shape: Shape): readonly StateSlot[] {
  return [
    { name: 'mean', initial: zeros(shape) },
    { name: 'meanSquare', initial: zeros(shape) }
  ]
}

/**
 * The corrections at step t as two factors: η / (1 − β₁ᵗ) of the step and 1 / √(1 − β₂ᵗ) of the root, so that the
 * update needs no powers.
 */
export function momentScalars(config: Config, step: number): readonly ScalarInput[] {
  const size = numberSetting(config, 'learningRate') / (1 - numberSetting(config, 'beta1') ** step)
  const root = 1 / Math.sqrt(1 - numberSetting(config, 'beta2') ** step)
  return [
    { name: 'stepSize', value: size },
    { name: 'rootCorrection', value: root }
  ]
}

/** w − stepSize · m / (rootCorrection · √v + ε), with the new m and v. State and scalars start with those above. */
export function momentStep(
  graph: GraphBuilder,
  { parameter, gradient, state, scalars }: UpdateParts,
  config: Config
): { parameter: NodeId; state: readonly NodeId[] } {
  const mean = movedTowards(graph, declared(state, 0), gradient, numberSetting(config, 'beta1'))
  const squared = graph.apply('square', [gradient])
  const meanSquare = movedTowards(graph, declared(state, 1), squared, numberSetting(config, 'beta2'))
  const root = graph.apply('multiply', [declared(scalars, 1), graph.apply('sqrt', [meanSquare])])
  const divisor = plus(graph, root, numberSetting(config, 'eps'))
  const direction = graph.apply('divide', [mean, divisor])
  return { parameter: stepped(graph, parameter, declared(scalars, 0), direction), state: [mean, meanSquare] }
}
