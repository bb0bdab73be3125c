/** The registry of generators: one line each. */
import { parseConfig, type Config } from '../../engine/catalog'
import { RandomStream } from '../../engine/random/stream'
import { ConfigError } from '../../shared/errors'
import type { GeneratorView } from '../../shared/views'
import { circles } from './circles'
import { clusters } from './clusters'
import { sharedFields, setting, type GeneratedRow, type Generator } from './generator'
import { hills } from './hills'
import { moons } from './moons'
import { sine } from './sine'
import { spirals } from './spirals'
import { xor } from './xor'

export type { GeneratedRow, Generator } from './generator'

/** In the order in which the window offers them. */
export const generators: readonly Generator[] = [clusters, moons, circles, xor, spirals, sine, hills]

/** All settings of a generator, in the order of its form. */
export function generatorFields({ fields }: Generator): readonly Generator['fields'][number][] {
  const [points, noise, seed] = sharedFields
  return [points, noise, ...fields, seed]
}

/** @throws ConfigError `unknown-generator` */
export function generatorNamed(name: string): Generator {
  const found = generators.find((each) => each.name === name)
  if (found !== undefined) return found
  const known = generators.map((each) => each.name).join(', ')
  throw new ConfigError('unknown-generator', `There is no generator "${name}"; the generators are ${known}.`)
}

/**
 * The rows that a generator makes of its settings, the same on every machine.
 * @throws ConfigError `invalid-config`
 */
export function generatedRows(generator: Generator, given: Config): readonly GeneratedRow[] {
  const config = parseConfig(generator.label, generatorFields(generator), given)
  return generator.rows(config, new RandomStream(setting(config, 'seed'), `generate ${generator.name}`))
}

/** Rows that a look before the making shows at most. */
const PREVIEW_ROWS = 1000

export function listGenerators(): GeneratorView[] {
  return generators.map((each) => {
    const { name, label, summary, task, columns } = each
    return { name, label, summary, task, columns, fields: generatorFields(each) }
  })
}

/** @throws ConfigError `unknown-generator`, `invalid-config` */
export function previewGenerator(name: string, config: Config): readonly GeneratedRow[] {
  return generatedRows(generatorNamed(name), config).slice(0, PREVIEW_ROWS)
}

/** Decimals of generated numbers in a file: more than a plot shows, few enough to read. */
const DECIMALS = 4

/** A row as it stands in a file. */
export function writtenRow(row: GeneratedRow): GeneratedRow {
  // −0 is written as 0.
  return row.map((value) => (typeof value === 'number' ? Number(value.toFixed(DECIMALS)) + 0 : value))
}

/** Columns and rows as comma-separated text with a header. Names and classes hold neither commas nor quotes. */
export function csvText(columns: readonly string[], rows: readonly GeneratedRow[]): string {
  return [columns, ...rows.map(writtenRow)].map((row) => `${row.join(',')}\n`).join('')
}
