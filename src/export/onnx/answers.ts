/** The network's output → what people ask for: values in the targets' units, or classes and their probabilities. */
import { outputCount, outputNames, valueOutputs, type Preparation } from '../../data'
import type { OnnxBuilder } from './builder'
import { dataType } from './proto'

/** Names of the outputs. `probabilities` is null for regression. */
export interface Answers {
  readonly prediction: string
  readonly probabilities: string | null
}

/** Names written out in the help of an output; the metadata have all. */
const NAMES_SHOWN = 20

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

/** Declares the outputs under the names of `answerNames`: see `docs/file-formats.md`. */
export function declareAnswers(builder: OnnxBuilder, preparation: Preparation): Answers {
  const { target } = preparation
  const answers = answerNames(preparation)
  const { prediction, probabilities } = answers
  const count = outputCount(preparation)
  const names = outputNames(preparation)
  const listed = `${names.slice(0, NAMES_SHOWN).join(', ')}${count > NAMES_SHOWN ? ', …' : ''}, in the order of the metadata entry "targets"`
  if (probabilities === null) {
    const what = count === 1 ? `${names.join('')}, in its own units` : `values, each in its own units: ${listed}`
    builder.output(prediction, dataType.float, ['N', count], what)
  } else if (target.task === 'multi-label') {
    builder.output(prediction, dataType.string, ['N', count], `name of the class of each label: ${listed}`)
    const help = `probability of the second class of each label: ${listed}; their classes are in the metadata entry "labels"`
    builder.output(probabilities, dataType.float, ['N', count], help)
  } else {
    builder.output(prediction, dataType.string, ['N'], 'name of the most probable class')
    const help = 'probability of each class, in the order of the metadata entry "classes"'
    builder.output(probabilities, dataType.float, ['N', count], help)
  }
  return answers
}

/** Computes the declared outputs from `network` [N, K]. `units` is K. */
export function addAnswers(
  builder: OnnxBuilder,
  preparation: Preparation,
  answers: Answers,
  network: string,
  units: number
): void {
  const { target } = preparation
  if (target.task === 'regression') addValues(builder, valueOutputs(preparation), answers.prediction, network)
  else if (target.task === 'multi-label') addLabels(builder, target.labels, answers, network)
  else addClasses(builder, target.classes, answers, network, units)
}

/** raw = mean + scale · z of each output, in float64: only the result is rounded to float32. */
function addValues(
  builder: OnnxBuilder,
  values: readonly { readonly mean: number; readonly scale: number }[],
  prediction: string,
  z: string
): void {
  const row = (hint: string, numbers: readonly number[]) => builder.float64(hint, [1, numbers.length], numbers)
  const scales = row(
    'answer.scale',
    values.map(({ scale }) => scale)
  )
  const means = row(
    'answer.mean',
    values.map(({ mean }) => mean)
  )
  const wide = builder.node('Cast', [z], { attributes: [['to', dataType.double]], hint: 'answer.float64' })
  const spread = builder.node('Mul', [wide, scales], { hint: 'answer.scaled' })
  const raw = builder.node('Add', [spread, means], { hint: 'answer.raw' })
  builder.node('Cast', [raw], { attributes: [['to', dataType.float]], output: prediction })
}

/** Of each label the second class exactly when its probability is above ½. */
function addLabels(
  builder: OnnxBuilder,
  labels: readonly { readonly classes: readonly [string, string] }[],
  { prediction, probabilities }: Answers,
  network: string
): void {
  if (probabilities === null) throw new Error('labels have probabilities')
  builder.node('Identity', [network], { output: probabilities })
  const isOn = builder.node('Greater', [network, builder.float32('answer.half', [1, 1], [0.5])], {
    hint: 'answer.isOn'
  })
  const second = builder.texts(
    'answer.secondClasses',
    labels.map(({ classes: [, yes] }) => yes)
  )
  const first = builder.texts(
    'answer.firstClasses',
    labels.map(({ classes: [no] }) => no)
  )
  builder.node('Where', [isOn, second, first], { output: prediction })
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
