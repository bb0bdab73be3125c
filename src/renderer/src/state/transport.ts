/** What the buttons of the transport can do now, and for those that cannot, why. */
import type { RunStatus } from '../../../shared/views'

export interface TransportSources {
  /** Null while there is no run. */
  readonly status: RunStatus | null
  /** Why no run can be started, when none can. */
  readonly blocker: string | null
  /** Another dataset is being opened: it ends the run, whatever has been asked of it. */
  readonly opening: boolean
  /** A request of the transport has not been answered yet. */
  readonly busy: boolean
}

export type TransportCommand = 'train' | 'step' | 'stop' | 'reset'

/** For each command why its button cannot be used; null when it can. */
export interface TransportView extends Readonly<Record<TransportCommand, string | null>> {
  readonly trainLabel: 'Train' | 'Pause' | 'Resume'
}

export function transportOf({ status, blocker, opening, busy }: TransportSources): TransportView {
  const running = status === 'running'
  const paused = status === 'paused'
  const wait = opening
    ? 'A dataset is being opened.'
    : busy
      ? 'One moment: the last command is still being carried out.'
      : null
  const starting = blocker === null ? null : `Not ready to train: ${blocker}`
  return {
    trainLabel: running ? 'Pause' : paused ? 'Resume' : 'Train',
    train: wait ?? (running || paused ? null : starting),
    step: wait ?? (running ? 'Training is running: pause it to go step by step.' : paused ? null : starting),
    stop: wait ?? (running || paused ? null : 'Nothing is being trained.'),
    reset: wait ?? (status === null ? 'There is no run to clear.' : null)
  }
}

/** That the settings are no longer those of the run in view, and which button leads to a run with them. */
export function changedSince(status: RunStatus | null): string {
  const goesOn = status === 'running' || status === 'paused'
  const next = goesOn
    ? 'Stop ends this run; Train then begins a new one with them.'
    : 'Train begins a new run with them.'
  return `the settings have been changed since. ${next}`
}

/** Where a run stands, in a few words. */
export function statusText(status: RunStatus | null): string {
  switch (status) {
    case null:
      return 'not trained yet'
    case 'running':
      return 'training'
    case 'paused':
      return 'paused'
    case 'completed':
      return 'finished'
    case 'stopped':
      return 'stopped'
    case 'failed':
      return 'failed'
  }
}
