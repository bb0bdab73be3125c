/** One weight's update, worked out. */
import type { Config } from '../fields'
import type { OptimizerSpec } from '../optimizers'
import { symbolsOf } from '../optimizers/symbols'
import { namesIn, type WorkedLine } from './worked-line'

/** What the update of one weight starts from. */
export interface WeightBefore {
  readonly w: number
  /** Its gradient as the optimizer gets it: after penalties and bounds. */
  readonly g: number
  /** What the optimizer remembers of it, by the names of its slots. */
  readonly state: ReadonlyMap<string, number>
  /** The step of the optimizer, from 1, counted from when its state was new. */
  readonly t: number
}

/**
 * The equations of one update with their numbers, in the order of computation; the last is the new weight. They are those of
 * the graph: in float64 to the bit.
 * @param config parsed, with the learning rate of this step
 */
export function updateLines(
  optimizer: OptimizerSpec,
  config: Config,
  { w, g, state, t }: WeightBefore
): readonly WorkedLine[] {
  const symbols = new Map(symbolsOf(optimizer))
  const settings = Object.entries(config).flatMap(([key, value]) =>
    typeof value === 'number' ? [[key, value] as const] : []
  )
  const values = new Map([...settings, ...state, ['w', w], ['g', g], ['t', t]])
  const of = (name: string) => known(values, name, optimizer)
  return optimizer.lines(config, t).map(({ name, symbol, formula, value: valueOf }) => {
    const terms = namesIn(formula).map((term) => ({
      name: term,
      symbol: known(symbols, term, optimizer),
      value: of(term)
    }))
    const value = valueOf(of)
    values.set(name, value)
    symbols.set(name, symbol)
    return { symbol, formula, terms, value }
  })
}

function known<Value>(values: ReadonlyMap<string, Value>, name: string, { label }: OptimizerSpec): Value {
  const value = values.get(name)
  if (value === undefined) throw new Error(`The update of ${label} asks for "${name}", which it was not given`)
  return value
}
