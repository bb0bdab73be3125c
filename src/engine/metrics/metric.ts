/** What a metric declares. */
import type { ExplainedLine } from '../explain/explained-line'
import type { Task } from '../spec'
import type { Tensor } from '../tensor/tensor'

/** Gathers rows over batches; `value` is that of all rows together, whatever the batches were. */
export interface Accumulator {
  /**
   * @param outputs [N, K] after the link: probabilities; [N, 1] of one value, in raw units, or of one label; [N, T] of all
   *   labels where the metric is of them together
   * @param targets [N, 1]: class index, value in raw units, or 0 or 1 of one label; [N, T] likewise
   */
  add(outputs: Tensor, targets: Tensor): void
  /** NaN while no row was added. */
  value(): number
  /** All that it holds, as plain numbers; one that is not finite was met among the rows. */
  readonly state: readonly number[]
  /** Goes on from the state of an accumulator of the same metric: to the same value, bit for bit. */
  restore(state: readonly number[]): void
  /** What `worked` of the metric takes, few numbers whatever the rows; the state where it is not given. */
  readonly parts?: readonly number[]
}

/** What was measured. */
export interface MeasuredRows {
  readonly rows: number
  /** Name of the target column; of the first of several. */
  readonly target: string
  /** T: values or labels that the metric is the mean over; 1 unless given. */
  readonly outputs?: number
}

export interface MetricSpec<Name extends string = string> {
  readonly name: Name
  readonly label: string
  /** Label of the axis of its chart. */
  readonly chartLabel: string
  /** For people. */
  readonly formula: string
  readonly tasks: readonly Task[]
  /** Of all labels together; else it is gathered for each value or label alone, and the mean of those is taken. */
  readonly together?: boolean
  /** Says something only with this many classes or more. */
  readonly classesFrom?: number
  /** Gathered in every epoch, so it must cost next to nothing; the others are for judging a trained network. */
  readonly duringTraining: boolean
  readonly higherIsBetter: boolean
  /** `share`: written as a percentage, most from 0 to 1. `target`: in the target column's units. `none`: a plain number. */
  readonly unit: 'share' | 'target' | 'none'
  /** What a value means, as a sentence without a full stop. */
  sentence(value: number, about: MeasuredRows): string
  /**
   * The value worked out of the numbers that were gathered; the last line is the metric itself.
   * @param parts of an accumulator of this metric @param classes names, in the order of their indices
   */
  worked(parts: readonly number[], classes: readonly string[]): readonly ExplainedLine[]
  create(): Accumulator
}
