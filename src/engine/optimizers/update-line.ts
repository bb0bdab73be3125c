/** Updates as equations, line by line; what the lines of several optimizers have in common. */
import type { Config } from '../fields'
import { termSymbols } from './symbols'
import { isSet } from './terms'

/** A right-hand side: as TeX, and worked out. */
export interface Expression {
  /**
   * TeX with `@name` for what it is computed from: the settings by their keys (`learningRate` is the rate of this step),
   * `t` (the step, from 1), `w` (the weight before), `g` (its gradient), slots of the state before the step, and lines before.
   */
  readonly formula: string
  /** Operation by operation as `apply` computes it in the graph: in float64 the bits are the same. */
  value(of: (name: string) => number): number
}

/**
 * One equation of an update, for people to follow and to work out. New values of weight and state carry a prime:
 * v′ = μ·v + g, then w′ = w − η·v′.
 */
export interface UpdateLine extends Expression {
  /** Later lines call it so: `@name` in their formulas. */
  readonly name: string
  /** TeX of what it is. */
  readonly symbol: string
}

/** What the line of a new value is called: of a slot of the state, or of the weight `w`. */
export function nextName(name: string): string {
  return `next${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** The line of a slot's new value. */
export function nextLine(slot: string, symbol: string, { formula, value }: Expression): UpdateLine {
  return { name: nextName(slot), symbol: `${symbol}'`, formula, value }
}

/** The new weight: the last line of every update. */
export function weightLine({ formula, value }: Expression): UpdateLine {
  return nextLine('w', termSymbols.w, { formula, value })
}

/** What has this name. */
export function named(name: string): Expression {
  return { formula: `@${name}`, value: (of) => of(name) }
}

export function squareOf(name: string): Expression {
  return { formula: `@${name}^2`, value: (of) => of(name) * of(name) }
}

/** keep · slot + (1 − keep) · taken. @param keep the key of a setting @see movedTowards in terms.ts */
export function average(slot: string, taken: Expression, keep: string): Expression {
  return {
    formula: `@${keep} \\cdot @${slot} + (1 - @${keep}) \\cdot ${taken.formula}`,
    value: (of) => of(keep) * of(slot) + (1 - of(keep)) * taken.value(of)
  }
}

/** from − rate · direction. @param rate a name @see stepped in terms.ts */
export function steppedFrom(from: Expression, direction: Expression, rate = 'learningRate'): Expression {
  return {
    formula: `${from.formula} - @${rate} \\cdot ${direction.formula}`,
    value: (of) => from.value(of) - of(rate) * direction.value(of)
  }
}

/** gradient / (√size + ε). */
export function scaled(gradient: string, size: Expression): Expression {
  return {
    formula: `\\frac{@${gradient}}{\\sqrt{${size.formula}} + @eps}`,
    value: (of) => of(gradient) / (Math.sqrt(size.value(of)) + of('eps'))
  }
}

/** The gradient that an update goes by, and its line where weight decay is added to it. @see withDecay in terms.ts */
export function gradientLines(config: Config): { readonly lines: readonly UpdateLine[]; readonly gradient: string } {
  if (!isSet(config, 'weightDecay')) return { lines: [], gradient: 'g' }
  const line: UpdateLine = {
    name: 'decayed',
    symbol: `${termSymbols.g}'`,
    formula: '@g + @weightDecay \\cdot @w',
    value: (of) => of('g') + of('weightDecay') * of('w')
  }
  return { lines: [line], gradient: line.name }
}

/** What a decay beside the gradient leaves of the weight: (1 − η·λ)·w; w itself for λ = 0. @see keptShare in terms.ts */
export function keptWeight(config: Config): Expression {
  if (!isSet(config, 'weightDecay')) return named('w')
  return {
    formula: '(1 - @learningRate \\cdot @weightDecay) \\cdot @w',
    value: (of) => (1 - of('learningRate') * of('weightDecay')) * of('w')
  }
}
