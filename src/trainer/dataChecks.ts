/** The honesty check and the associations of the open dataset: worked out after the answer, in turns with training. */
import { setImmediate } from 'node:timers/promises'
import { associationSteps, honestySteps, inTurns, Turns, type Prepared, type Table } from '../data'
import { Cancelled, errorValue } from '../shared/errors'
import type { Setup } from '../shared/setup'
import type { AssociationView, Notice, SetupView } from '../shared/views'

interface Found {
  readonly prepared: Prepared
  /** Of the setup, what the findings look at besides the prepared data. */
  readonly key: string
  readonly target: string
  readonly findings: readonly Notice[]
  readonly associations: readonly AssociationView[]
}

export class DataChecks {
  private known: Found | null = null
  private underWay: { readonly prepared: Prepared; readonly key: string; readonly stop: AbortController } | null = null

  /** @param ready told when what `of` was asked about is known */
  constructor(private readonly ready: () => void) {}

  /** What is known of a setup. Where that is not all, it is looked for, and the search for an earlier setup ends. */
  of(table: Table, setup: Setup, prepared: Prepared): Pick<SetupView, 'findings' | 'associations' | 'checking'> {
    const key = JSON.stringify(setup.classWeights)
    const { known } = this
    if (known?.prepared === prepared && known.key === key) {
      const { findings, associations } = known
      return { findings, associations, checking: false }
    }
    if (this.underWay?.prepared !== prepared || this.underWay.key !== key) {
      this.underWay?.stop.abort()
      const stop = new AbortController()
      this.underWay = { prepared, key, stop }
      void this.look(table, setup, prepared, key, stop.signal)
    }
    const isAlike = known?.target === targetKey(setup)
    return { findings: isAlike ? known.findings : [], associations: isAlike ? known.associations : [], checking: true }
  }

  /** Another dataset is open, or none. */
  forget(): void {
    this.underWay?.stop.abort()
    this.underWay = null
    this.known = null
  }

  private async look(table: Table, setup: Setup, prepared: Prepared, key: string, signal: AbortSignal): Promise<void> {
    const former = this.known?.prepared === prepared ? this.known : null
    let found: Pick<Found, 'findings' | 'associations'>
    try {
      // The answer goes first.
      await setImmediate()
      const turns = new Turns(signal)
      const findings = await inTurns(honestySteps(table, setup, prepared), turns)
      const associations =
        former?.associations ??
        (await inTurns(associationSteps(table, setup.target, setup.task, prepared.trainRows), turns))
      found = { findings, associations }
    } catch (thrown) {
      if (thrown instanceof Cancelled) return
      found = { findings: [checkFailed(thrown)], associations: [] }
    }
    if (signal.aborted) return
    this.known = { prepared, key, target: targetKey(setup), ...found }
    this.underWay = null
    this.ready()
  }
}

/** Findings about another target are of no use. */
function targetKey({ target, moreTargets, task }: Setup): string {
  return JSON.stringify([target, moreTargets, task])
}

function checkFailed(thrown: unknown): Notice {
  const { message, code } = errorValue(thrown)
  return {
    code: 'check-failed',
    severity: 'warning',
    message: `The search for problems in the data could not be finished: ${message} (${code})`,
    columns: []
  }
}
