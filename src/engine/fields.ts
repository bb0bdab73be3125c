/**
 * Fields: how a layer, a loss or an optimizer declares its settings, once.
 *
 * Forms in the studio, flags of the command line, validation and documentation are all derived from these
 * declarations, so a new setting is one entry in its spec and nothing else.
 */
import { ConfigError } from '../shared/errors'

interface FieldBase {
  /** Key in the config object and, in kebab case, the flag of the command line. */
  readonly key: string
  /** What people read beside the control. */
  readonly label: string
  /** Two plain sentences at most: what it is and what changing it does. */
  readonly help: string
  /** True for what beginners need not see: forms fold it away, with its default. */
  readonly advanced?: true
  /** It matters only where this other setting has this value: forms show it then alone. */
  readonly when?: { readonly key: string; readonly value: string }
}

export interface NumberField extends FieldBase {
  readonly kind: 'number' | 'integer'
  readonly default: number
  readonly min: number
  readonly max: number
  /** True when `min` itself is not allowed, as for a learning rate that must be > 0. */
  readonly exclusiveMin?: boolean
  /** True when `max` itself is not allowed, as for a momentum that must be < 1. */
  readonly exclusiveMax?: boolean
}

export interface ChoiceField extends FieldBase {
  readonly kind: 'choice'
  readonly default: string
  readonly choices: readonly { readonly value: string; readonly label: string }[]
}

export interface BooleanField extends FieldBase {
  readonly kind: 'boolean'
  readonly default: boolean
}

export type Field = NumberField | ChoiceField | BooleanField
export type FieldValue = number | string | boolean
/** Settings by key. Keys come from specs, never from user data. */
export type Config = Readonly<Record<string, FieldValue>>

/** What is wrong with one value, or null when it is right. Sentences without a subject: "must be …, got …". */
export function fieldProblem(field: Field, value: unknown): string | null {
  switch (field.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? null : `must be true or false, got ${show(value)}`
    case 'choice':
      return field.choices.some((choice) => choice.value === value)
        ? null
        : `must be one of ${field.choices.map((choice) => choice.value).join(', ')}, got ${show(value)}`
    case 'number':
    case 'integer': {
      const whole = field.kind === 'integer'
      const inRange =
        typeof value === 'number' &&
        Number.isFinite(value) &&
        (!whole || Number.isInteger(value)) &&
        (field.exclusiveMin ? value > field.min : value >= field.min) &&
        (field.exclusiveMax ? value < field.max : value <= field.max)
      if (inRange) return null
      const from = field.exclusiveMin ? `above ${field.min}` : `from ${field.min}`
      const to = field.exclusiveMax ? `below ${field.max}` : `to ${field.max}`
      return `must be a ${whole ? 'whole number' : 'number'} ${from} ${to}, got ${show(value)}`
    }
  }
}

/** Whether a setting matters beside the others. @param fields all of them */
export function matters({ when }: Field, fields: readonly Field[], config: Config): boolean {
  if (when === undefined) return true
  return (config[when.key] ?? fields.find(({ key }) => key === when.key)?.default) === when.value
}

/** The defaults of a list of fields. */
export function defaultsOf(fields: readonly Field[]): Config {
  return Object.fromEntries(fields.map((field) => [field.key, field.default]))
}

/**
 * The config with defaults filled in.
 * @throws ConfigError `invalid-config` on an unknown key or a value outside its range, naming `owner`
 */
export function parseConfig(
  owner: string,
  fields: readonly Field[],
  config: Readonly<Record<string, unknown>>
): Config {
  const known = new Set(fields.map((field) => field.key))
  for (const key of Object.keys(config)) {
    if (!known.has(key)) {
      throw new ConfigError('invalid-config', `${owner}: unknown setting "${key}"; known are ${[...known].join(', ')}.`)
    }
  }
  return Object.fromEntries(
    fields.map((field) => {
      const value = Object.hasOwn(config, field.key) ? config[field.key] : field.default
      const problem = fieldProblem(field, value)
      if (problem !== null)
        throw new ConfigError('invalid-config', `${owner}: ${field.label.toLowerCase()} ${problem}.`)
      return [field.key, value as FieldValue]
    })
  )
}

/** A number out of a parsed config. Specs use it to read their own settings. */
export function numberSetting(config: Config, key: string): number {
  const value = config[key]
  if (typeof value !== 'number')
    throw new ConfigError('invalid-config', `Setting "${key}" must be a number, got ${show(value)}.`)
  return value
}

/** A text or choice out of a parsed config. */
export function textSetting(config: Config, key: string): string {
  const value = config[key]
  if (typeof value !== 'string')
    throw new ConfigError('invalid-config', `Setting "${key}" must be text, got ${show(value)}.`)
  return value
}

/** A switch out of a parsed config. */
export function booleanSetting(config: Config, key: string): boolean {
  const value = config[key]
  if (typeof value !== 'boolean')
    throw new ConfigError('invalid-config', `Setting "${key}" must be true or false, got ${show(value)}.`)
  return value
}

function show(value: unknown): string {
  // An emptied field reads as NaN.
  if (value === undefined || Number.isNaN(value)) return 'nothing'
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}
