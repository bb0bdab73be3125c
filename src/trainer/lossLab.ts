/** The same network from the same first weights under several losses, its output sure of the wrong thing at the start. */
import { classNames, type Table } from '../data'
import {
  asTwoOutputs,
  compileModel,
  FlowLook,
  initializeParameters,
  labLosses,
  lossFor,
  metricsFor,
  saturatedStart,
  shortNumber,
  withOutputsFor,
  type LossName,
  type Parameters,
  type Tensor,
  type TrainOptions
} from '../engine'
import { openExperiment } from '../project'
import { ConfigError } from '../shared/errors'
import type { LabChoice, LabLine } from '../shared/gradient-views'
import { setupDefaults, type Setup } from '../shared/setup'
import { lookSteps, trainSideBySide, type Contestant } from './sideBySide'
import type { SideHands } from './sideTraining'

const LOOKS = 60

export interface LabFound {
  readonly choice: LabChoice
  readonly rows: number
  readonly towards: string | null
  readonly metric: string
  readonly lines: readonly LabLine[]
  readonly sentence: string | null
}

export function nothingTried(setup: Setup, choice: LabChoice): LabFound {
  const lines = labLosses(setup.task).map((loss) => {
    return { loss, label: lossFor(loss, setup.task).label, steps: [], accuracy: [], gradient: [], error: null }
  })
  const metric = metricsFor(setup.task)[0]?.label ?? ''
  return { choice, rows: 0, towards: null, metric, lines, sentence: null }
}

/**
 * @throws ConfigError `loss-lab-regression`, `output-not-dense`; those of `openExperiment`
 */
export async function tryLosses(
  table: Table,
  setup: Setup,
  choice: LabChoice,
  { found, turn }: SideHands<LabFound>
): Promise<void> {
  const { task } = setup
  const losses = labLosses(task)
  if (losses.length === 0) {
    throw new ConfigError(
      'loss-lab-regression',
      'Values have no probabilities, so neither log loss nor cross-entropy serves them. Choose a target with classes.'
    )
  }
  const { schedule, earlyStopping, classWeights } = setupDefaults
  const optimizer = { type: 'sgd', config: { learningRate: choice.rate } }
  // Squared error serves whatever has classes; the rest of the options is the same under each loss.
  const plain: Setup = {
    ...{ ...setup, schedule, earlyStopping, classWeights, optimizer, loss: 'squared', lossConfig: {}, threads: 1 },
    model: setup.model === null ? null : squaredModel(setup.model, setup)
  }
  const experiment = openExperiment(table, plain)
  experiment.training.close()
  const { trainOptions, model, training } = experiment
  const classes = classNames(experiment.prepared.preparation)
  const towards = task === 'multi-label' ? null : rarest(trainOptions.training.targets, classes.length)
  const { output } = model.spec
  const start = saturatedStart(initializeParameters(model, setup.seed), output, { towards, shift: choice.shift })

  let now: LabFound = { ...nothingTried(setup, choice), towards: towards === null ? null : (classes[towards] ?? null) }
  const change = (place: number, changed: (line: LabLine) => LabLine, rows = now.rows): void => {
    now = { ...now, rows, lines: now.lines.map((line, i) => (i === place ? changed(line) : line)) }
    found(now)
  }
  const metric = metricsFor(task)[0]?.name ?? ''
  const contestants = losses.map((loss, place): Contestant => {
    const options = underLoss(trainOptions, loss, start, Math.ceil(choice.steps / training.stepsPerEpoch) + 1)
    return {
      options,
      look: () => {
        const flow = new FlowLook(options)
        return (parameters, step) => {
          const { layers, metrics } = flow.look(parameters)
          change(
            place,
            (line) => ({
              ...line,
              steps: [...line.steps, step],
              accuracy: [...line.accuracy, metrics[metric] ?? NaN],
              gradient: [...line.gradient, layers.find(({ layer }) => layer === output)?.delta ?? NaN]
            }),
            flow.rows
          )
        }
      },
      failed: (error) => change(place, (line) => ({ ...line, error }))
    }
  })
  await turn()
  await trainSideBySide(contestants, lookSteps(choice.steps, LOOKS), turn)
  found({ ...now, sentence: sentenceOf(now) })
}

function squaredModel(spec: NonNullable<Setup['model']>, { task, loss }: Setup) {
  // For two classes squared error has one output, cross-entropy two; else all losses have one for each answer.
  return task === 'binary' && loss === 'cross-entropy' ? withOutputsFor(spec, 'squared', task, 2) : spec
}

function underLoss(options: TrainOptions, loss: LossName, start: Parameters, epochs: number): TrainOptions {
  const { task, answers, model } = options
  const spec = withOutputsFor(model.spec, loss, task, answers)
  const hasTwo = task === 'binary' && lossFor(loss, task).outputUnits(task, answers) === 2
  return {
    ...options,
    ...{ loss, lossConfig: {}, epochs, watch: false },
    model: compileModel(spec),
    initial: hasTwo ? asTwoOutputs(start, spec.output) : start
  }
}

/** The class with the fewest training rows: being sure of it is wrong for most of them. */
function rarest({ data }: Tensor, classes: number): number {
  const counts = new Array<number>(classes).fill(0)
  for (const index of data) counts[index] = (counts[index] ?? 0) + 1
  return counts.indexOf(Math.min(...counts.filter((count) => count > 0)))
}

function sentenceOf({ lines, choice }: LabFound): string {
  const squared = lines.find(({ loss }) => loss === 'squared')
  const paired = lines.filter(({ loss }) => loss !== 'squared')
  const [other] = paired
  const [from, to] = [squared?.gradient[0] ?? NaN, other?.gradient[0] ?? NaN]
  if (squared === undefined || other === undefined || !Number.isFinite(to / from)) {
    return 'There is nothing to compare: a training could not begin.'
  }
  const end = (line: LabLine): number => line.accuracy.at(-1) ?? NaN
  const thrownOff =
    end(squared) - end(other) > 0.02
      ? ` ${other.label} ends behind: with a gradient so much larger this rate may throw the network off; try a smaller one.`
      : ''
  const right = lines.map(({ label, accuracy }) => `${share(accuracy.at(-1))} with ${label.toLowerCase()}`)
  return (
    `At the start, for the same mistakes, ${other.label.toLowerCase()} sends back ${shortNumber(to / from)} times the gradient of ` +
    `squared error (mean |∂E/∂z| ${shortNumber(to)} against ${shortNumber(from)}). After ${choice.steps} steps ` +
    `${right.slice(0, -1).join(', ')} and ${right.at(-1) ?? ''} of the rows are right.${thrownOff}`
  )
}

function share(value: number | undefined): string {
  return `${Number(((value ?? NaN) * 100).toFixed(1))} %`
}
