/** What a setup says of its loss, as the engine takes it. */
import { lossFor, parseConfig, type LossSettings, type Tensor } from '../engine'
import { ConfigError } from '../shared/errors'
import type { Setup } from '../shared/setup'

/** @param classWeights K factors, or null; see `classWeightsOf` */
export function lossSettingsOf(
  { loss, task, lossConfig }: Setup,
  classWeights: readonly number[] | null
): LossSettings {
  const spec = lossFor(loss, task)
  return { config: parseConfig(spec.label, spec.fields, lossConfig), classWeights }
}

/**
 * The factor of each class's rows in the loss; null for none. `balanced` weighs class k by N / (K · Nₖ), so that every
 * class has the same say; a class without rows weighs 1.
 * @param targets [N, 1], class indices of the training rows
 * @param classes names, K of them; none for regression
 * @throws ConfigError `invalid-setup` when as many weights as classes were not given
 */
export function classWeightsOf({ classWeights }: Setup, targets: Tensor, classes: readonly string[]): number[] | null {
  const { length } = classes
  if (length === 0 || classWeights === 'none') return null
  if (classWeights !== 'balanced') {
    if (classWeights.length === length) return [...classWeights]
    const names = classes.slice(0, 6).map((name) => `"${name.slice(0, 40)}"`)
    throw new ConfigError(
      'invalid-setup',
      `Class weights: expected ${length} numbers, one for each of ${names.join(', ')}${length > names.length ? ', …' : ''}, got ${classWeights.length}.`,
      { field: 'classWeights' }
    )
  }
  const counts = new Array<number>(length).fill(0)
  for (const index of targets.data) counts[index] = (counts[index] ?? 0) + 1
  const rows = targets.data.length
  return counts.map((count) => (count === 0 ? 1 : rows / (length * count)))
}
