/** The letters of updates, as TeX: the one place where a name in an equation gets its letter. */
import type { OptimizerSpec } from './optimizer'

/** What every update starts from. */
export const termSymbols = { w: 'w', g: 'g', t: 't' } as const

/** By the keys of settings; the same setting has the same letter in every optimizer. */
const settingSymbols: ReadonlyMap<string, string> = new Map([
  ['learningRate', '\\eta'],
  ['momentum', '\\mu'],
  ['dampening', '\\tau'],
  ['weightDecay', '\\lambda'],
  ['beta1', '\\beta_1'],
  ['beta2', '\\beta_2'],
  ['alpha', '\\alpha'],
  ['learningRateDecay', '\\rho'],
  ['eps', '\\epsilon']
])

/**
 * The TeX of every name that a formula of this optimizer's `lines` may use but those of the lines themselves, which carry
 * their own.
 */
export function symbolsOf({ slotSymbols }: Pick<OptimizerSpec, 'slotSymbols'>): ReadonlyMap<string, string> {
  return new Map([...settingSymbols, ...Object.entries(termSymbols), ...Object.entries(slotSymbols)])
}
