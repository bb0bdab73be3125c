/** What stands in the way of training, and what is worth knowing, gathered from all parts of the setup. */
import {
  fieldProblem,
  lossesFor,
  optimizerSpecs,
  type Field,
  type LayerProblem,
  type ModelDescription
} from '../../../engine/catalog'
import type { ErrorValue } from '../../../shared/errors'
import { trainingFields, type Setup } from '../../../shared/setup'
import type { DatasetView, SetupView } from '../../../shared/views'

export const stages = ['data', 'model', 'train', 'evaluate', 'explain', 'export'] as const
export type Stage = (typeof stages)[number]

export interface Problem {
  /** Where it can be mended. */
  readonly stage: Stage
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly layer?: string
  readonly field?: string | null
}

export interface ProblemSources {
  readonly dataset: DatasetView | null
  readonly setup: Setup | null
  readonly setupView: SetupView | null
  readonly description: ModelDescription | null
  /** Why the trainer could not take the setup; null when it could. */
  readonly refusal: ErrorValue | null
}

/** Errors first, in the order of the stages. */
export function problemsOf({ dataset, setup, setupView, description, refusal }: ProblemSources): Problem[] {
  if (dataset === null || setup === null) return []
  const settings = trainingErrors(setup)
  // A split that cannot be made for want of a valid share or seed is told once, at that setting.
  const splitIsInvalid = settings.some((problem) => problem.field === 'validation' || problem.field === 'seed')
  const data = splitIsInvalid ? [] : dataErrors(setupView)
  const errors = [...data, ...modelErrors(description), ...settings]
  // What is already known to be wrong explains a refusal better than the refusal does.
  const refused = errors.length === 0 && refusal !== null ? [refusalError(refusal)] : []
  return [...errors, ...refused, ...warnings(dataset, setupView)]
}

/** A setup that was not taken must not be trained: the trainer still has the one before, which is not in view. */
function refusalError({ code, message, details }: ErrorValue): Problem {
  const part = /^0\.(\w+)/.exec(String(details['argument'] ?? ''))?.[1]
  return {
    stage: part === 'layers' ? 'model' : part === 'target' || part === 'ignored' ? 'data' : 'train',
    severity: 'error',
    code,
    message: `The settings in view were not taken over. ${message}`
  }
}

function dataErrors(setupView: SetupView | null): Problem[] {
  const error: ErrorValue | null = setupView?.error ?? null
  if (error === null) return []
  return [{ stage: 'data', severity: 'error', code: error.code, message: error.message }]
}

function modelErrors(description: ModelDescription | null): Problem[] {
  if (description === null) return []
  const ofLayer = (layer: string | null, problem: LayerProblem): Problem => ({
    stage: 'model',
    severity: 'error',
    code: problem.code,
    message: problem.message,
    field: problem.field,
    ...(layer !== null && { layer })
  })
  return [
    ...description.layers.flatMap((layer) => layer.problems.map((problem) => ofLayer(layer.name, problem))),
    ...description.problems.map((problem) => ofLayer(null, problem))
  ]
}

function trainingErrors(setup: Setup): Problem[] {
  const problems: Problem[] = []
  const invalid = (field: string, message: string): void => {
    problems.push({ stage: 'train', severity: 'error', code: 'invalid-config', message, field })
  }
  const check = (field: Field, value: unknown): void => {
    const problem = fieldProblem(field, value)
    if (problem !== null) invalid(field.key, `${field.label} ${problem}.`)
  }
  if (!lossesFor(setup.task).includes(setup.loss)) {
    invalid('loss', `The loss “${setup.loss}” does not serve ${setup.task}; choose another.`)
  }
  const optimizer = optimizerSpecs.find((spec) => spec.type === setup.optimizer.type)
  if (optimizer === undefined) invalid('optimizer', `There is no optimizer “${setup.optimizer.type}”; choose another.`)
  for (const field of optimizer?.fields ?? []) {
    check(field, Object.hasOwn(setup.optimizer.config, field.key) ? setup.optimizer.config[field.key] : field.default)
  }
  for (const field of trainingFields) check(field, setup[field.key])
  return problems
}

function warnings(dataset: DatasetView, setupView: SetupView | null): Problem[] {
  const notices = [...dataset.notices, ...(setupView?.prepared?.notices ?? [])]
  const told = new Set<string>()
  return notices.flatMap(({ severity, code, message }): Problem[] => {
    const key = `${code}\n${message}`
    if (severity !== 'warning' || told.has(key)) return []
    told.add(key)
    return [{ stage: 'data', severity: 'warning', code, message }]
  })
}

/** The message of a setting of the Train stage, for the control beside it. */
export function problemOfField(problems: readonly Problem[], key: string): string | null {
  return problems.find((problem) => problem.stage === 'train' && problem.field === key)?.message ?? null
}
