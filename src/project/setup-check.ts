/** Whether a setup can be run, judged before anything is computed. The network is judged by `compileModel`. */
import * as v from 'valibot'
import {
  augmentationFields,
  earlyStoppingFields,
  fieldProblem,
  lossFor,
  optimizerSpecs,
  regularizationFields,
  scheduleSpecs,
  type Config,
  type Field
} from '../engine/catalog'
import { ConfigError, StudioError } from '../shared/errors'
import { issueSentence, issueWords } from '../shared/issue-words'
import { setupSchema, trainingFields, type Setup } from '../shared/setup'

/**
 * The setup, when its form and every value that does not depend on the data are right.
 * @throws ConfigError `invalid-setup`, naming the field in the message and in `details.field`
 */
export function checkSetup(value: unknown): Setup {
  const result = v.safeParse(setupSchema, value)
  if (!result.success) {
    const issue = result.issues[0]
    throw invalid(issueWords(issue).path || 'setup', `${issueSentence(issue, 'setup')}. Correct it.`)
  }
  const setup = result.output
  for (const field of trainingFields) requireField(field, setup[field.key])
  requireSpec('optimizer', optimizerSpecs, setup.optimizer)
  requireSpec('schedule', scheduleSpecs, setup.schedule)
  requireConfig('Regularization', regularizationFields, setup.regularization)
  requireConfig('Early stopping', earlyStoppingFields, setup.earlyStopping)
  requireConfig('Augmentation', augmentationFields, setup.augmentation)
  requireColumns(setup)
  const loss = asInvalid('loss', () => lossFor(setup.loss, setup.task))
  requireConfig(loss.label, loss.fields, setup.lossConfig)
  if ((setup.task === 'regression' || setup.task === 'multi-label') && setup.classWeights !== 'none')
    throw invalid('classWeights', `Class weights are for binary and multi-class; choose none for ${setup.task}.`)
  return setup
}

/** What is said of single columns, as far as that goes without the table. */
function requireColumns({ columns, prepare }: Setup): void {
  const names = new Set<string>()
  for (const { name } of columns) {
    if (names.has(name)) throw invalid('columns', `The column "${name.slice(0, 60)}" has two settings; say all in one.`)
    names.add(name)
  }
  if (prepare || columns.length === 0) return
  throw invalid(
    'columns',
    'Settings of single columns say how they are prepared, and nothing is to be prepared. Remove them, or have numbers prepared.'
  )
}

/** A choice from a registry with its settings. */
function requireSpec(
  kind: string,
  specs: readonly { readonly type: string; readonly label: string; readonly fields: readonly Field[] }[],
  chosen: { readonly type: string; readonly config: Config }
): void {
  const spec = specs.find(({ type }) => type === chosen.type)
  if (spec === undefined) {
    const known = specs.map(({ type }) => type).join(', ')
    throw invalid(kind, `There is no ${kind} "${chosen.type.slice(0, 60)}"; known are ${known}.`)
  }
  requireConfig(spec.label, spec.fields, chosen.config)
}

/** Settings that are left out have their defaults. */
function requireConfig(owner: string, fields: readonly Field[], config: Config): void {
  for (const key of Object.keys(config)) {
    if (!fields.some((field) => field.key === key)) throw invalid(key, `${owner} has no setting "${key}".`)
  }
  for (const field of fields) if (Object.hasOwn(config, field.key)) requireField(field, config[field.key])
}

function requireField(field: Field, value: unknown): void {
  const problem = fieldProblem(field, value)
  if (problem !== null) throw invalid(field.key, `${field.label} ${problem}.`)
}

/** What `judge` gives; its error as one of the setup. */
function asInvalid<T>(field: string, judge: () => T): T {
  try {
    return judge()
  } catch (thrown) {
    throw thrown instanceof StudioError ? invalid(field, thrown.message) : thrown
  }
}

function invalid(field: string, message: string): ConfigError {
  return new ConfigError('invalid-setup', message, { field })
}
