/** For tests: real trainings, as the doctor sees them after each epoch. */
import { NumericError } from '../../shared/errors'
import { predictedClasses } from '../metrics'
import { createTraining, type TrainOptions } from '../train/training'
import { evaluate } from '../train/evaluator'
import { defaultsOf, parseConfig } from '../fields'
import { checkOptions } from '../train/options'
import { regularizationFields } from '../train/regularization'
import { describeModel } from '../model/describe'
import type { LayerNode } from '../spec'
import type { Patient, PatientEpoch } from './patient'

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

function activationNameOf(node: LayerNode | undefined): string | null {
  const name = node?.config['activation']
  return typeof name === 'string' ? name : null
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
  const steps: { position: number[]; loss: number[] } = { position: [], loss: [] }
  const hasClasses = task === 'binary' || task === 'multi-class'
  const count = (classes: ArrayLike<number>) =>
    Array.from({ length: options.answers }, (_, k) => Array.from(classes).filter((each) => each === k).length)
  const answers = () => {
    const rows = options.validation.targets.data.length > 0 ? options.validation : options.training
    const { outputs } = evaluate(problem, training.parameters, rows)
    return count(predictedClasses(outputs))
  }
  const patient = (diverged: boolean): Patient => ({
    epochs: [...epochs],
    steps,
    constantLoss: constantLossOf(options),
    diverged,
    plan: {
      ...{ epochs: options.epochs, task, validationRows: options.validation.targets.shape[0] ?? 0 },
      optimizer: { type: optimizer.type, config: problem.config },
      schedule: options.schedule?.type ?? 'constant',
      regularization: parseConfig('', regularizationFields, options.regularization ?? defaultsOf(regularizationFields)),
      stopsEarly: false,
      weighsClasses: options.classWeights !== undefined
    },
    layers: describeModel(model.spec).layers.map(({ name, type, outputShape, parameters }, i) => ({
      ...{ name, type, parameters, units: outputShape?.[0] ?? 1 },
      activation: activationNameOf(model.spec.layers[i])
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
