/** For tests: small trainings of every kind, and what they come to. */
import type { Config } from '../../fields'
import { compileModel } from '../../model/model'
import { modelSpecOf } from '../../model/spec-of'
import { RandomStream } from '../../random/stream'
import type { LayerNode, ModelSpec } from '../../spec'
import { denseNode, drawTargets, drawWeights, sourceOf, targetWidth } from '../../testing'
import type { Task } from '../../spec'
import type { Samples } from '../samples'
import type { TrainingState } from '../state'
import { createTraining, type TrainEvent, type TrainOptions, type Training } from '../training'

const ROWS = 20
const FEATURES = 3

/** Four steps an epoch, the last one of two rows. */
const BATCH = 6

function samplesOf(task: Task, answers: number, rows: number, seed: number): Samples {
  const random = new RandomStream(seed, 'samples')
  const data = new Float64Array(rows * FEATURES).map(() => Math.fround(random.normal()))
  const targets = drawTargets(random, task, answers, rows).map(Math.fround)
  return {
    features: { shape: [rows, FEATURES], data },
    targets: { shape: [rows, targetWidth(task, answers)], data: targets }
  }
}

const node = (name: string, type: string, config: Config = {}): LayerNode => ({ name, type, inputs: [], config })

/** Random masks and running statistics. */
const hidden = [
  denseNode('dense1', 5),
  node('bn1', 'batch-norm'),
  node('drop1', 'dropout', { rate: 0.3 }),
  denseNode('dense2', 4)
]

/** Three classes by a network that draws masks and keeps running statistics. */
export function smallTraining(changes: Partial<TrainOptions> = {}): TrainOptions {
  return {
    model: compileModel(modelSpecOf(hidden, FEATURES, 'multi-class', 'cross-entropy', 3)),
    ...{ task: 'multi-class', answers: 3, loss: 'cross-entropy' },
    optimizer: { type: 'sgd', config: { learningRate: 0.1, momentum: 0.9 } },
    ...{ batchSize: BATCH, epochs: 3, seed: 7 },
    training: samplesOf('multi-class', 3, ROWS, 1),
    validation: samplesOf('multi-class', 3, 11, 2),
    ...changes
  }
}

function plain(task: Task, loss: TrainOptions['loss'], answers: number, changes: Partial<TrainOptions> = {}) {
  return smallTraining({
    model: compileModel(modelSpecOf([denseNode('dense1', 5)], FEATURES, task, loss, answers)),
    ...{ task, loss, answers },
    optimizer: { type: 'adam', config: {} },
    training: samplesOf(task, answers, ROWS, 3),
    validation: samplesOf(task, answers, 11, 4),
    ...changes
  })
}

const none = (task: Task, answers: number) => samplesOf(task, answers, 0, 1)

/** Images that are made when asked for and changed at random, through a convolution. */
function images(): TrainOptions {
  const spec: ModelSpec = {
    inputShape: [1, 5, 5],
    layers: [
      { ...node('conv', 'conv2d', { outChannels: 2, kernelSize: 3, activation: 'relu' }), inputs: ['input'] },
      { ...node('flat', 'flatten'), inputs: ['conv'] },
      { ...denseNode('output', 3, 'identity'), inputs: ['flat'] }
    ],
    output: 'output'
  }
  const pixels = (rows: number, seed: number): Samples => {
    const random = new RandomStream(seed, 'pixels')
    const data = new Float64Array(rows * 25).map(() => random.uniform())
    const image = { channels: 1, height: 5, width: 5, black: [0], white: [1] }
    return {
      features: { ...sourceOf({ shape: [rows, 1, 5, 5], data }), image },
      targets: { shape: [rows, 1], data: drawTargets(random, 'multi-class', 3, rows) }
    }
  }
  return smallTraining({
    model: compileModel(spec),
    augmentation: { flipHorizontal: true, shift: 0.2, rotate: 20 },
    training: pixels(ROWS, 1),
    validation: pixels(9, 2)
  })
}

function categories(): TrainOptions {
  const spec: ModelSpec = {
    inputShape: [1],
    layers: [
      { ...node('embedding1', 'embedding', { numEmbeddings: 5, embeddingDim: 2 }), inputs: ['input'] },
      { ...node('flat', 'flatten'), inputs: ['embedding1'] },
      { ...denseNode('output', 1, 'identity'), inputs: ['flat'] }
    ],
    output: 'output'
  }
  const entries = (rows: number): Samples => ({
    features: { shape: [rows, 1], data: new Float64Array(rows).map((_, row) => row % 5) },
    targets: { shape: [rows, 1], data: new Float64Array(rows).map((_, row) => Math.fround(Math.sin(row))) }
  })
  return plain('regression', 'squared', 1, {
    model: compileModel(spec),
    training: entries(ROWS),
    validation: entries(6)
  })
}

function weighted(): TrainOptions {
  const options = plain('binary', 'log', 2, { classWeights: [0.5, 2.25] })
  const weights = drawWeights(new RandomStream(1, 'weights'), ROWS)
  return { ...options, training: { ...options.training, weights } }
}

/** A training of each kind, by its name. */
export const trainings: readonly (readonly [string, TrainOptions])[] = [
  ['masks and running statistics', smallTraining()],
  ['rows as they stand', smallTraining({ shuffle: false })],
  ['images changed at random', images()],
  ['embeddings', categories()],
  ['class weights and row weights', weighted()],
  [
    'several values in raw units',
    plain('regression', 'huber', 3, { targetScale: { mean: [1, -2, 0], scale: [3, 0.5, 1] } })
  ],
  ['several labels', plain('multi-label', 'log', 3)],
  ['no validation rows', plain('regression', 'squared', 1, { validation: none('regression', 1) })],
  ['one batch an epoch', smallTraining({ batchSize: 64, epochs: 5 })],
  ['penalties and bounds of gradients', smallTraining({ regularization: { l1: 0.01, l2: 0.02, clipNorm: 0.5 } })],
  [
    'early stopping that takes the best back',
    smallTraining({
      epochs: 12,
      earlyStopping: { patience: 2 },
      optimizer: { type: 'sgd', config: { learningRate: 1.5 } }
    })
  ],
  [
    'the best taken back after the last epoch',
    smallTraining({
      epochs: 4,
      earlyStopping: { patience: 9 },
      optimizer: { type: 'sgd', config: { learningRate: 1.5 } }
    })
  ]
]

/** All events that are left, or so many. */
export async function pulled(training: Training, most = Infinity, stepsAhead = 1): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  if (most > 0)
    for await (const event of training.events(undefined, { stepsAhead })) if (events.push(event) >= most) break
  return events
}

/** Every bit of it, in an order of its own; −0 is not 0 and NaN is itself. */
export function bitsOf({ tensors, ...rest }: TrainingState): unknown {
  const bytes = [...tensors].map(([name, numbers]) => {
    const { buffer, byteOffset, byteLength } = numbers
    const kind = numbers instanceof Float32Array ? 'float32' : 'float64'
    return `${name} ${kind} ${new Uint8Array(buffer, byteOffset, byteLength).join()}`
  })
  return { ...rest, tensors: bytes.sort() }
}

/** A training and where it stands after each of its events, before the first one too. */
export async function followed(options: TrainOptions): Promise<{ events: TrainEvent[]; states: TrainingState[] }> {
  const training = createTraining(options)
  try {
    const states = [training.state()]
    const events: TrainEvent[] = []
    for await (const event of training.events()) {
      events.push(event)
      states.push(training.state())
    }
    return { events, states }
  } finally {
    training.close()
  }
}
