/** What is said of the steering of a run: how settings reach it, how long it will take, and what is kept of it. */
import type { KeptView, RunFacts, SettingChange } from '../../../shared/run-views'
import { settingChanges } from '../../../shared/run-changes'
import type { Setup } from '../../../shared/setup'
import type { Remedy, RunStatus } from '../../../shared/views'
import { formatDuration, plural } from '../state/format'

/** "Learning rate from 0.1 to 0.05". */
export function changeText({ label, before, after }: SettingChange): string {
  return `${label} from ${before} to ${after}`
}

/** "Seed", "Seed and Target", "Seed, Target and Task". */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

export interface Acceptance {
  /** The settings that it comes to. */
  readonly setup: Setup
  /** Whether the run goes on with them; else another one begins. */
  readonly goesOn: boolean
  readonly sentence: string
}

/** What accepting a remedy does: to the run where it goes on and the settings may change in it, else by a new one. */
export function acceptanceOf(
  run: Setup,
  draft: Setup,
  { change, anew = false }: Remedy,
  status: RunStatus
): Acceptance {
  const setup = { ...draft, ...change }
  const { changes, refused } = settingChanges(run, setup)
  const isUnderWay = status === 'running' || status === 'paused'
  const goesOn = isUnderWay && refused.length === 0 && !anew
  const others = changes.length + refused.length - settingChanges(run, { ...run, ...change }).changes.length
  const also = goesOn && others > 0 ? ' So do your other changed settings.' : ''
  const spoiled = anew ? ' What this run has learned is of no use.' : ''
  const because =
    refused.length > 0 ? ` ${listed(refused.map(({ label }) => label))} cannot change within a run.` : spoiled
  const sentence = goesOn
    ? `Accept applies it to this run from the next step on.${also}`
    : `Accept starts over with it.${isUnderWay ? because : ' This run has ended.'}`
  return { setup, goesOn, sentence }
}

/** What a fork would differ by, and whether the comparison tells what of. */
export function forkSentence(changes: readonly SettingChange[]): string {
  if (changes.length === 0) return 'No setting differs: the fork will repeat this run, bit by bit.'
  if (changes.length === 1)
    return 'One setting differs, and all random streams are the same: what differs is that change.'
  return `${plural(changes.length, 'setting')} differ. Change one alone to know what makes the difference.`
}

/** "40–55 s", "1.2–1.5 min": the time left between two bounds, in the unit of the longer one. */
export function formatSpread([from, to]: readonly [number, number]): string {
  const unit = units.find(({ ms, below }) => to / ms < below) ?? { name: 'h', ms: 3_600_000 }
  const text = (ms: number): string => (to / unit.ms < 9.95 ? (ms / unit.ms).toFixed(1) : (ms / unit.ms).toFixed(0))
  const [low, high] = [text(Math.max(0, from)), text(Math.max(0, to))]
  return low === high ? `${high} ${unit.name}` : `${low}–${high} ${unit.name}`
}

const units = [
  { name: 's', ms: 1000, below: 89.5 },
  { name: 'min', ms: 60_000, below: 89.5 }
]

/** The time left with its spread where that can be said: "40–55 s left". */
export function timeLeftText(ms: number | null, range: readonly [number, number] | null): string {
  if (range !== null) return `${formatSpread(range)} left`
  return ms === null ? '–' : `${formatDuration(ms)} left`
}

/** How far a run is on disk: "saved at epoch 12"; null where nothing is yet. */
export function keptAtText({ checkpointStep, weightsSha256 }: KeptView, stepsPerEpoch: number): string | null {
  if (weightsSha256 !== null) return 'saved'
  if (checkpointStep === null || stepsPerEpoch < 1) return null
  const epoch = checkpointStep / stepsPerEpoch
  return Number.isInteger(epoch) ? `saved at epoch ${epoch}` : `saved in epoch ${Math.ceil(epoch)}`
}

/** What came of training a run once more; null while that is not known. */
export function repeatsText(repeats: RunFacts['repeats'], title: string): string | null {
  if (repeats === null || repeats.identical === null) return null
  return repeats.identical
    ? `Its weights are bit-identical to those of ${title}.`
    : `Its weights are not those of ${title}: the data, the version of the studio or the settings are others.`
}
