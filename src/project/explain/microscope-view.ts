/** What the window is shown of a microscope. */
import { featureNames, inputShape, outputNames, type Preparation, type Table } from '../../data'
import { explainedLoss, layerSpecs, lossFor, type Microscope } from '../../engine'
import type { ExplainedRun, MicroscopeView } from '../../shared/explain-views'
import { actualOf, answersOf } from '../row-answers'

/** Inputs that have a name in the drawing; images have more numbers than anybody names. */
const MOST_NAMED = 4096

export interface MicroscopePlace {
  readonly id: number
  readonly of: ExplainedRun
  readonly epoch: number
  readonly kind: 'row' | 'batch'
  /** Rows of the table, from 0. */
  readonly rows: readonly number[]
  readonly shown: number
  /** Whether the optimizer's state is the run's own, see `KeptState`. */
  readonly remembers: boolean
}

export function microscopeView(
  microscope: Microscope,
  preparation: Preparation,
  table: Table,
  place: MicroscopePlace
): MicroscopeView {
  const { subject } = microscope
  const { problem, learningRate } = subject
  const { remembers: _remembers, ...rest } = place
  const { shown } = place
  const row = place.rows[shown] ?? 0
  const names = featureNames(preparation)
  const input = microscope.input(shown)
  const gradient = microscope.inputGradient(shown)
  return {
    ...rest,
    table: { fileName: table.fileName, rows: table.rows },
    task: problem.task,
    link: lossFor(problem.loss, problem.task).link(problem.task),
    inputShape: inputShape(preparation),
    outputs: outputNames(preparation),
    step: subject.step,
    optimizer: problem.optimizer.label,
    learningRate,
    inputs: Array.from(input.subarray(0, MOST_NAMED), (value, i) => ({
      name: names.length === input.length ? (names[i] ?? '') : `x${i + 1}`,
      value,
      gradient: gradient[i] ?? NaN
    })),
    answer: answersOf(preparation, microscope.answer(shown)),
    actual: actualOf(preparation, table, row),
    target: [...microscope.target(shown)],
    loss: explainedLoss(microscope),
    layers: microscope.layers(shown),
    notes: notesOf(microscope, place)
  }
}

function notesOf(microscope: Microscope, place: MicroscopePlace): readonly string[] {
  const forgotten =
    'Of this run the weights alone were kept: what its optimizer remembered is as new here, so its own next step would have been another one.'
  return [...rowNotes(microscope, place), ...(place.remembers ? [] : [forgotten])]
}

function rowNotes({ subject, rows }: Microscope, { kind }: MicroscopePlace): readonly string[] {
  const { layers } = subject.problem.model.spec
  const acting = layers.filter(({ type }) => type === 'dropout' || type === 'batch-norm')
  const names = [...new Set(acting.map(({ type }) => layerSpecs.find((spec) => spec.type === type)?.label ?? type))]
  if (kind === 'row' && names.length > 0) {
    const what = names.join(' and ')
    return [
      `${what} act on a single row as they do where the network answers: nothing is dropped, and running statistics are used. Choose Batch to see the step as training takes it.`
    ]
  }
  return kind === 'batch' && rows > 1
    ? [`The error is the mean over the ${rows} rows of the batch, so each row has 1/${rows} of it.`]
    : []
}
