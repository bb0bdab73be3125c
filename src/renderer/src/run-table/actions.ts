/** What can be done with chosen runs, and for what cannot, why. */
import type { RunSummary } from '../../../shared/run-views'

export interface ActionReasons {
  readonly compare: string | null
  readonly overlay: string | null
  /** Of what is done with one run: its design, itself once more, its folder. */
  readonly one: string | null
  readonly continue: string | null
  readonly again: string | null
  readonly delete: string | null
}

/** Null where it can be done. */
export function reasonsOf(targets: readonly RunSummary[]): ActionReasons {
  const [run, more] = targets
  if (run === undefined) {
    const none = 'Choose a run first.'
    return { compare: 'Choose two runs first.', overlay: none, one: none, continue: none, again: none, delete: none }
  }
  const goesOn = targets.find(({ status }) => status === 'running' || status === 'paused')
  const one = more === undefined ? damage(run) : 'Choose one run alone.'
  return {
    compare: whyNotCompared(targets.length),
    overlay: targets.map(damage).find((reason) => reason !== null) ?? null,
    one,
    continue: one ?? whyNotContinued(run),
    again: one ?? whyNotAgain(run),
    delete: goesOn === undefined ? null : `“${goesOn.title}” is in progress: stop it first.`
  }
}

function whyNotCompared(count: number): string | null {
  if (count === 2) return null
  return count < 2
    ? 'Choose two runs.'
    : 'Two at a time. Show in charts lays the curves of more over one another, Only what differs lists their settings.'
}

/** Damage to the weights alone still leaves a design and curves: what is missing says so itself. */
function damage({ settings, error }: RunSummary): string | null {
  return settings.length === 0 ? (error?.message ?? 'It cannot be read.') : null
}

function whyNotContinued({ status, resumable, title }: RunSummary): string | null {
  if (status === 'running' || status === 'paused') return `“${title}” is in progress already.`
  return resumable ? null : 'No checkpoint of it was kept to go on from.'
}

function whyNotAgain({ parent }: RunSummary): string | null {
  return parent === null
    ? null
    : `It was forked from “${parent.title}”: a training from the beginning would be another one.`
}

/** An interrupted run goes on as planned; one that has ended is asked for how many epochs. */
export function hasEnded({ status }: RunSummary): boolean {
  return status !== 'interrupted'
}

/** What is offered where a person is asked for how many epochs in all: as planned where it ended early, else twice as many. */
export function epochsOffered({ epochs, plannedEpochs }: RunSummary): number {
  return plannedEpochs > epochs ? plannedEpochs : Math.max(1, epochs * 2)
}

/** Titles of the other runs with the same weights, bit for bit. */
export function sameWeights(run: RunSummary, all: readonly RunSummary[]): string[] {
  if (run.weightsSha256 === null) return []
  return all
    .filter(({ name, weightsSha256 }) => name !== run.name && weightsSha256 === run.weightsSha256)
    .map(({ title }) => title)
}
