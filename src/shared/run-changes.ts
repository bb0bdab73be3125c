/** Which settings may change while a run goes on, and what changes when they do. */
import type { SettingChange } from './run-views'
import { differingSettings, settingsOf } from './setting-texts'
import type { Setup } from './setup'

export interface SettingChanges {
  readonly changes: readonly SettingChange[]
  /** Settings that cannot change while a run goes on. */
  readonly refused: readonly SettingChange[]
}

/** What differs between the setup of a run and the one that it is to go on with. */
export function settingChanges(before: Setup, after: Setup): SettingChanges {
  const steered = steeredSetup(before, after)
  const [was, is] = [settingsOf(steered), settingsOf(after)]
  return { changes: differingSettings(settingsOf(before), was), refused: differingSettings(was, is) }
}

/**
 * The setup of a run with what another one says of the settings that may change: those that say how training goes on from its
 * next step. All others say what is learned from, what learns, or what was drawn at random already; with another one of
 * those it would be another run.
 */
export function steeredSetup(before: Setup, after: Setup): Setup {
  const { lossConfig, classWeights, optimizer, schedule, regularization } = after
  const { earlyStopping, augmentation, batchSize, epochs, threads, gradientSamples } = after
  return {
    ...before,
    ...{ lossConfig, classWeights, optimizer, schedule, regularization },
    ...{ earlyStopping, augmentation, batchSize, epochs, threads, gradientSamples }
  }
}
