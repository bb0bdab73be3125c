/** The error at the output, δ = ∂E/∂z, of one row: what the losses' equations and closed forms have in common. */
import type { Term } from '../explain/worked-line'
import { numberSetting } from '../fields'
import type { Task } from '../spec'
import type { LossSettings } from './loss'
import { smoothingField } from './smoothing'

/** A loss of one row alone, as TeX; without row weights, which are one more factor of E and of every δ. */
export interface LossTex {
  /**
   * E. Here and in `delta`, `@p` and `@t` (what the network says and what is wanted) and `@z` (before the link) are those of unit k;
   * `@q` is what is wanted after label smoothing, `@K` the number of outputs, `@classWeight` the factor of the row's class,
   * `@delta` Huber's setting. What sums over other units is written with letters: c is the right class.
   */
  readonly value: string
  /** q from t where labels are smoothed, else null. */
  readonly wanted: string | null
  /** δ = ∂E/∂z of unit k, its constant factor included. */
  readonly delta: string
  /** How δ follows, an equation a line; no `@`. What holds at kinks too. */
  readonly why: readonly string[]
}

/** One row at the output. */
export interface OutputRow {
  /** Before the link, K of them. */
  readonly z: ArrayLike<number>
  /** After the link. */
  readonly p: ArrayLike<number>
  /** As it is fed: the values, 0 or 1 of each label, or the class index alone. */
  readonly target: ArrayLike<number>
}

/** What is wanted of each output, before smoothing: values and labels as they are, classes as 0 and 1. */
export function wantedOf(task: Task, { z, target }: OutputRow): readonly number[] {
  const [right = NaN] = Array.from(target)
  return Array.from({ length: z.length }, (_, k) =>
    task === 'multi-class' || (task === 'binary' && z.length === 2) ? Number(k === right) : (target[k] ?? NaN)
  )
}

/** (1 − ε) · t + ε / classes. @see smoothed in smoothing.ts */
export function smoothedOf(t: number, classes: number, { config }: Pick<LossSettings, 'config'>): number {
  const share = numberSetting(config, smoothingField.key)
  return share === 0 ? t : (1 - share) * t + share / classes
}

/** Whether labels are smoothed. */
export function isSmoothed({ config }: Pick<LossSettings, 'config'>): boolean {
  const share = config[smoothingField.key]
  return typeof share === 'number' && share !== 0
}

/** The factor of the row's class; 1 without class weights. */
export function classWeightOf({ target }: OutputRow, { classWeights }: Pick<LossSettings, 'classWeights'>): number {
  return classWeights === null ? 1 : (classWeights[target[0] ?? NaN] ?? NaN)
}

/** δ of every unit by a form that looks at one unit alone: of its p and t, then times the row's factor. */
export function eachUnit(
  task: Task,
  row: OutputRow,
  settings: LossSettings,
  of: (p: number, t: number) => number
): readonly number[] {
  const factor = classWeightOf(row, settings)
  return wantedOf(task, row).map((t, k) => factor * of(row.p[k] ?? NaN, t))
}

/** A product with what class weights multiply it by. */
export function timesClassWeight(formula: string, { classWeights }: Pick<LossSettings, 'classWeights'>): string {
  return classWeights === null ? formula : `@classWeight \\cdot ${formula}`
}

/** The mean over outputs: of one it is the expression itself. @param of with `@p` or `p_k`, as given */
export function meanOfOutputs(outputs: number, of: (p: string, t: string) => string, wanted: 't' | 'q' = 't'): string {
  return outputs === 1 ? of('@p', `@${wanted}`) : `\\frac{1}{@K} \\cdot \\sum_k ${of('p_k', `${wanted}_k`)}`
}

/** 1/K · formula: of one output it is the formula itself. */
export function shareOfMean(outputs: number, formula: string): string {
  return outputs === 1 ? formula : `\\frac{1}{@K} \\cdot ${formula}`
}

/** The numbers that the formulas of a loss name, for unit k; lower-case letters with its number where there are several. */
export function outputTerms(task: Task, row: OutputRow, k: number, settings: LossSettings): readonly Term[] {
  const outputs = row.z.length
  const t = wantedOf(task, row)[k] ?? NaN
  const index = outputs === 1 ? '' : `_{${k + 1}}`
  const { config } = settings
  const { [smoothingField.key]: share, delta } = config
  // The two classes of a label, or all of them: see the losses.
  const classes = outputs === 1 || task === 'multi-label' ? 2 : outputs
  return [
    { name: 'z', symbol: `z${index}`, value: row.z[k] ?? NaN },
    { name: 'p', symbol: `p${index}`, value: row.p[k] ?? NaN },
    { name: 't', symbol: `t${index}`, value: t },
    { name: 'K', symbol: 'K', value: outputs },
    { name: 'classWeight', symbol: 'w_c', value: classWeightOf(row, settings) },
    ...(typeof delta === 'number' ? [{ name: 'delta', symbol: '\\delta_H', value: delta }] : []),
    ...(typeof share === 'number'
      ? [
          { name: 'labelSmoothing', symbol: '\\varepsilon', value: share },
          { name: 'q', symbol: `q${index}`, value: smoothedOf(t, classes, settings) }
        ]
      : [])
  ]
}
