/** One unit of a layer: how its output came about, and how much the error would change with it. */
import { activationNamed } from '../activations'
import { lossFor } from '../losses'
import { INPUT } from '../spec'
import { sumOfProducts, type ExplainedLine, type Product } from './explained-line'
import { outputDeltaLines } from './loss-lines'
import type { ExplainedLayer, Microscope } from './microscope'
import { biasSymbol, deltaSymbol, outputSymbol, slopeSymbol, sumSymbol, weightSymbol } from './symbols'
import { namesIn, type Term } from './worked-line'

/**
 * z and a of a unit of a dense layer or of an activation of its own, then δ = ∂E/∂z.
 * Other layers have no unit that a line could say: see `LayerSpec.rule`.
 * @param unit from 0 @returns empty where the layer has no activation
 */
export function unitLines(
  microscope: Microscope,
  row: number,
  name: string,
  unit: number
): { readonly forward: readonly ExplainedLine[]; readonly backward: readonly ExplainedLine[] } {
  const layer = microscope.layer(name, row)
  if (layer.z === null || layer.delta === null || layer.activation === null) return { forward: [], backward: [] }
  return {
    forward: [...sumLine(microscope, row, layer, unit), answerLine(microscope, layer, unit)],
    backward: deltaLines(microscope, row, layer, unit)
  }
}

/** What a layer takes: the outputs of the one before it, or the row itself. */
function inputOf(microscope: Microscope, row: number, layer: ExplainedLayer): Float64Array {
  const [from = INPUT] = layer.inputs
  return from === INPUT ? microscope.input(row) : microscope.layer(from, row).a
}

/** z = Σ w · a + b · 1 */
function sumLine(microscope: Microscope, row: number, layer: ExplainedLayer, unit: number): readonly ExplainedLine[] {
  if (layer.type !== 'dense') return []
  const { layer: name, inputs } = layer
  const [from = INPUT] = inputs
  const weights = microscope.parameter(`${name}.weight`).before
  const bias = microscope.parameter(`${name}.bias`).before[unit] ?? NaN
  const given = inputOf(microscope, row, layer)
  const products = Array.from(given, (value, i) => ({
    left: { symbol: weightSymbol(microscope, name, unit, i), value: weights[unit * given.length + i] ?? NaN },
    right: { symbol: outputSymbol(microscope, from, i), value }
  }))
  const { formula, terms } = sumOfProducts(products)
  const input = from === INPUT ? 'x_i' : 'a_i'
  return [
    {
      words: 'The weighted sum of what comes in. The bias is the weight of a constant input 1.',
      law: `z = \\textstyle\\sum_i w_i\\,${input} + b \\cdot 1`,
      symbol: sumSymbol(microscope, name, unit),
      formula: `${formula} + @bias \\cdot 1`,
      terms: [...terms, { name: 'bias', symbol: biasSymbol(microscope, name, unit), value: bias }],
      value: layer.z?.[unit] ?? NaN
    }
  ]
}

/** a = f(z); of the output layer the answer by the link of the loss. */
function answerLine(microscope: Microscope, layer: ExplainedLayer, unit: number): ExplainedLine {
  const { loss, task, model } = microscope.subject.problem
  const isOutput = layer.layer === model.spec.output
  const link = isOutput ? lossFor(loss, task).link(task) : 'identity'
  const activation = activationNamed(link === 'identity' ? (layer.activation ?? 'identity') : link)
  const words = isOutput
    ? `The answer of the network: ${activation.label} of z.`
    : `The activation: ${activation.label} of z.`
  return {
    words: activation.name === 'identity' ? 'No activation: the sum is passed on as it is.' : words,
    law: null,
    symbol: outputSymbol(microscope, layer.layer, unit),
    formula: activation.tex.value,
    terms: activationTerms(microscope, layer, unit, activation.tex.value),
    value: layer.a[unit] ?? NaN
  }
}

/** Those of z and a that the formula names. */
function activationTerms(
  microscope: Microscope,
  layer: ExplainedLayer,
  unit: number,
  formula: string
): readonly Term[] {
  const all = [
    { name: 'z', symbol: sumSymbol(microscope, layer.layer, unit), value: layer.z?.[unit] ?? NaN },
    { name: 'a', symbol: outputSymbol(microscope, layer.layer, unit), value: layer.a[unit] ?? NaN }
  ]
  const named = namesIn(formula)
  return all.filter(({ name }) => named.includes(name))
}

function deltaLines(
  microscope: Microscope,
  row: number,
  layer: ExplainedLayer,
  unit: number
): readonly ExplainedLine[] {
  const { model } = microscope.subject.problem
  const delta = layer.delta?.[unit] ?? NaN
  const own = { symbol: deltaSymbol(microscope, layer.layer, unit), value: delta }
  if (layer.layer === model.spec.output) {
    return outputDeltaLines(microscope, row, layer.layer, unit, delta)
  }
  const slope = layer.slope?.[unit]
  if (slope === undefined || layer.activation === null) {
    const words = 'Softmax within the network: each δ depends on all units of the layer.'
    const law =
      '\\delta_j = a_j \\left(\\frac{\\partial E}{\\partial a_j} - \\textstyle\\sum_k a_k \\frac{\\partial E}{\\partial a_k}\\right)'
    return [{ words, law, ...own, formula: '@delta', terms: [{ name: 'delta', ...own }] }]
  }
  const activation = activationNamed(layer.activation)
  const slopeTerm = { symbol: slopeSymbol(microscope, layer.layer, unit), value: slope }
  const { formula, terms, words } = arriving(microscope, row, layer, unit)
  return [
    {
      words: `The slope of ${activation.label} where z stands: how much of the error it lets through.`,
      law: null,
      ...slopeTerm,
      formula: activation.tex.derivative,
      terms: activationTerms(microscope, layer, unit, activation.tex.derivative)
    },
    {
      words,
      law: "\\delta_j = \\left(\\textstyle\\sum_k w_{k,j}\\,\\delta_k\\right) \\cdot f'(z_j)",
      ...own,
      formula: `\\left(${formula}\\right) \\cdot @slope`,
      terms: [...terms, { name: 'slope', ...slopeTerm }]
    }
  ]
}

/** ∂E/∂a of a unit: Σ w · δ over what takes it, where that is dense layers alone; else what comes back to it. */
function arriving(
  microscope: Microscope,
  row: number,
  layer: ExplainedLayer,
  unit: number
): { readonly formula: string; readonly terms: readonly Term[]; readonly words: string } {
  const users = microscope.subject.problem.model.spec.layers.filter(({ inputs }) => inputs.includes(layer.layer))
  if (users.some(({ type }) => type !== 'dense')) {
    const symbol = `\\frac{\\partial E}{\\partial ${outputSymbol(microscope, layer.layer, unit)}}`
    const names = users.map(({ name }) => name).join(' and ')
    return {
      words: `What comes back through ${names}, times the slope.`,
      formula: '@arriving',
      terms: [{ name: 'arriving', symbol, value: layer.gradient[unit] ?? NaN }]
    }
  }
  const products = users.flatMap(({ name }): Product[] => {
    const { before, shape } = microscope.parameter(`${name}.weight`)
    const [, width = 0] = shape
    return Array.from(microscope.layer(name, row).delta ?? [], (value, k) => ({
      left: { symbol: weightSymbol(microscope, name, k, unit), value: before[k * width + unit] ?? NaN },
      right: { symbol: deltaSymbol(microscope, name, k), value }
    }))
  })
  const words = 'Each unit that takes this output passes its own δ back, weighed as the output was on the way there.'
  return { words, ...sumOfProducts(products) }
}
