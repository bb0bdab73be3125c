/** Flags made from the fields of the specs: a new field is a new flag, with its range in `--help`. */
import { Option, type Command } from 'commander'
import {
  fieldProblem,
  layerSpecs,
  lossSpecs,
  matters,
  optimizerSpecs,
  scheduleSpecs,
  type Field,
  type FieldValue
} from '../engine/catalog'
import { trainingFields } from '../shared/setup'
import { usageError } from './failure'

/** The type of layer that `--layers` makes. */
export const layerSpec = requireSpec(layerSpecs.find((spec) => spec.type === 'dense'))

/** The field that `--layers` itself gives, one value a layer. */
export const unitsField = requireSpec(layerSpec.fields.find((field) => field.key === 'units'))

/** How long a run is to be. */
export const epochsField = requireSpec<Field>(trainingFields.find(({ key }) => key === 'epochs'))

/** Settings that all layers of `--layers` share. */
export const layerFields: readonly Field[] = layerSpec.fields.filter((field) => field !== unitsField)

/** Something that is chosen by name and has settings of its own. */
interface Choice {
  readonly name: string
  readonly fields: readonly Field[]
}

/** Choices of one kind. A setting that several of them have is one flag. */
export interface ChoiceKind {
  /** As in a message: "not a setting of the optimizer adam". */
  readonly kind: string
  readonly choices: readonly Choice[]
  /** The settings of all of them. */
  readonly fields: readonly Field[]
}

export const optimizerChoices = choicesOf('optimizer', optimizerSpecs.map(named))
export const scheduleChoices = choicesOf('schedule', scheduleSpecs.map(named))
export const lossChoices = choicesOf('loss', lossSpecs)

function choicesOf(kind: string, choices: readonly Choice[]): ChoiceKind {
  const all = choices.flatMap(({ fields }) => fields)
  const fields = all.filter((field, index) => all.findIndex((other) => other.key === field.key) === index)
  return { kind, choices, fields }
}

function named({ type, fields }: { readonly type: string; readonly fields: readonly Field[] }): Choice {
  return { name: type, fields }
}

export function namesOf({ choices }: ChoiceKind): string[] {
  return choices.map(({ name }) => name)
}

/** `learningRate` → `--learning-rate` */
export function flagOf(field: Field): string {
  return `--${field.key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** Adds one flag a field. Its value stays text until the field is known to apply. `range` says what it may be. */
export function addFieldOptions(command: Command, fields: readonly Field[], range = rangeOf): void {
  for (const field of fields) {
    const help = `${field.help} ${range(field)}`
    if (field.kind === 'boolean') {
      const on = new Option(flagOf(field), help)
      const off = new Option(flagOf(field).replace('--', '--no-'), `Off: ${help}`)
      // Help shows the flag that changes something; the other one, for scripts, says what is so anyway.
      const [shown, hidden] = field.default ? [off, on] : [on, off]
      command.addOption(shown).addOption(hidden.hideHelp())
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
  const config = Object.fromEntries(values)
  for (const field of fields) {
    if (!values.has(field.key) || matters(field, fields, config)) continue
    const other = fields.find(({ key }) => key === field.when?.key)
    throw usageError(`${flagOf(field)} needs ${other === undefined ? '' : flagOf(other)} ${field.when?.value ?? ''}`)
  }
  return values
}

/**
 * The settings of one choice that were given, by key.
 * @throws ConfigError `usage` naming a flag whose value is wrong, or that belongs to other choices only
 */
export function readChoiceFields(
  { kind, choices, fields }: ChoiceKind,
  name: string,
  options: Readonly<Record<string, unknown>>
): Map<string, FieldValue> {
  const own = choices.find((choice) => choice.name === name)?.fields ?? []
  const foreign = fields.find(({ key }) => options[key] !== undefined && !own.some((each) => each.key === key))
  if (foreign === undefined) return readFields(own, options)
  const owners = choices.filter((choice) => choice.fields.some(({ key }) => key === foreign.key))
  const those = owners.map((choice) => choice.name).join(', ')
  throw usageError(`${flagOf(foreign)} is not a setting of the ${kind} ${name} (it is one of ${those})`)
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

/** A decimal number, or null: `Number` would also take an empty text for 0, and hexadecimal. */
export function readNumber(text: string): number | null {
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

/** Which choices have a setting, with the default of each: "(sgd, adagrad: 0.1; adam: 0.01)". */
export function rangeAmong({ choices }: ChoiceKind): (field: Field) => string {
  return (field) => {
    const owners = new Map<FieldValue, string[]>()
    for (const { name, fields } of choices) {
      const own = fields.find(({ key }) => key === field.key)
      if (own !== undefined) owners.set(own.default, [...(owners.get(own.default) ?? []), name])
    }
    const everywhere = owners.size === 1 && owners.get(field.default)?.length === choices.length
    if (everywhere) return rangeOf(field)
    return `(${[...owners].map(([value, names]) => `${names.join(', ')}: ${value}`).join('; ')})`
  }
}

function requireSpec<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('the layer of --layers is not in the catalog')
  return found
}
