/** δ at the output over z under each loss: the points of its lines, and where the output is flat. */
import { isSaturated, labLosses, lossFor, outputGradient, type LossName, type Task } from '../../../../engine/catalog'

export const REACH = 10
const POINTS = 201

export interface GradientLine {
  readonly loss: LossName
  readonly label: string
  readonly y: readonly number[]
}

export interface GradientPlot {
  readonly z: readonly number[]
  readonly lines: readonly GradientLine[]
  /** Stretches of z in which the output is saturated. */
  readonly flat: readonly { readonly from: number; readonly to: number }[]
}

export function gradientPlot(task: Task, answers: number, target: 0 | 1): GradientPlot {
  const z = Array.from({ length: POINTS }, (_, i) => -REACH + (2 * REACH * i) / (POINTS - 1))
  const lines = labLosses(task).map((loss) => ({
    loss,
    label: lossFor(loss, task).label,
    y: z.map((at) => outputGradient(loss, task, answers, { z: at, target }).delta)
  }))
  return { z, lines, flat: stretches(z, (at) => isSaturated(probabilityOf(task, answers, at))) }
}

/** What the network says where the output stands at z: the same under each loss. */
export function probabilityOf(task: Task, answers: number, z: number): number {
  const [loss] = labLosses(task)
  return loss === undefined ? Number.NaN : outputGradient(loss, task, answers, { z, target: 1 }).p
}

function stretches(z: readonly number[], holds: (at: number) => boolean): GradientPlot['flat'] {
  const found: { from: number; to: number }[] = []
  let open: { from: number; to: number } | null = null
  for (const at of z) {
    if (!holds(at)) open = null
    else if (open === null) found.push((open = { from: at, to: at }))
    else open.to = at
  }
  return found
}
