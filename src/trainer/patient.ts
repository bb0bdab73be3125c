/** A run as the doctor sees it. */
import { isRowSource } from '../engine'
import { defaultsOf, describeModel, earlyStoppingFields, optimizerSpecs, regularizationFields } from '../engine/catalog'
import { chosenInitializer, type Patient } from '../engine/doctor'
import type { Experiment } from '../project'
import type { BaselineView } from '../shared/run-views'
import type { EvaluationView, StepSeries } from '../shared/views'
import { preparedView } from './preparedView'

export interface Symptoms {
  readonly steps: StepSeries
  readonly baselines: readonly BaselineView[]
  readonly diverged: boolean
  /** It is paused or has ended. */
  readonly settled: boolean
  /** On the rows that judge it, at the last epoch; null before the first. */
  readonly evaluation: EvaluationView | null
}

export function patientOf(
  experiment: Experiment,
  { steps, baselines, diverged, settled, evaluation }: Symptoms
): Patient {
  const { setup, model, prepared, epochs } = experiment
  const { type, config } = setup.optimizer
  const fields = optimizerSpecs.find((spec) => spec.type === type)?.fields ?? []
  const { classes, classCounts, validationRows } = preparedView(prepared)
  const counts = evaluation?.confusion?.counts ?? null
  return {
    epochs,
    steps,
    constantLoss: baselines.find(({ kind }) => kind === 'constant')?.loss ?? null,
    ...{ diverged, settled },
    plan: {
      ...{
        epochs: setup.epochs,
        trainingRows: prepared.trainRows.length,
        validationRows,
        stepsPerEpoch: experiment.training.stepsPerEpoch,
        task: setup.task,
        schedule: setup.schedule.type
      },
      optimizer: { type, config: { ...defaultsOf(fields), ...config } },
      regularization: { ...defaultsOf(regularizationFields), ...setup.regularization },
      stopsEarly: Number({ ...defaultsOf(earlyStoppingFields), ...setup.earlyStopping }['patience']) > 0,
      weighsClasses: setup.classWeights !== 'none'
    },
    layers: describeModel(model.spec).layers.map(({ name, outputShape, parameters }, i) => {
      const activation = model.spec.layers[i]?.config['activation']
      return {
        ...{ name, parameters, type: model.spec.layers[i]?.type ?? '', units: outputShape?.[0] ?? 1 },
        activation: typeof activation === 'string' ? activation : null,
        initializer: chosenInitializer(model.spec.layers[i])
      }
    }),
    inputs: inputsOf(experiment),
    classes:
      classes.length === 0
        ? null
        : {
            names: classes,
            targets: classCounts,
            answers: counts === null ? null : classes.map((_, k) => counts.reduce((sum, row) => sum + (row[k] ?? 0), 0))
          }
  }
}

/** Only numbers that go in as they stand need a look. */
function inputsOf({ setup, model, prepared }: Experiment): Patient['inputs'] {
  if (setup.prepare) return { prepared: true, features: [] }
  const { features } = prepared.training
  const [rows = 0, width = 0] = features.shape
  if (model.spec.inputShape.length > 1 || isRowSource(features) || rows === 0) return null
  const { data } = features
  const names = preparedView(prepared).features
  return {
    prepared: false,
    features: Array.from({ length: width }, (_, column) => {
      let [sum, squares] = [0, 0]
      for (let row = 0; row < rows; row++) {
        const value = data[row * width + column] ?? 0
        sum += value
        squares += value ** 2
      }
      const mean = sum / rows
      return { name: names[column] ?? '', mean, deviation: Math.sqrt(Math.max(0, squares / rows - mean ** 2)) }
    })
  }
}
