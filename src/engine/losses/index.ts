/** The loss registry: one line per loss; forms list them in this order, after the task's default. */
import { ConfigError } from '../../shared/errors'
import type { Task } from '../spec'
import { absolute } from './absolute'
import { crossEntropy } from './cross-entropy'
import { hinge } from './hinge'
import { huber } from './huber'
import { log } from './log'
import { squared } from './squared'

export { lawOf } from './law'
export { meanWeight } from './weights'
export { outputTerms, type LossTex, type OutputRow } from './derivation'
export type { Link, LossSettings, LossSpec } from './loss'

export const lossSpecs = [squared, absolute, huber, log, crossEntropy, hinge] as const

export type LossName = (typeof lossSpecs)[number]['name']

const taskDefaults: Readonly<Record<Task, LossName>> = {
  regression: 'squared',
  binary: 'log',
  'multi-class': 'cross-entropy',
  'multi-label': 'log'
}

export function defaultLoss(task: Task): LossName {
  return taskDefaults[task]
}

/** Losses that serve a task, its default first. */
export function lossesFor(task: Task): LossName[] {
  const names = lossSpecs.filter((loss) => loss.tasks.includes(task)).map((loss) => loss.name)
  return names.sort((a, b) => Number(b === defaultLoss(task)) - Number(a === defaultLoss(task)))
}

/**
 * The loss of that name, when it serves the task.
 * @throws ConfigError `unknown-loss`, `loss-task-mismatch`
 */
export function lossFor(name: string, task: Task): (typeof lossSpecs)[number] {
  const found = lossSpecs.find((loss) => loss.name === name)
  if (found === undefined) {
    throw new ConfigError(
      'unknown-loss',
      `There is no loss "${name}"; for ${task} use ${lossesFor(task).join(' or ')}.`
    )
  }
  if (!found.tasks.includes(task)) {
    throw new ConfigError(
      'loss-task-mismatch',
      `The loss "${name}" does not serve ${task} (it serves ${found.tasks.join(', ')}); use ${lossesFor(task).join(' or ')}.`
    )
  }
  return found
}
