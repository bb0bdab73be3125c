/** What stands in the way of training, and what is worth knowing, gathered from all parts of the setup. */
import {
  fieldProblem,
  lossesFor,
  optimizerSpecs,
  scheduleSpecs,
  unusedLayers,
  type Field,
  type LayerProblem,
  type ModelDescription,
  type ModelSpec
} from '../../../engine/catalog'
import type { ErrorValue } from '../../../shared/errors'
import { trainingFields, type Setup } from '../../../shared/setup'
import type { DatasetView, PreparedView, SetupView } from '../../../shared/views'
import { plural } from './format'
import { memoryProblem, trainingMemory } from './memory'
import { partFields, settingOf, settingParts } from './setupEdits'

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
  /** The network that the setup describes; null while the data is not ready for one. */
  readonly spec: ModelSpec | null
  /** Why the trainer could not take the setup; null when it could. */
  readonly refusal: ErrorValue | null
}

/** Errors first, in the order of the stages. */
export function problemsOf({ dataset, setup, setupView, description, spec, refusal }: ProblemSources): Problem[] {
  if (dataset === null || setup === null) return []
  const settings = trainingErrors(setup, setupView?.prepared?.classes.length ?? null)
  // A split that cannot be made for want of a valid share or seed is told once, at that setting.
  const splitIsInvalid = settings.some((problem) => problem.field === 'validation' || problem.field === 'seed')
  const data = splitIsInvalid ? [] : dataErrors(setupView)
  const memory = memoryErrors(setup, setupView?.prepared ?? null, description)
  const errors = [...data, ...modelErrors(description), ...memory, ...settings]
  // What is already known to be wrong explains a refusal better than the refusal does.
  const refused = errors.length === 0 && refusal !== null ? [refusalError(refusal)] : []
  return [...errors, ...refused, ...unused(spec), ...warnings(dataset, setupView)]
}

/** A setup that was not taken must not be trained: the trainer still has the one before, which is not in view. */
function refusalError({ code, message, details }: ErrorValue): Problem {
  const part = /^0\.(\w+)/.exec(String(details['argument'] ?? ''))?.[1]
  return {
    stage: part === 'layers' || part === 'model' ? 'model' : part === 'target' || part === 'ignored' ? 'data' : 'train',
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

function memoryErrors(setup: Setup, prepared: PreparedView | null, description: ModelDescription | null): Problem[] {
  const estimate = prepared === null || description === null ? null : trainingMemory(description, setup, prepared)
  const message = estimate === null ? null : memoryProblem(estimate)
  if (message === null) return []
  const layer = estimate?.largest ?? null
  return [{ stage: 'model', severity: 'error', code: 'model-too-large', message, ...(layer !== null && { layer }) }]
}

/** @param classes of the target; null while they are not known */
function trainingErrors(setup: Setup, classes: number | null): Problem[] {
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
  if (!optimizerSpecs.some((spec) => spec.type === setup.optimizer.type)) {
    invalid('optimizer', `There is no optimizer “${setup.optimizer.type}”; choose another.`)
  }
  if (!scheduleSpecs.some((spec) => spec.type === setup.schedule.type)) {
    invalid('schedule', `There is no schedule “${setup.schedule.type}”; choose another.`)
  }
  for (const part of settingParts) {
    for (const field of partFields(setup, part)) check(field, settingOf(setup, part, field))
  }
  for (const field of trainingFields) check(field, setup[field.key])
  const { classWeights } = setup
  if (typeof classWeights !== 'string' && classes !== null && classWeights.length !== classes) {
    invalid(
      'classWeights',
      `There ${classWeights.length === 1 ? 'is' : 'are'} ${plural(classWeights.length, 'class weight')} for ${plural(classes, 'class', 'classes')}; balance them, or choose none.`
    )
  }
  return problems
}

function unused(spec: ModelSpec | null): Problem[] {
  if (spec === null) return []
  return unusedLayers(spec).map((layer): Problem => {
    const message = `Nothing takes the output of “${layer}”, so it changes nothing: connect a layer to it, or remove it.`
    return { stage: 'model', severity: 'warning', code: 'unused-layer', message, layer }
  })
}

function warnings(dataset: DatasetView, setupView: SetupView | null): Problem[] {
  const notices = [...(setupView?.findings ?? []), ...dataset.notices, ...(setupView?.prepared?.notices ?? [])]
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
