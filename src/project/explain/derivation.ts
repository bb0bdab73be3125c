/** The worked derivation of one step for one row: forward, error, backward and descent with their matrices, as a document. */
import {
  activations,
  explainedLoss,
  explainedWeight,
  INPUT,
  lossFor,
  textTex,
  type ExplainedLayer,
  type Microscope
} from '../../engine'
import { numberTex, withNumbers, withSymbols } from '../../shared/formula'
import type { Block, WorkedDocument } from './document'
import { leftOut, matrixTex, vectorTex } from './matrices'

export interface DerivationFacts {
  /** Of the file. */
  readonly dataset: string
  /** Number of the row in the table, from 1. */
  readonly row: number
  /** What the network is to answer, for people. */
  readonly actual: readonly string[]
  /** Outputs by name with what the network answers. */
  readonly answer: readonly { readonly name: string; readonly value: number }[]
}

const DIGITS = 4

/** @param shown row of the batch */
export function derivation(microscope: Microscope, shown: number, facts: DerivationFacts): WorkedDocument {
  const layers = microscope.layers(shown)
  const { dataset, row } = facts
  return {
    title: `One step of learning: row ${row} of ${dataset}`,
    blocks: [
      ...introduction(microscope, layers, facts),
      heading('1. Forward'),
      ...layers.flatMap((layer, i) => forward(microscope, shown, layer, i + 1)),
      heading('2. The error'),
      ...error(microscope),
      heading('3. Backward'),
      ...layers.toReversed().flatMap((layer, i) => backward(microscope, shown, layer, layers.length - i)),
      heading('4. Descent'),
      ...descent(microscope, shown, layers)
    ]
  }
}

function introduction(
  { subject, rows }: Microscope,
  layers: readonly ExplainedLayer[],
  facts: DerivationFacts
): Block[] {
  const { problem, step, learningRate } = subject
  const through = layers.map(({ layer, shape }) => `${layer} (${shape.join(' × ')})`).join(', ')
  const answers = facts.answer.map(({ name, value }) => `${name} ${Number(value.toPrecision(DIGITS))}`).join(', ')
  const many = rows === 1 ? '' : ` It is one of the ${rows} rows of its batch, over which the error is a mean.`
  return [
    text(
      `Step ${step} of a training by ${problem.optimizer.label} with learning rate ${Number(learningRate.toPrecision(DIGITS))}, all in 64-bit numbers. The row goes through ${through}. Wanted is ${facts.actual.join(', ')}; the network answers ${answers}.${many}`
    ),
    text(
      'Layers are counted from 1 in the upper index, layer 0 is the input. z is a weighted sum, a what a layer puts out, δ = ∂E/∂z the error of a unit.'
    )
  ]
}

function forward(microscope: Microscope, shown: number, layer: ExplainedLayer, number: number): Block[] {
  const { layer: name, z, a, type } = layer
  const title = subheading(`${name}: forward`)
  if (type !== 'dense' || z === null) return [title, ...localForward(layer, number)]
  const given = inputOf(microscope, shown, layer)
  const { before: weights } = microscope.parameter(`${name}.weight`)
  const { before: bias } = microscope.parameter(`${name}.bias`)
  const from = sourceSymbol(microscope, layer)
  const law = `z^{(${number})} = W^{(${number})} ${from} + b^{(${number})} \\cdot 1`
  const numbers = `z^{(${number})} = ${matrixTex(weights, given.length)} ${vectorTex(given)} + ${vectorTex(bias)} \\cdot 1 = ${vectorTex(z)}`
  return [
    title,
    text('The weighted sums; the bias is the weight of a constant input 1.'),
    equation(law),
    equation(numbers),
    ...told(z.length, given.length),
    ...activated(microscope, layer, number, a)
  ]
}

/** a = f(z), or the answer by the link of the loss. */
function activated(
  { subject }: Microscope,
  { layer, activation }: ExplainedLayer,
  number: number,
  a: Float64Array
): Block[] {
  const { model, loss, task } = subject.problem
  const output = layer === model.spec.output
  const link = output ? lossFor(loss, task).link(task) : null
  const f = activationOf(link === null || link === 'identity' ? activation : link)
  const value = f?.tex.value.replaceAll('@z', 'z').replaceAll('@a', 'a') ?? 'z'
  return [
    text(output ? 'What the network answers:' : `The activation is ${f?.label ?? 'none'}:`),
    equation(`a^{(${number})} = ${value} = ${vectorTex(a)}`)
  ]
}

function localForward({ type, a, shape }: ExplainedLayer, number: number): Block[] {
  return [
    text(`A layer of type ${type} passes on numbers of shape ${shape.join(' × ')}:`),
    equation(`a^{(${number})} = ${vectorTex(a)}`),
    ...told(a.length, 1)
  ]
}

function error(microscope: Microscope): Block[] {
  const { label, law, value, why } = explainedLoss(microscope)
  return [
    text(`${label}: how far the answer is from what is wanted.`),
    equation(law),
    equation(`E = ${numberTex(value, DIGITS)}`),
    text('Why the error of the outputs has the form it has:'),
    ...why.map(equation)
  ]
}

function backward(microscope: Microscope, shown: number, layer: ExplainedLayer, number: number): Block[] {
  const { layer: name, type, delta, slope, gradient } = layer
  const title = subheading(`${name}: backward`)
  const output = name === microscope.subject.problem.model.spec.output
  if (type !== 'dense' || delta === null) {
    const words = `What comes back to ${name}, ∂E/∂a:`
    return [title, text(words), equation(`\\frac{\\partial E}{\\partial a^{(${number})}} = ${vectorTex(gradient)}`)]
  }
  const given = inputOf(microscope, shown, layer)
  const weight = microscope.parameter(`${name}.weight`).gradient
  const from = sourceSymbol(microscope, layer)
  const law = output
    ? `\\delta^{(${number})} = \\frac{\\partial E}{\\partial z^{(${number})}}`
    : `\\delta^{(${number})} = \\frac{\\partial E}{\\partial a^{(${number})}} \\odot f'\\left(z^{(${number})}\\right)`
  const numbers =
    output || slope === null
      ? `\\delta^{(${number})} = ${vectorTex(delta)}`
      : `\\delta^{(${number})} = ${vectorTex(gradient)} \\odot ${vectorTex(slope)} = ${vectorTex(delta)}`
  const passed = output
    ? []
    : [
        text(
          'What arrives is the δ of the layer behind it, weighed as the outputs were on the way there, ∂E/∂a = Wᵀ δ.'
        )
      ]
  const transposed = `{${from}}^{\\top}`
  const gradients = `\\frac{\\partial E}{\\partial W^{(${number})}} = \\delta^{(${number})} ${transposed} = ${matrixTex(weight, given.length)}`
  const ofBatch = microscope.rows === 1 ? [] : [text('Of the weights it is the sum over the rows of the batch:')]
  return [
    title,
    ...passed,
    equation(law),
    equation(numbers),
    ...ofBatch,
    equation(
      microscope.rows === 1
        ? gradients
        : `\\frac{\\partial E}{\\partial W^{(${number})}} = ${matrixTex(weight, given.length)}`
    ),
    equation(
      `\\frac{\\partial E}{\\partial b^{(${number})}} = ${vectorTex(microscope.parameter(`${name}.bias`).gradient)}`
    )
  ]
}

function descent(microscope: Microscope, shown: number, layers: readonly ExplainedLayer[]): Block[] {
  const moved = layers.flatMap(({ parameters }) => parameters.map(({ name }) => name))
  const largest = largestGradient(microscope, moved)
  if (largest === null) return [text('There is no weight to move.')]
  const { name, index } = largest
  const { update, symbol } = explainedWeight(microscope, shown, name, index)
  const lines = update.flatMap((line) => [
    equation(`${line.symbol} = ${withSymbols(line)}`),
    equation(`\\phantom{${line.symbol}} = ${withNumbers(line, DIGITS)} = ${numberTex(line.value, DIGITS)}`)
  ])
  return [
    text(
      `Every weight moves against its gradient, by the same equations. Worked out for the weight whose gradient is the largest, number ${index + 1} of ${name}:`
    ),
    equation(`w = ${symbol}`),
    ...lines,
    text('All of them, before and after:'),
    ...moved.flatMap((each) => weightsMoved(microscope, each))
  ]
}

function weightsMoved(microscope: Microscope, name: string): Block[] {
  const { before, after, shape } = microscope.parameter(name)
  const [height = 1] = shape
  const width = shape.length < 2 ? 1 : before.length / height
  return [
    equation(`${textTex(name)}: \\quad ${matrixTex(before, width)} \\to ${matrixTex(after, width)}`),
    ...told(height, width)
  ]
}

function largestGradient(microscope: Microscope, names: readonly string[]): { name: string; index: number } | null {
  let found: { name: string; index: number } | null = null
  let most = -1
  for (const name of names) {
    microscope.parameter(name).gradient.forEach((value, index) => {
      if (Math.abs(value) <= most) return
      most = Math.abs(value)
      found = { name, index }
    })
  }
  return found
}

function inputOf(microscope: Microscope, shown: number, { inputs: [from = INPUT] }: ExplainedLayer): Float64Array {
  return from === INPUT ? microscope.input(shown) : microscope.layer(from, shown).a
}

function sourceSymbol({ subject }: Microscope, { inputs: [from = INPUT] }: ExplainedLayer): string {
  const number = subject.problem.model.spec.layers.findIndex(({ name }) => name === from) + 1
  return from === INPUT ? 'x' : `a^{(${number})}`
}

function activationOf(name: string | null) {
  return activations.find((each) => each.name === name)
}

function told(height: number, width: number): Block[] {
  const what = leftOut(height, width)
  return what === null ? [] : [text(`Of ${what} the first and the last are written out.`)]
}

const heading = (words: string): Block => ({ kind: 'heading', text: words })
const subheading = (words: string): Block => ({ kind: 'subheading', text: words })
const text = (words: string): Block => ({ kind: 'text', text: words })
const equation = (tex: string): Block => ({ kind: 'equation', tex })
