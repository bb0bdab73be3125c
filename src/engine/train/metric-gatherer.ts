/** Metrics of a network, gathered over batches. */
import { metricsFor, type Accumulator, type MetricSpec } from '../metrics'
import type { Task } from '../spec'
import type { Tensor } from '../tensor/tensor'
import { answersApart, type TargetScale } from './samples'

/** By metric name of the registry. */
export type Metrics = Readonly<Record<string, number>>

/** By metric name: the numbers that its value is worked out of, as `worked` of its spec takes them. */
export type MetricParts = Readonly<Record<string, readonly number[]>>

interface Gathered {
  readonly name: string
  readonly rows: Accumulator
}

/** Some units of the last place of float64. */
const ROUNDING = 2 ** -50

/**
 * Metrics of a task; regression's in raw units. With several values or labels each metric is that of every output alone, and
 * over all the plain mean of those that are defined (scikit-learn's `uniform_average`), but for metrics of all outputs
 * together. Every row counts alike, whatever its weight in the loss.
 */
export class MetricGatherer {
  /** One entry for each value or label; one for classes. */
  readonly #apart: readonly (readonly Gathered[])[]
  /** Of all outputs together. */
  readonly #together: readonly Gathered[]
  readonly #names: readonly string[]
  readonly #scale: TargetScale | null

  /**
   * @param targets [N, W]: some that will be added, for W @param specs those that are gathered in every epoch, unless said
   */
  constructor(
    task: Task,
    { shape: [, width = 1] }: Tensor,
    targetScale: TargetScale | undefined,
    specs: readonly MetricSpec[] = metricsFor(task).filter(({ duringTraining }) => duringTraining)
  ) {
    const started = (some: readonly MetricSpec[]) => some.map((each) => ({ name: each.name, rows: each.create() }))
    const apart = specs.filter(({ together = false }) => !together)
    const outputs = answersApart(task) ? width : 1
    this.#apart = Array.from({ length: outputs }, () => started(apart))
    this.#together = started(specs.filter(({ together = false }) => together))
    this.#names = specs.map(({ name }) => name)
    this.#scale = task === 'regression' ? (targetScale ?? null) : null
  }

  /** @param outputs [N, K] after the link @param targets [N, W] */
  add(outputs: Tensor, targets: Tensor): void {
    this.#apart.forEach((metrics, output) => {
      const answers = this.#raw(this.#ofOutput(outputs, output), output)
      const wanted = this.#raw(this.#ofOutput(targets, output), output)
      metrics.forEach(({ rows }) => rows.add(answers, wanted))
    })
    this.#together.forEach(({ rows }) => rows.add(outputs, targets))
  }

  /** What each accumulator holds: first those of each output alone, then those of all together. */
  get state(): readonly (readonly number[])[] {
    return this.#all.map(({ rows }) => rows.state)
  }

  /** Goes on from the state of a gatherer of the same metrics and as many outputs. */
  restore(state: readonly (readonly number[])[]): void {
    this.#all.forEach(({ rows }, i) => rows.restore(state[i] ?? []))
  }

  get #all(): readonly Gathered[] {
    return [...this.#apart.flat(), ...this.#together]
  }

  /** Over all outputs, in the order of the registry. */
  values(): Metrics {
    const together = new Map(this.#together.map(({ name, rows }) => [name, rows.value()]))
    const byOutput = this.byOutput()
    return Object.fromEntries(
      this.#names.map((name) => [name, together.get(name) ?? meanOfDefined(byOutput.map((each) => each[name] ?? NaN))])
    )
  }

  /** Of each value or label alone; of the classes. Without the metrics of all outputs together. */
  byOutput(): readonly Metrics[] {
    return this.#apart.map((metrics) => Object.fromEntries(metrics.map(({ name, rows }) => [name, rows.value()])))
  }

  /** Of the values over all outputs that are no mean over those. */
  parts(): MetricParts {
    const [only] = this.#apart
    return partsOf([...(only === undefined || this.#apart.length > 1 ? [] : only), ...this.#together])
  }

  /** Of each value or label alone; of the classes. */
  partsByOutput(): readonly MetricParts[] {
    return this.#apart.map(partsOf)
  }

  #ofOutput(values: Tensor, output: number): Tensor {
    const count = this.#apart.length
    if (count === 1) return values
    const [rows = 0] = values.shape
    const data = new Float64Array(rows)
    for (let row = 0; row < rows; row++) data[row] = values.data[row * count + output] ?? NaN
    return { shape: [rows, 1], data }
  }

  #raw(values: Tensor, output: number): Tensor {
    if (this.#scale === null) return values
    const mean = this.#scale.mean[output] ?? NaN
    const scale = this.#scale.scale[output] ?? NaN
    return { shape: values.shape, data: values.data.map((value) => rawValue(mean, scale * value)) }
  }
}

function partsOf(gathered: readonly Gathered[]): MetricParts {
  return Object.fromEntries(gathered.map(({ name, rows }) => [name, rows.parts ?? rows.state]))
}

/** NaN where none is defined. */
function meanOfDefined(values: readonly number[]): number {
  const [only = NaN] = values
  if (values.length === 1) return only
  const defined = values.filter((value) => !Number.isNaN(value))
  return defined.reduce((sum, value) => sum + value, 0) / defined.length
}

/** mean + distance, and exactly 0 where only rounding is left of it: a raw 0 was not standardised without rounding. */
function rawValue(mean: number, distance: number): number {
  const raw = mean + distance
  return Math.abs(raw) <= ROUNDING * Math.abs(mean) ? 0 : raw
}
