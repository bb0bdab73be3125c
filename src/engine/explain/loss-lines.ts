/** The error of a step, and how it begins to go back: δ of the outputs by the closed form of the loss. */
import { lawOf, lossFor, outputTerms, type OutputRow } from '../losses'
import { outputUnits } from '../model/inference'
import type { ExplainedLine } from './explained-line'
import type { Microscope } from './microscope'
import { deltaSymbol } from './symbols'
import { namesIn, type Term } from './worked-line'

/** What is said of the loss. */
export interface ExplainedLoss {
  readonly label: string
  /** Mean over the rows of the step. */
  readonly value: number
  /** TeX of the error of one row. */
  readonly law: string
  /** TeX: why δ of the outputs has the form it has, an equation each. */
  readonly why: readonly string[]
}

export function explainedLoss(microscope: Microscope): ExplainedLoss {
  const { loss, task, lossSettings, model } = microscope.subject.problem
  const spec = lossFor(loss, task)
  const outputs = outputUnits(model)
  const { value, why } = spec.tex(task, outputs, lossSettings)
  return { label: spec.label, value: microscope.loss, law: `E = ${lawOf(value)}`, why }
}

/** δ of an output: the closed form of one row alone, times its share of the mean where there are more. */
export function outputDeltaLines(
  microscope: Microscope,
  row: number,
  layer: string,
  unit: number,
  value: number
): readonly ExplainedLine[] {
  const { loss, task, lossSettings, model } = microscope.subject.problem
  const spec = lossFor(loss, task)
  const given = outputRow(microscope, row)
  const { delta, wanted } = spec.tex(task, outputUnits(model), lossSettings)
  const terms = outputTerms(task, given, unit, lossSettings)
  const share = shareOf(microscope, row)
  const formula = share === 1 ? delta : `@share \\cdot \\left(${delta}\\right)`
  const shares: Term = { name: 'share', symbol: 's', value: share }
  const q = terms.find(({ name }) => name === 'q')
  const lines: ExplainedLine[] = []
  if (wanted !== null && q !== undefined) {
    const words = 'What is wanted of this output, with label smoothing.'
    lines.push({ words, law: null, symbol: q.symbol, formula: wanted, terms: named(wanted, terms), value: q.value })
  }
  const words =
    share === 1
      ? 'The error of this output: what it says against what is wanted.'
      : 'The error of this output, times the share s that this row has in the mean over the batch.'
  const symbol = deltaSymbol(microscope, layer, unit)
  return [...lines, { words, law: null, symbol, formula, terms: named(formula, [...terms, shares]), value }]
}

function named(formula: string, terms: readonly Term[]): readonly Term[] {
  const names = namesIn(formula)
  return terms.filter(({ name }) => names.includes(name))
}

function outputRow(microscope: Microscope, row: number): OutputRow {
  const target = microscope.target(row)
  const { rowWeights = false } = microscope.subject.problem
  return { z: microscope.logits(row), p: microscope.answer(row), target: rowWeights ? target.subarray(0, -1) : target }
}

/** What E has of a row's own loss: 1/N of the mean, or its class's weight of them all, times the row's own weight. */
function shareOf(microscope: Microscope, row: number): number {
  const { loss, task, lossSettings, rowWeights = false } = microscope.subject.problem
  const own = rowWeights ? (microscope.target(row).at(-1) ?? 1) : 1
  const { classWeights } = lossSettings
  if (classWeights === null || lossFor(loss, task).meanOver === 'rows') return own / microscope.rows
  const weightOf = (at: number) => classWeights[microscope.target(at)[0] ?? NaN] ?? NaN
  const whole = Array.from({ length: microscope.rows }, (_, at) => weightOf(at)).reduce((sum, each) => sum + each, 0)
  return (own * weightOf(row)) / whole
}
