/** For tests: real trainings, as the doctor sees them after each epoch. */
import { NumericError } from '../../shared/errors'
import { predictedClasses } from '../metrics'
import { createTraining, type TrainOptions } from '../train/training'
import { evaluate } from '../train/evaluator'
import { defaultsOf, parseConfig } from '../fields'
import { checkOptions } from '../train/options'
import { regularizationFields } from '../train/regularization'
import { describeModel } from '../model/describe'
import { compileModel } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { INPUT, type LayerNode } from '../spec'
import type { Cure, Patient, PatientEpoch } from './patient'
import { chosenInitializer } from './readings'

/** Variance of the values, entropy of the classes: of squared error and cross-entropy. */
function constantLossOf({ loss, training }: TrainOptions): number | null {
  const values = [...training.targets.data]
  if (loss === 'squared') {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  }
  if (loss !== 'cross-entropy') return null
  const shares = [...new Set(values)].map((each) => values.filter((value) => value === each).length / values.length)
  return -shares.reduce((sum, share) => sum + share * Math.log(share), 0)
}

function textOf(node: LayerNode | undefined, key: string): string | null {
  const text = node?.config[key]
  return typeof text === 'string' ? text : null
}

/** A patient after each epoch of a training, and once more where it diverges. */
export async function* patientsOf(
  options: TrainOptions,
  inputs: Patient['inputs'] = null
): AsyncGenerator<Patient, void, void> {
  const training = createTraining({ ...options, watch: true })
  const { problem } = checkOptions(options)
  const { task, model, optimizer } = options
  const epochs: PatientEpoch[] = []
  const steps = { position: new Array<number>(), loss: new Array<number>(), learningRate: new Array<number>() }
  const hasClasses = task === 'binary' || task === 'multi-class'
  const count = (classes: ArrayLike<number>) =>
    Array.from({ length: options.answers }, (_, k) => Array.from(classes).filter((each) => each === k).length)
  const answers = () => {
    const rows = options.validation.targets.data.length > 0 ? options.validation : options.training
    const { outputs } = evaluate(problem, training.parameters, rows)
    return count(predictedClasses(outputs))
  }
  const patient = (diverged: boolean, settled = false): Patient => ({
    epochs: [...epochs],
    steps,
    constantLoss: constantLossOf(options),
    ...{ diverged, settled },
    plan: {
      ...{
        epochs: options.epochs,
        task,
        trainingRows: options.training.targets.shape[0] ?? 0,
        validationRows: options.validation.targets.shape[0] ?? 0,
        stepsPerEpoch: training.stepsPerEpoch
      },
      optimizer: { type: optimizer.type, config: problem.config },
      schedule: options.schedule?.type ?? 'constant',
      regularization: parseConfig('', regularizationFields, options.regularization ?? defaultsOf(regularizationFields)),
      stopsEarly: false,
      weighsClasses: options.classWeights !== undefined
    },
    layers: describeModel(model.spec).layers.map(({ name, type, outputShape, parameters }, i) => ({
      ...{ name, type, parameters, units: outputShape?.[0] ?? 1 },
      activation: textOf(model.spec.layers[i], 'activation'),
      initializer: chosenInitializer(model.spec.layers[i])
    })),
    inputs,
    classes: hasClasses
      ? {
          names: Array.from({ length: options.answers }, (_, k) => `class ${k}`),
          targets: count(options.training.targets.data),
          answers: epochs.length === 0 ? null : answers()
        }
      : null
  })
  try {
    for await (const event of training.events()) {
      if (event.type === 'step') {
        steps.position.push(event.position)
        steps.loss.push(event.loss)
        steps.learningRate.push(event.learningRate)
        continue
      }
      epochs.push(event)
      yield patient(false)
    }
  } catch (error) {
    if (!(error instanceof NumericError)) throw error
    yield patient(true)
  } finally {
    training.close()
  }
}

/**
 * The training with what a cure says, begun anew as the studio does it: with weights that are drawn by the seed.
 * @param prepared the same rows with inputs of about 1, for the cure that asks for them
 */
export function curedBy(options: TrainOptions, cure: Cure, prepared: Partial<TrainOptions> = {}): TrainOptions {
  const { initial: _, ...fresh } = options
  const hidden = options.model.spec.layers.slice(0, -1)
  const ofLayers = (layers: readonly LayerNode[]): TrainOptions => {
    const { task, loss, answers, model } = options
    return { ...fresh, model: compileModel(modelSpecOf(layers, model.spec.inputShape, task, loss, answers)) }
  }
  const withConfig = (names: readonly string[], config: LayerNode['config']) =>
    ofLayers(
      hidden.map((layer) => (names.includes(layer.name) ? { ...layer, config: { ...layer.config, ...config } } : layer))
    )
  const last = hidden.at(-1)?.name ?? INPUT
  switch (cure.kind) {
    case 'learning-rate': {
      const { type, config } = options.optimizer
      return { ...options, optimizer: { type, config: { ...config, learningRate: cure.value } } }
    }
    case 'activation':
      return withConfig(cure.layers, { activation: cure.to, initializer: 'auto' })
    case 'initializer':
      return withConfig(cure.layers, { initializer: cure.to })
    case 'prepare':
      return { ...fresh, ...prepared }
    case 'gradient-norm-clip':
      return { ...options, regularization: { clipNorm: cure.value } }
    case 'l2':
      return { ...fresh, regularization: { l2: cure.value } }
    case 'dropout':
      return ofLayers([...hidden, { name: 'dropout', type: 'dropout', inputs: [last], config: { rate: cure.rate } }])
    case 'early-stopping':
      return { ...fresh, earlyStopping: { patience: cure.patience } }
    case 'wider': {
      const first = { name: 'dense', type: 'dense', inputs: [INPUT], config: { units: 16, activation: 'relu' } }
      const widened = hidden.map((layer) => ({
        ...layer,
        config: { ...layer.config, units: Number(layer.config['units']) * cure.factor }
      }))
      return ofLayers(hidden.length === 0 ? [first] : widened)
    }
    case 'class-weights': {
      const counts = [0, 1].map((k) => options.training.targets.data.filter((each) => each === k).length)
      const rows = options.training.targets.data.length
      return { ...fresh, classWeights: counts.map((count) => rows / (counts.length * count)) }
    }
    case 'schedule':
      return { ...fresh, schedule: { type: cure.type, config: cure.config } }
  }
}
