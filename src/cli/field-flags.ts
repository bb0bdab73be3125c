/** Flags made from the fields of the specs: a new field is a new flag, with its range in `--help`. */
import { Option, type Command } from 'commander'
import { fieldProblem, layerSpecs, optimizerSpecs, type Field, type FieldValue } from '../engine/catalog'
import { usageError } from './failure'

/** The type of layer that `--layers` makes. */
export const layerSpec = requireSpec(layerSpecs.find((spec) => spec.type === 'dense'))

/** The field that `--layers` itself gives, one value a layer. */
export const unitsField = requireSpec(layerSpec.fields.find((field) => field.key === 'units'))

/** Settings that all layers of `--layers` share. */
export const layerFields: readonly Field[] = layerSpec.fields.filter((field) => field !== unitsField)

/** Settings of all optimizers; a key that several have is one flag. */
export const optimizerFields: readonly Field[] = optimizerSpecs
  .flatMap((spec) => spec.fields)
  .filter((field, index, all) => all.findIndex((other) => other.key === field.key) === index)

/** `learningRate` → `--learning-rate` */
export function flagOf(field: Field): string {
  return `--${field.key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** Adds one flag a field. Its value stays text until the field is known to apply. `range` says what it may be. */
export function addFieldOptions(command: Command, fields: readonly Field[], range = rangeOf): void {
  for (const field of fields) {
    const help = `${field.help} ${range(field)}`
    if (field.kind === 'boolean') {
      command.addOption(new Option(flagOf(field), help))
      command.addOption(new Option(flagOf(field).replace('--', '--no-'), `Not: ${field.label.toLowerCase()}.`))
    } else {
      command.addOption(new Option(`${flagOf(field)} <${field.kind === 'choice' ? 'name' : 'number'}>`, help))
    }
  }
}

/**
 * The values of the flags that were given, by key.
 * @throws ConfigError `usage` naming the flag
 */
export function readFields(
  fields: readonly Field[],
  options: Readonly<Record<string, unknown>>
): Map<string, FieldValue> {
  const values = new Map<string, FieldValue>()
  for (const field of fields) {
    const given = options[field.key]
    if (given !== undefined) values.set(field.key, readField(field, given, flagOf(field)))
  }
  return values
}

/**
 * One value out of the text of a flag.
 * @throws ConfigError `usage` naming the flag
 */
export function readField(field: Field, given: unknown, flag: string): FieldValue {
  const value = typeof given === 'string' && field.kind !== 'choice' ? readNumber(given) : given
  const problem = fieldProblem(field, value ?? given)
  if (problem === null && (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'))
    return value
  throw usageError(`${flag} ${problem ?? 'has no value'}`)
}

/** Decimal numbers only: `Number` would also take an empty text for 0, and hexadecimal. */
function readNumber(text: string): number | null {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : null
}

function rangeOf(field: Field): string {
  switch (field.kind) {
    case 'boolean':
      return `(default: ${String(field.default)})`
    case 'choice':
      return `(${field.choices.map((choice) => choice.value).join(', ')}; default: ${field.default})`
    case 'number':
    case 'integer':
      return `(default: ${field.default})`
  }
}

/** Which optimizers have the setting, with the default of each: "(sgd, adagrad: 0.1; adam: 0.01)". */
export function optimizerRange(field: Field): string {
  const owners = new Map<FieldValue, string[]>()
  for (const spec of optimizerSpecs) {
    const own = spec.fields.find(({ key }) => key === field.key)
    if (own !== undefined) owners.set(own.default, [...(owners.get(own.default) ?? []), spec.type])
  }
  const everywhere = owners.size === 1 && owners.get(field.default)?.length === optimizerSpecs.length
  if (everywhere) return rangeOf(field)
  return `(${[...owners].map(([value, types]) => `${types.join(', ')}: ${value}`).join('; ')})`
}

function requireSpec<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('the layer of --layers is not in the catalog')
  return found
}
