/** The lanes as people see them: named, numbered and coloured, with their settings. */
import {
  defaultsOf,
  laneChoices,
  laneOn,
  minimumAt,
  optimizerSpecs,
  type Config,
  type LaneChoice,
  type SurfaceSpec
} from '../../../../engine/catalog'
import type { RaceLane } from '../../../../shared/race-views'
import type { Setup } from '../../../../shared/setup'
import type { Token } from '../../charts/chart'
import type { LaneCurve } from './curves'

export interface DraftLane {
  /** For lists. */
  readonly key: number
  readonly choice: LaneChoice
  readonly label: string
  readonly colour: Token
  readonly config: Config
}

/** Not the pair of signs; the first ones are far apart. */
const colours: readonly Token[] = [
  '--class-5',
  '--class-2',
  '--class-4',
  '--class-3',
  '--class-1',
  '--family-convolution',
  '--family-activation',
  '--family-shape',
  '--family-regularization',
  '--family-linear'
]

export const usualLanes: readonly LaneChoice[] = laneChoices.filter(({ isUsual }) => isUsual)

/** The choice that settings are of, as far as can be told. */
export function choiceLike({ type, config }: RaceLane): LaneChoice | undefined {
  const kind = (of: Config): string => `${of['momentum'] === 0 ? 'plain' : ''} ${String(of['nesterov'] === true)}`
  const alike = laneChoices.filter((choice) => choice.type === type)
  return alike.find((choice) => kind(choice.config) === kind(config)) ?? alike[0]
}

let made = 0

/** One more lane; a second one of a kind is numbered. */
export function withLane(lanes: readonly DraftLane[], choice: LaneChoice, config: Config): readonly DraftLane[] {
  const taken = lanes.map(({ colour }) => colour)
  const own = colours[laneChoices.indexOf(choice)]
  const free = colours.find((each) => !taken.includes(each)) ?? '--text-2'
  const colour = own === undefined || taken.includes(own) ? free : own
  const labels = new Set(lanes.map(({ label }) => label))
  let [label, number] = [choice.label, 1]
  while (labels.has(label)) label = `${choice.label} ${++number}`
  return [...lanes, { key: ++made, choice, label, colour, config }]
}

/** Lanes of one kind by what tells them apart, their momentum or their rate, rather than by numbers. */
export function namedApart(lanes: readonly DraftLane[]): readonly DraftLane[] {
  return lanes.map((lane) => {
    const alike = lanes.filter(({ choice }) => choice === lane.choice)
    const differs = ['momentum', 'learningRate'].find(
      (key) => new Set(alike.map(({ config }) => config[key])).size === alike.length
    )
    if (alike.length === 1 || differs === undefined) return lane
    const word = differs === 'momentum' ? '' : ', rate'
    return { ...lane, label: `${lane.choice.label}${word} ${String(lane.config[differs])}` }
  })
}

/** What a lane begins with on a surface. */
export function configOn(surface: SurfaceSpec, choice: LaneChoice): Config {
  return laneOn(surface, choice).config
}

/** What a lane begins with on the network: its defaults; the rate of the draft where that has the same optimizer. */
export function configFor(setup: Setup | null, choice: LaneChoice): Config {
  if (setup?.optimizer.type !== choice.type) return choice.config
  const spec = optimizerSpecs.find(({ type }) => type === choice.type)
  const rate = setup.optimizer.config['learningRate'] ?? defaultsOf(spec?.fields ?? [])['learningRate']
  return rate === undefined ? choice.config : { ...choice.config, learningRate: rate }
}

/** Where a lane of a surface has come to, in a few words. */
export function whereabouts(surface: SurfaceSpec, { places, state, note }: LaneCurve): string {
  if (note !== null) return note
  const found = minimumAt(surface, places.at(-1) ?? [NaN, NaN])
  const minimum = found === null ? undefined : surface.minima[found]
  if (minimum === undefined) return state === 'resting' ? 'rests, in no minimum' : 'on its way'
  const deepest = surface.minima.filter(({ isGlobal }) => isGlobal)
  const [x, y] = minimum.at.map((value) => String(Number(value.toFixed(2))).replace('-', '−'))
  const name = !minimum.isGlobal
    ? 'a local minimum'
    : deepest.length > 1
      ? `the minimum at (${x ?? ''}, ${y ?? ''})`
      : surface.minima.length > 1
        ? 'the deepest minimum'
        : 'the minimum'
  return state === 'resting' ? `rests in ${name}` : `at ${name}`
}
