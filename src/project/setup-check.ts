/** Whether a setup can be run, judged before anything is computed. The network is judged by `compileModel`. */
import * as v from 'valibot'
import { fieldProblem, lossFor, optimizerSpecs, type Field } from '../engine/catalog'
import { ConfigError, StudioError } from '../shared/errors'
import { setupSchema, trainingFields, type Setup } from '../shared/setup'

/**
 * The setup, when its form and every value that does not depend on the data are right.
 * @throws ConfigError `invalid-setup`, naming the field in the message and in `details.field`
 */
export function checkSetup(value: unknown): Setup {
  const result = v.safeParse(setupSchema, value)
  if (!result.success) {
    const issue = result.issues[0]
    const field = v.getDotPath(issue) ?? 'setup'
    throw invalid(field, `${field}: ${issue.message}`)
  }
  const setup = result.output
  for (const field of trainingFields) requireField(field, field.key, setup[field.key])
  requireOptimizer(setup)
  try {
    lossFor(setup.loss, setup.task)
  } catch (thrown) {
    throw thrown instanceof StudioError ? invalid('loss', thrown.message) : thrown
  }
  return setup
}

function requireOptimizer({ optimizer }: Setup): void {
  const spec = optimizerSpecs.find((each) => each.type === optimizer.type)
  if (spec === undefined) {
    const known = optimizerSpecs.map((each) => each.type).join(', ')
    throw invalid('optimizer', `There is no optimizer "${optimizer.type}"; known are ${known}.`)
  }
  for (const key of Object.keys(optimizer.config)) {
    if (!spec.fields.some((field) => field.key === key)) throw invalid(key, `${spec.label} has no setting "${key}".`)
  }
  for (const field of spec.fields) {
    requireField(
      field,
      field.key,
      Object.hasOwn(optimizer.config, field.key) ? optimizer.config[field.key] : field.default
    )
  }
}

function requireField(field: Field, key: string, value: unknown): void {
  const problem = fieldProblem(field, value)
  if (problem !== null) throw invalid(key, `${field.label} ${problem}.`)
}

function invalid(field: string, message: string): ConfigError {
  return new ConfigError('invalid-setup', message, { field })
}
