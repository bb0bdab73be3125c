/** Datasets that are made from a rule: two columns to look at, and a target that the rule gives. */
import type { Config, Field, Task } from '../../engine/catalog'
import type { RandomStream } from '../../engine/random/stream'
import { className } from '../../shared/made-dataset'

/** Cells of a row in the order of the columns; the target comes last. */
export type GeneratedRow = readonly (number | string)[]

export interface Generator {
  readonly name: string
  readonly label: string
  /** One sentence: what lies where, and what it asks of a network. */
  readonly summary: string
  readonly task: Task
  /** The target is the last. */
  readonly columns: readonly [string, string, ...string[]]
  /** Its own settings; `sharedFields` come before them. */
  readonly fields: readonly Field[]
  /** The rows in order, as many as `config.points` says. */
  rows(config: Config, random: RandomStream): readonly GeneratedRow[]
}

/** Settings that every generator has. */
export const sharedFields = [
  {
    key: 'points',
    label: 'Points',
    kind: 'integer',
    default: 400,
    min: 10,
    max: 20_000,
    help: 'How many rows are made, divided evenly among the classes.'
  },
  {
    key: 'noise',
    label: 'Noise',
    kind: 'number',
    default: 0.05,
    min: 0,
    max: 1,
    help: 'How far points are thrown from where the rule puts them: the deviation of normal noise. More of it and classes overlap.'
  },
  {
    key: 'seed',
    label: 'Seed',
    kind: 'integer',
    default: 1,
    min: 0,
    max: 4_294_967_295,
    help: 'Start of the random draws. The same seed makes the same points.'
  }
] as const satisfies readonly Field[]

/** A setting that is known to be a number, since the config was parsed by its fields. */
export function setting(config: Config, key: string): number {
  const value = config[key]
  if (typeof value !== 'number') throw new Error(`The generator has no number "${key}"`)
  return value
}

/**
 * A row for each point, classes taking turns: `place` says where the rule puts the point of a class, noise is added.
 * @param place by class and by how far the point is through its class, 0 … 1
 */
export function classRows(
  config: Config,
  random: RandomStream,
  classes: number,
  place: (index: number, share: number) => readonly [x: number, y: number]
): GeneratedRow[] {
  const points = setting(config, 'points')
  const noise = setting(config, 'noise')
  const inClass = Math.max(1, Math.ceil(points / classes) - 1)
  return Array.from({ length: points }, (_, i) => {
    const index = i % classes
    const [x, y] = place(index, Math.floor(i / classes) / inClass)
    return [x + noise * random.normal(), y + noise * random.normal(), className(index)]
  })
}
