/** One weight: how much it contributed to the error, by which ways, and what it becomes. */
import { INPUT } from '../spec'
import { sumOfProducts, type ExplainedLine } from './explained-line'
import type { DifferenceCheck, ExplainedParameter, Microscope } from './microscope'
import { strongestPaths, type GradientPaths } from './paths'
import { biasSymbol, deltaSymbol, outputSymbol, textTex, weightSymbol } from './symbols'
import { updateLines } from './update-lines'

export interface ExplainedWeight {
  /** Of the parameter, as `dense1.weight`. */
  readonly name: string
  readonly index: number
  /** TeX. */
  readonly symbol: string
  readonly before: number
  readonly after: number
  /** The unit that weighs by it, and the input that it weighs; the input of a bias is the constant 1: null. Null for other parameters than those of dense layers. */
  readonly place: { readonly layer: string; readonly unit: number; readonly input: number | null } | null
  /** ∂E/∂w, and what of it the optimizer takes. */
  readonly gradient: readonly ExplainedLine[]
  readonly check: DifferenceCheck
  /** By which ways the error comes back to its unit; null where these are no plain products, or in a batch of several rows. */
  readonly paths: GradientPaths | null
  /** The optimizer's step. */
  readonly update: readonly ExplainedLine[]
}

/** @param row of the batch, for the ways @param index of the number in its parameter, row-major */
export function explainedWeight(microscope: Microscope, row: number, name: string, index: number): ExplainedWeight {
  const parameter = microscope.parameter(name)
  const place = placeOf(microscope, parameter, index)
  const symbol = symbolOf(microscope, name, index, place)
  return {
    ...{ name, index, symbol, place },
    before: parameter.before[index] ?? NaN,
    after: parameter.after[index] ?? NaN,
    gradient: [gradientLine(microscope, parameter, index, symbol, place), ...takenLines(microscope, parameter, index)],
    check: microscope.check(name, index),
    paths: place === null || microscope.rows > 1 ? null : strongestPaths(microscope, row, place.layer, place.unit),
    update: updateOf(microscope, parameter, index)
  }
}

function placeOf(
  { subject }: Microscope,
  { name, shape }: ExplainedParameter,
  index: number
): ExplainedWeight['place'] {
  const info = subject.problem.model.parameters.find((each) => each.name === name)
  const node = subject.problem.model.spec.layers.find((each) => each.name === info?.layer)
  if (node?.type !== 'dense') return null
  const [, width] = shape
  if (width === undefined) return { layer: node.name, unit: index, input: null }
  return { layer: node.name, unit: Math.floor(index / width), input: index % width }
}

function symbolOf(microscope: Microscope, name: string, index: number, place: ExplainedWeight['place']): string {
  if (place === null) return `${textTex(name)}_{${index + 1}}`
  const { layer, unit, input } = place
  return input === null ? biasSymbol(microscope, layer, unit) : weightSymbol(microscope, layer, unit, input)
}

/** ∂E/∂w = δ · a; of a batch the sum over its rows. */
function gradientLine(
  microscope: Microscope,
  { name, gradient }: ExplainedParameter,
  index: number,
  symbol: string,
  place: ExplainedWeight['place']
): ExplainedLine {
  const value = gradient[index] ?? NaN
  const slope = `\\frac{\\partial E}{\\partial ${symbol}}`
  if (place === null) {
    const words = `${name} is used at many places: its gradient is the sum of what comes back to all of them.`
    const terms = [{ name: 'gradient', symbol: slope, value }]
    return { words, law: null, symbol: slope, formula: '@gradient', terms, value }
  }
  const { layer, unit, input } = place
  const [from = INPUT] = microscope.nodeNamed(layer).inputs
  const products = Array.from({ length: microscope.rows }, (_, row) => {
    const { delta } = microscope.layer(layer, row)
    const given = input === null ? 1 : (outputOf(microscope, from, row)[input] ?? NaN)
    const ofRow = microscope.rows === 1 ? '' : `\\,[${row + 1}]`
    return {
      left: { symbol: `${deltaSymbol(microscope, layer, unit)}${ofRow}`, value: delta?.[unit] ?? NaN },
      right: { symbol: input === null ? '1' : `${outputSymbol(microscope, from, input)}${ofRow}`, value: given }
    }
  })
  const one = input === null ? 'its input, which is always 1' : 'what it was given'
  const words = `How much the error would change with this weight: the error of its unit times ${one}.`
  const law =
    microscope.rows === 1 ? null : '\\frac{\\partial E}{\\partial w} = \\textstyle\\sum_n \\delta\\,[n] \\cdot a\\,[n]'
  return { words, law, symbol: slope, ...sumOfProducts(products), value }
}

function outputOf(microscope: Microscope, layer: string, row: number): Float64Array {
  return layer === INPUT ? microscope.input(row) : microscope.layer(layer, row).a
}

/** What penalties and bounds make of a gradient, where there are any. */
function takenLines(
  { subject }: Microscope,
  { gradient, taken }: ExplainedParameter,
  index: number
): readonly ExplainedLine[] {
  const [given, value] = [gradient[index] ?? NaN, taken[index] ?? NaN]
  if (Object.values(subject.problem.regularization ?? {}).every((setting) => setting === 0)) return []
  const terms = [
    { name: 'gradient', symbol: '\\frac{\\partial E}{\\partial w}', value: given },
    { name: 'change', symbol: '\\Delta', value: value - given }
  ]
  const words = 'What the optimizer takes: the gradient with the penalties on weights, within its bounds.'
  return [{ words, law: null, symbol: 'g', formula: '@gradient + @change', terms, value }]
}

function updateOf(
  { subject }: Microscope,
  { before, taken, state }: ExplainedParameter,
  index: number
): readonly ExplainedLine[] {
  const { problem, learningRate, ofOptimizer } = subject
  const lines = updateLines(
    problem.optimizer,
    { ...problem.config, learningRate },
    {
      w: before[index] ?? NaN,
      g: taken[index] ?? NaN,
      state: new Map(state.map((each) => [each.slot, each.before[index] ?? NaN])),
      t: ofOptimizer
    }
  )
  return lines.map((line, at) => ({
    ...line,
    words: at === lines.length - 1 ? 'The weight moves against its gradient.' : '',
    law: null
  }))
}
