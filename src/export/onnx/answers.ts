/** The network's output → what people ask for: a value in the target's units, or a class and its probabilities. */
import type { Preparation, TargetPreparation } from '../../data'
import type { OnnxBuilder } from './builder'
import { dataType } from './proto'

/** Names of the outputs. `probabilities` is null for regression. */
export interface Answers {
  readonly prediction: string
  readonly probabilities: string | null
}

/**
 * Names of the outputs: `prediction` and `probabilities`, or `prediction_2`, … where a feature column has that
 * name, since inputs keep theirs.
 */
export function answerNames({ features, target }: Preparation): Answers {
  const taken = new Set(features.map((feature) => feature.name))
  const free = (wanted: string) => {
    let name = wanted
    for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`
    return name
  }
  return { prediction: free('prediction'), probabilities: target.task === 'regression' ? null : free('probabilities') }
}

/** Declares the outputs under the names of `answerNames`. */
export function declareAnswers(builder: OnnxBuilder, preparation: Preparation): Answers {
  const { target } = preparation
  const names = answerNames(preparation)
  if (target.task === 'regression') {
    builder.output(names.prediction, dataType.float, ['N', 1], `${target.name}, in its own units`)
  } else {
    builder.output(names.prediction, dataType.string, ['N'], 'name of the most probable class')
  }
  if (target.task !== 'regression' && names.probabilities !== null) {
    const help = 'probability of each class, in the order of the metadata entry "classes"'
    builder.output(names.probabilities, dataType.float, ['N', target.classes.length], help)
  }
  return names
}

/** Computes the declared outputs from `network` [N, K]. `units` is K. */
export function addAnswers(
  builder: OnnxBuilder,
  target: TargetPreparation,
  names: Answers,
  network: string,
  units: number
): void {
  if (target.task === 'regression') addValue(builder, target, names.prediction, network)
  else addClasses(builder, target.classes, names, network, units)
}

/** raw = mean + scale · z, in float64: only the result is rounded to float32. */
function addValue(
  builder: OnnxBuilder,
  { mean, scale }: { mean: number; scale: number },
  prediction: string,
  z: string
): void {
  const wide = builder.node('Cast', [z], { attributes: [['to', dataType.double]], hint: 'answer.float64' })
  const spread = builder.node('Mul', [wide, builder.float64('answer.scale', [1, 1], [scale])], {
    hint: 'answer.scaled'
  })
  const raw = builder.node('Add', [spread, builder.float64('answer.mean', [1, 1], [mean])], { hint: 'answer.raw' })
  builder.node('Cast', [raw], { attributes: [['to', dataType.float]], output: prediction })
}

/**
 * The most probable class, the first of equals. With one output p, the probability of the second class, that
 * is the second class exactly when p > ½: 1 − p is exact in float32 from ½ up, and not below ½ under it.
 */
function addClasses(
  builder: OnnxBuilder,
  classes: readonly string[],
  { prediction, probabilities }: Answers,
  network: string,
  units: number
): void {
  if (probabilities === null) throw new Error('classes have probabilities')
  if (units === 1) {
    const other = builder.node('Sub', [builder.float32('answer.one', [1, 1], [1]), network], {
      hint: 'answer.firstClass'
    })
    builder.node('Concat', [other, network], { attributes: [['axis', 1]], output: probabilities })
  } else {
    builder.node('Identity', [network], { output: probabilities })
  }
  const index = builder.node('ArgMax', [probabilities], {
    attributes: [
      ['axis', 1],
      ['keepdims', 0]
    ],
    hint: 'answer.class'
  })
  builder.node('Gather', [builder.texts('answer.classNames', classes), index], {
    attributes: [['axis', 0]],
    output: prediction
  })
}
