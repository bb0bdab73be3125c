/** The error at the output, δ = ∂E/∂z, over z: what each loss answers a network that is right, unsure or surely wrong. */
import { sigmoid } from '../../activations/sigmoid'
import { defaultsOf } from '../../fields'
import { lossFor, type LossName } from '../../losses'
import type { Link, LossSettings } from '../../losses/loss'
import type { Task } from '../../spec'

/** Losses that a task is tried under, in this order; none for regression. */
export function labLosses(task: Task): readonly LossName[] {
  switch (task) {
    case 'binary':
      return ['squared', 'log', 'cross-entropy']
    case 'multi-class':
      return ['squared', 'cross-entropy']
    case 'multi-label':
      return ['squared', 'log']
    case 'regression':
      return []
  }
}

/** One loss at one z. */
export interface OutputGradient {
  /** What the network says: the probability of the unit’s class. */
  readonly p: number
  /** δ = ∂E/∂z of the unit, of one row alone. */
  readonly delta: number
}

/**
 * δ of one output unit, by the closed form of the loss. Where classes have an output each, z is that of the unit before the
 * others, which all stand at the same place; so for two classes p = σ(z) under every loss.
 * @param target 1: this class is wanted; 0: another one
 * @param answers K classes, or T labels
 */
export function outputGradient(
  name: LossName,
  task: Task,
  answers: number,
  { z, target }: { readonly z: number; readonly target: 0 | 1 }
): OutputGradient {
  const loss = lossFor(name, task)
  // A label by itself is two classes; δ of one of T labels is 1/T of that.
  const units = task === 'multi-label' ? 1 : loss.outputUnits(task, answers)
  const logits = Array.from({ length: units }, (_, k) => (k === units - 1 ? z : 0))
  const p = linked(loss.link(task), logits)
  const hasOutputEach = units > 1
  const wanted = hasOutputEach ? (target === 1 ? units - 1 : 0) : target
  const delta = loss.deltaOf(task, { z: logits, p, target: [wanted] }, settingsOf(name, task))
  return { p: p.at(-1) ?? NaN, delta: delta.at(-1) ?? NaN }
}

/** Whether an output with that probability lies in a flat end of the sigmoid: where its slope is under a 25th of the largest. */
export function isSaturated(p: number): boolean {
  return sigmoid.isFlat?.(p) ?? false
}

function settingsOf(name: LossName, task: Task): LossSettings {
  return { config: defaultsOf(lossFor(name, task).fields), classWeights: null }
}

/** p = link(z) of one row, without overflow. */
function linked(link: Link, z: readonly number[]): readonly number[] {
  if (link === 'identity') return z
  if (link === 'sigmoid') return z.map((value) => 1 / (1 + Math.exp(-value)))
  const most = Math.max(...z)
  const powers = z.map((value) => Math.exp(value - most))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}
