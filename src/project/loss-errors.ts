/** How far the difference between the losses of two models is known, when both are judged by the same rows. */
import { inTurns, Turns } from '../data'
import { Evaluator, rowsFrom, type ForwardProblem, type Parameters, type Samples } from '../engine'
import type { BaselineView } from '../shared/run-views'

/** Parts that the rows are taken in: each gives one difference of losses. */
const PARTS = 64

export interface JudgedModel {
  readonly problem: ForwardProblem
  readonly parameters: Parameters
}

/** By the kind of the model beside the network: half the width of the interval in which the true difference lies with 95 %. */
export type LossErrors = ReadonlyMap<BaselineView['kind'], number>

/**
 * Both models on the same parts of the rows (rows by themselves where there are not more than 64), dᵢ the difference of their mean
 * losses on part i of n: t · s(d) / √n, with s the standard deviation and t the 97.5 % point of Student's distribution with n − 1
 * degrees of freedom (Abramowitz and Stegun 1964, 26.7.5). Being paired, it leaves out how hard rows are in themselves: Dietterich 1998,
 * Approximate statistical tests for comparing supervised classification learning algorithms; Diebold and Mariano 1995,
 * Comparing predictive accuracy, for any loss. Infinity for a single row. It does not tell how another part of the table, or
 * another seed, would have come out.
 */
export class LossComparison {
  readonly #others: readonly (JudgedModel & { readonly kind: BaselineView['kind'] })[]
  readonly #parts: readonly Samples[]
  /** The others stay as they are: they are judged once. */
  #losses: Promise<ReadonlyMap<BaselineView['kind'], readonly number[]>> | null = null

  constructor(others: readonly (JudgedModel & { readonly kind: BaselineView['kind'] })[], samples: Samples) {
    this.#others = others
    this.#parts = partsOf(samples)
  }

  async errors(network: JudgedModel): Promise<LossErrors> {
    const others = await (this.#losses ??= this.#judged())
    const own = await lossesOf(network, this.#parts)
    return new Map(
      [...others].map(([kind, losses]) => [kind, halfWidth(own.map((loss, i) => loss - (losses[i] ?? NaN)))])
    )
  }

  async #judged(): Promise<ReadonlyMap<BaselineView['kind'], readonly number[]>> {
    const losses = new Map<BaselineView['kind'], readonly number[]>()
    for (const other of this.#others) losses.set(other.kind, await lossesOf(other, this.#parts))
    return losses
  }
}

async function lossesOf({ problem, parameters }: JudgedModel, parts: readonly Samples[]): Promise<number[]> {
  // One for all parts: they are of two sizes at most, and what computes a size is made once.
  const evaluator = new Evaluator(problem)
  const turns = new Turns(undefined)
  const losses: number[] = []
  for (const part of parts) {
    losses.push((await inTurns(evaluator.slices(parameters, part), turns)).loss)
    await turns.take()
  }
  return losses
}

/** Rows that follow one another, in parts of one size or one more. */
function partsOf({ features, targets, weights = null }: Samples): Samples[] {
  const [rows = 0] = targets.shape
  const count = Math.min(rows, PARTS)
  return Array.from({ length: count }, (_, part) => {
    const start = Math.floor((part * rows) / count)
    const size = Math.floor(((part + 1) * rows) / count) - start
    return {
      features: rowsFrom(features, start, size),
      targets: rowsFrom(targets, start, size),
      weights: weights === null ? null : weights.subarray(start, start + size)
    }
  })
}

function halfWidth(differences: readonly number[]): number {
  const n = differences.length
  if (n < 2) return Infinity
  const mean = differences.reduce((sum, each) => sum + each, 0) / n
  const squares = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  return studentPoint(n - 1) * Math.sqrt(squares / (n - 1) / n)
}

/** t with P(|T| > t) = 5 %, to 1 % from 3 degrees of freedom on. */
function studentPoint(freedom: number): number {
  const z = 1.959964
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3
}
