/**
 * Models that any network should beat, on the rows that judge it and by its own loss: always the same guess, and a linear
 * model, which is the network without hidden layers.
 */
import { classNames, embeddedInputs, inputShape, outputCount, Turns, type Prepared } from '../data'
import {
  compileModel,
  createTraining,
  describeModel,
  initializeParameters,
  lossFor,
  modelSpecOf,
  OUTPUT_LAYER,
  sizeOf,
  withEmbeddings,
  zeros,
  type ForwardProblem,
  type Model,
  type Parameters,
  type Samples,
  type Tensor
} from '../engine'
import type { BaselineView } from '../shared/run-views'
import type { Setup } from '../shared/setup'
import { withFlatten } from '../shared/window-change'
import { UNFINISHED } from './baseline-verdict'
import { metricViews, targetScaleOf } from './evaluation'
import { judge } from './judge'
import { keptParameters } from './kept-parameters'
import { linearRows, unscaled } from './linear-rows'
import { classWeightsOf, lossSettingsOf } from './loss-settings'
import { shapedSamples } from './network'
import { LossComparison, type LossErrors } from './loss-errors'

export interface Baselines {
  /** The guess and the linear model. */
  readonly models: readonly BaselineView[]
  /** How far the difference of their loss and that of a network is known, from the rows that judge them; see `LossComparison`. */
  errorsBeside(network: ForwardProblem, weights: Parameters): Promise<LossErrors>
}

export interface BaselineOptions {
  readonly signal?: AbortSignal | undefined
  /** Asked between steps; what it answers with is waited for. */
  readonly hold?: (() => Promise<void> | null) | undefined
}

/** Weight decay of the linear model: λ/2 · ‖w‖² beside the mean loss, so that classes a line can part have a best answer. */
export const LINEAR_L2 = 1e-4

/** Rows of a step: all of them where they are few, so that the loss goes down evenly. */
const BATCH = 1024
/** Steps at most, and multiply-adds of the forward pass at most: some seconds of one thread. */
const MAX_STEPS = 10_000
const MAX_WORK = 5e9
/** Of ten inputs; the more there are, the smaller are the steps that all of them take at once. */
const RATE = 0.1
/** The rate is divided when the loss has not fallen by this share of itself in so many passes. */
const GAIN = 1e-4
const PATIENCE = 25
/** It ends when the loss has not fallen in so many more, in which the rate has become some 30 times smaller again. */
const END_PATIENCE = 120

/**
 * Both models on the validation rows, or on the training rows where there are no others. Losses are those of the setup, with
 * its class weights, so they can be laid beside the network's.
 *
 * The guess: the mean of each value; the shares of the classes (or of each label), of which the largest is the answer. Rows
 * count by their weights; class weights do not change the guess.
 *
 * The linear model has the network's inputs, embeddings among them, and its loss; it is trained by full batches (of 1,024 rows
 * at most) with Adam from 0.1 (less for more than ten inputs) down by `Reduce on plateau`, on the loss of the training rows alone and a slight L2
 * (`LINEAR_L2`), until 120 passes have not brought a loss lower by 1e-6 of the guess's, or the work is as much as `MAX_STEPS`
 * and `MAX_WORK` say, and its label says so then. Of more than 20,000 training rows it takes as many, spread evenly, and its label says so. The same rows
 * give the same model.
 *
 * @throws Cancelled when the signal aborts; NumericError when the numbers leave the finite range
 */
export async function fitBaselines(
  setup: Setup,
  prepared: Prepared,
  options: BaselineOptions = {}
): Promise<Baselines> {
  const model = linearModel(setup, prepared)
  const training = shapedSamples(model, prepared.training)
  const judged = prepared.validationRows.length > 0 ? shapedSamples(model, prepared.validation) : training
  const classes = classNames(prepared.preparation)
  const lossSettings = lossSettingsOf(setup, classWeightsOf(setup, training.targets, classes))
  const problem: ForwardProblem = { model, loss: setup.loss, lossSettings, task: setup.task }
  const targetScale = targetScaleOf(prepared.preparation)
  const answers = outputCount(prepared.preparation)
  const fitted = new Map<BaselineView['kind'], Parameters>()
  const viewOf = async (kind: BaselineView['kind'], label: string, parameters: Parameters): Promise<BaselineView> => {
    const kept = keptParameters(parameters)
    fitted.set(kind, kept)
    const { loss, metrics } = await judge(problem, kept, judged, targetScale)
    return { kind, label, loss, metrics: metricViews(setup.task, answers, metrics) }
  }
  const turns = new Turns(options.signal)
  await options.hold?.()
  await turns.take()
  const guess = constantGuess(problem, training, answers)
  const constant = await viewOf('constant', constantLabel(setup), guess)
  const { parameters, rows, isDone } = await fitLinear(problem, training, prepared, setup, guess, { ...options, turns })
  const linear = await viewOf('linear', linearLabel(setup, rows, prepared.trainRows.length, isDone), parameters)
  const own = [...fitted].map(([kind, each]) => ({ kind, problem, parameters: each }))
  const comparison = new LossComparison(own, judged)
  return {
    models: [constant, linear],
    errorsBeside: (network, weights) => comparison.errors({ problem: network, parameters: keptParameters(weights) })
  }
}

function linearModel(setup: Setup, { preparation }: Prepared): Model {
  const shape = inputShape(preparation)
  const hidden = shape.length === 1 ? [] : withFlatten([])
  const spec = modelSpecOf(hidden, shape, setup.task, setup.loss, outputCount(preparation))
  return compileModel(withEmbeddings(spec, embeddedInputs(preparation)))
}

/** The network whose weights are 0 answers with its biases alone. */
function constantGuess(problem: ForwardProblem, training: Samples, answers: number): Parameters {
  const parameters = new Map(initializeParameters(problem.model, 0))
  const { shape } = parameters.get(`${OUTPUT_LAYER}.weight`) ?? zeros([answers, 1])
  parameters.set(`${OUTPUT_LAYER}.weight`, zeros(shape))
  const data = Float64Array.from(guessOf(problem, meansOf(problem, training, answers)))
  return parameters.set(`${OUTPUT_LAYER}.bias`, { shape: [data.length], data })
}

/** Mean of each value, share of each class, share of each label that is on; by the weights of the rows. */
function meansOf({ task }: ForwardProblem, { targets, weights = null }: Samples, answers: number): number[] {
  const [rows = 0, width = 1] = targets.shape
  const byClass = task === 'binary' || task === 'multi-class'
  const sums = new Array<number>(answers).fill(0)
  let total = 0
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1
    total += weight
    if (byClass) {
      const at = targets.data[row] ?? 0
      sums[at] = (sums[at] ?? 0) + weight
    } else {
      for (let k = 0; k < width; k++) sums[k] = (sums[k] ?? 0) + weight * (targets.data[row * width + k] ?? 0)
    }
  }
  // Rows that all weigh nothing leave nothing to guess by.
  return total > 0 ? sums.map((sum) => sum / total) : sums.map(() => (byClass ? 1 / answers : 0))
}

/** Outputs before the link that say those means: ln p, ln(p / (1 − p)); ±1 for margins. */
function guessOf({ task, loss }: ForwardProblem, means: readonly number[]): number[] {
  if (task === 'regression') return [...means]
  const link = lossFor(loss, task).link(task)
  if (loss === 'hinge') {
    const most = means.indexOf(Math.max(...means))
    return link === 'sigmoid' ? [most === 1 ? 1 : -1] : means.map((_, k) => (k === most ? 1 : 0))
  }
  const logOdds = (p: number) => Math.log(bounded(p) / (1 - bounded(p)))
  if (link === 'softmax') return means.map((p) => Math.log(bounded(p)))
  return task === 'multi-label' ? means.map(logOdds) : [logOdds(means[1] ?? 0)]
}

/** A class that no training row has is not impossible: its loss stays finite. */
function bounded(share: number): number {
  return Math.min(1 - 1e-6, Math.max(1e-6, share))
}

interface Fit {
  readonly parameters: Parameters
  /** Training rows that were used. */
  readonly rows: number
  /** Whether its loss went no lower; else the work was as much as it may be. */
  readonly isDone: boolean
}

async function fitLinear(
  problem: ForwardProblem,
  training: Samples,
  prepared: Prepared,
  setup: Setup,
  guess: Parameters,
  { signal, hold, turns }: BaselineOptions & { readonly turns: Turns }
): Promise<Fit> {
  const { preparation } = prepared
  const embedded = embeddedInputs(preparation)
  const { samples, scaling } = linearRows(training, embedded)
  const [rows = 0] = samples.targets.shape
  const { config, classWeights } = problem.lossSettings
  const multiplyAdds = describeModel(problem.model.spec).layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0)
  const inputs = sizeOf(problem.model.spec.inputShape)
  const stepsPerEpoch = Math.ceil(rows / BATCH)
  const level = (await judge(problem, guess, samples)).loss
  const work = createTraining({
    model: problem.model,
    task: setup.task,
    answers: outputCount(preparation),
    loss: setup.loss,
    lossConfig: config,
    ...(classWeights === null ? {} : { classWeights }),
    optimizer: { type: 'adam', config: { learningRate: RATE / Math.sqrt(Math.max(1, inputs / 10)) } },
    schedule: {
      type: 'plateau',
      config: { plateauPatience: PATIENCE, plateauFactor: 0.3, plateauThreshold: GAIN, leastShare: 1e-3 }
    },
    regularization: { l2: LINEAR_L2 },
    earlyStopping: { patience: END_PATIENCE, minDelta: 1e-6 * Math.max(0, level) },
    batchSize: BATCH,
    epochs: Math.max(1, Math.floor(Math.min(MAX_STEPS / stepsPerEpoch, MAX_WORK / (rows * multiplyAdds)))),
    seed: setup.seed,
    threads: 1,
    training: samples,
    // Nothing but the training loss may say when it is enough.
    validation: noRows(samples),
    initial: embedded.length === 0 ? guess : withBias(initializeParameters(problem.model, setup.seed), guess)
  })
  try {
    for await (const _event of work.events(signal, { stepsAhead: Infinity })) {
      await hold?.()
      await turns.take()
    }
    // Training that is told to stop ends without a word.
    await turns.take()
    return { parameters: unscaled(work.parameters, scaling), rows, isDone: work.earlyStop !== null }
  } finally {
    work.close()
  }
}

/** Embeddings have to begin apart from one another; the bias may begin where the guess is. */
function withBias(parameters: Parameters, guess: Parameters): Parameters {
  const name = `${OUTPUT_LAYER}.bias`
  return new Map([...parameters].map(([key, value]) => [key, key === name ? (guess.get(key) ?? value) : value]))
}

function noRows({ features, targets }: Samples): Samples {
  const none = ({ shape: [, ...row] }: Pick<Tensor, 'shape'>): Tensor => zeros([0, ...row])
  return { features: none(features), targets: none(targets) }
}

function constantLabel({ task }: Setup): string {
  if (task === 'regression') return 'Mean'
  return task === 'multi-label' ? 'Shares of the labels' : 'Most frequent class'
}

function linearLabel({ task, loss }: Setup, rows: number, all: number, isDone: boolean): string {
  const logistic = task !== 'regression' && (loss === 'log' || loss === 'cross-entropy')
  const name = logistic ? 'Logistic regression' : 'Linear model'
  const what = [
    ...(rows === all ? [] : [`of ${rows.toLocaleString('en')} training rows`]),
    ...(isDone ? [] : [UNFINISHED])
  ]
  return what.length === 0 ? name : `${name} (${what.join(', ')})`
}
