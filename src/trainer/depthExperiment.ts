/** The same deep network with several activations and first weights: what of the error reaches its layers, while it learns. */
import type { Table } from '../data'
import { arrivalWords, FlowLook, layerSpecs, shortNumber, type LayerNode } from '../engine'
import { openExperiment } from '../project'
import type { DepthChoice, DepthContestant, DepthExperimentView, DepthKind } from '../shared/gradient-views'
import { setupDefaults, type Setup } from '../shared/setup'
import { lookSteps, trainSideBySide, type Contestant } from './sideBySide'
import type { SideHands } from './sideTraining'

/** Looks after the first one. */
const LOOKS = 20

export interface DepthFound {
  readonly choice: DepthChoice
  readonly on: DepthExperimentView['on']
  readonly rows: number
  readonly contestants: readonly DepthContestant[]
  readonly sentence: string | null
}

export function nothingFound(choice: DepthChoice, on: DepthFound['on']): DepthFound {
  const contestants = choice.kinds.map((kind) => ({ ...kind, label: labelOf(kind), looks: [], error: null }))
  return { choice, on, rows: 0, contestants, sentence: null }
}

/** @param began before anything is found @throws those of `openExperiment` */
export async function tryDepth(
  table: Table,
  setup: Setup,
  began: DepthFound,
  { found, turn }: SideHands<DepthFound>
): Promise<void> {
  const { choice } = began
  let now = began
  const change = (place: number, changed: (one: DepthContestant) => DepthContestant, rows = now.rows): void => {
    const contestants = now.contestants.map((one, i) => (i === place ? changed(one) : one))
    now = { ...now, rows, contestants }
    found(now)
  }
  const contestants: Contestant[] = []
  for (const [place, kind] of choice.kinds.entries()) {
    const options = sideOptions(table, deepSetup(setup, choice, kind), choice.steps)
    contestants.push({
      options,
      look: () => {
        const flow = new FlowLook(options)
        return (parameters, step) => {
          const moment = flow.look(parameters)
          change(place, (one) => ({ ...one, looks: [...one.looks, { ...moment, step }] }), flow.rows)
        }
      },
      failed: (error) => change(place, (one) => ({ ...one, error }))
    })
    await turn()
  }
  await trainSideBySide(contestants, lookSteps(choice.steps, LOOKS), turn)
  found({ ...now, sentence: sentenceOf(now.contestants) })
}

/** What a training is made of that takes so many steps with a setup, at its own rate all the time and without an early end. */
export function sideOptions(table: Table, setup: Setup, steps: number) {
  const { schedule, earlyStopping } = setupDefaults
  const experiment = openExperiment(table, { ...setup, schedule, earlyStopping, threads: 1 })
  // The trainings beside are made of its options.
  experiment.training.close()
  const { stepsPerEpoch } = experiment.training
  return { ...experiment.trainOptions, epochs: Math.ceil(steps / stepsPerEpoch) + 1, watch: false }
}

function deepSetup(setup: Setup, { depth, width }: DepthChoice, { activation, initializer }: DepthKind): Setup {
  const hidden = Array.from({ length: depth - 1 }, (_, i): LayerNode => {
    return { name: `dense${i + 1}`, type: 'dense', inputs: [], config: { units: width, activation, initializer } }
  })
  const layers = [{ name: 'flatten', type: 'flatten', inputs: [], config: {} }, ...hidden]
  return { ...setup, model: null, layers: layers.map((layer) => ({ ...layer, inputs: [...layer.inputs] })) }
}

function labelOf({ activation, initializer }: DepthKind): string {
  const fields = layerSpecs.find(({ type }) => type === 'dense')?.fields ?? []
  const words = [
    ['activation', activation],
    ['initializer', initializer]
  ].map(([key, value]) => {
    const field = fields.find((each) => each.key === key)
    const choice = field?.kind === 'choice' ? field.choices.find((each) => each.value === value) : undefined
    return choice?.label ?? value
  })
  return words.join(', ')
}

function sentenceOf(contestants: readonly DepthContestant[]): string {
  const arrived = contestants.flatMap(({ label, looks }) => {
    const [start] = looks
    return start === undefined ? [] : [`${arrivalWords(start.layers)} with ${label}`]
  })
  const learned = contestants.flatMap(({ label, looks, error }) => {
    const [start, end] = [looks[0], looks.at(-1)]
    if (start === undefined || end === undefined) return []
    const broke = error === null ? '' : ' before it broke off'
    return [`from ${shortNumber(start.loss)} to ${shortNumber(end.loss)} with ${label}${broke}`]
  })
  const steps = Math.max(0, ...contestants.map(({ looks }) => looks.at(-1)?.step ?? 0))
  return `Of the output’s error, at the start, the first layer gets ${listed(arrived)}. In ${steps} steps the loss went ${listed(learned)}.`
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
