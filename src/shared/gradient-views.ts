/** What the Explain stage shows of gradients: on their way back through a run, through deep networks, and under several losses. */
import * as v from 'valibot'
import type { FlowMoment, LayerFlow, LossName } from '../engine/catalog'
import type { ErrorValue } from './errors'

export type { FlowMoment, LayerFlow }

/** The way back through the run in view at a moment. */
export interface FlowView extends FlowMoment {
  readonly runId: string
  readonly epoch: number
  readonly step: number
  /** Training rows that it was measured on. */
  readonly rows: number
  /** What it comes to. */
  readonly sentence: string
}

// ── Short trainings beside the run ───────────────────────────────────────────────────────────────────────────

/** `waiting`: the run in view trains and goes first. */
export type SideState = 'running' | 'waiting' | 'done' | 'failed' | 'cancelled'

interface SideView {
  readonly state: SideState
  readonly error: ErrorValue | null
}

export const flowRange = {
  depth: { min: 3, max: 20, default: 10 },
  width: { min: 1, max: 64, default: 16 },
  steps: { min: 1, max: 2000, default: 200 }
} as const

export const labRange = {
  /** Of the output's bias, in z. */
  shift: { min: 0, max: 12, default: 6 },
  rate: { min: 1e-6, max: 100, default: 0.02 },
  steps: { min: 1, max: 5000, default: 300 }
} as const

function whole({ min, max }: { readonly min: number; readonly max: number }) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))
}

function within({ min, max }: { readonly min: number; readonly max: number }) {
  return v.pipe(v.number(), v.minValue(min), v.maxValue(max))
}

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64))

/** What hidden layers do, and how their first weights are drawn; values of the Dense layer's settings. */
const depthKindSchema = v.strictObject({ activation: name, initializer: name })

export const depthChoiceSchema = v.strictObject({
  /** Layers with weights, the output among them. */
  depth: whole(flowRange.depth),
  width: whole(flowRange.width),
  steps: whole(flowRange.steps),
  kinds: v.pipe(v.array(depthKindSchema), v.minLength(1), v.maxLength(3), v.readonly())
})

export type DepthKind = Readonly<v.InferOutput<typeof depthKindSchema>>
export type DepthChoice = Readonly<v.InferOutput<typeof depthChoiceSchema>>

/** One of the networks of a depth experiment. */
export interface DepthContestant extends DepthKind {
  /** "Sigmoid, Glorot uniform". */
  readonly label: string
  /** Looks at its layers, the first before the first step. */
  readonly looks: readonly (FlowMoment & { readonly step: number })[]
  /** Why it went no further. */
  readonly error: ErrorValue | null
}

/** The same deep network with several activations and first weights. */
export interface DepthExperimentView extends SideView {
  readonly choice: DepthChoice
  /** Whose rows and setup: of the open dataset, or of the bench of a lesson. */
  readonly on: 'dataset' | 'bench'
  /** Rows that are looked at. */
  readonly rows: number
  readonly contestants: readonly DepthContestant[]
  /** What came of it; null before. */
  readonly sentence: string | null
}

export const labChoiceSchema = v.strictObject({
  shift: within(labRange.shift),
  rate: within(labRange.rate),
  steps: whole(labRange.steps)
})

export type LabChoice = Readonly<v.InferOutput<typeof labChoiceSchema>>

/** One of the trainings of the loss lab. */
export interface LabLine {
  readonly loss: LossName
  readonly label: string
  /** Columns of equal length: steps taken, share of right rows, mean |∂E/∂z| over rows and outputs, of a row alone. */
  readonly steps: readonly number[]
  readonly accuracy: readonly number[]
  readonly gradient: readonly number[]
  readonly error: ErrorValue | null
}

/** The same network from the same first weights under several losses. */
export interface LossLabView extends SideView {
  readonly choice: LabChoice
  readonly rows: number
  /** The class that the output is sure of at the start; null: of every label. */
  readonly towards: string | null
  readonly metric: string
  readonly lines: readonly LabLine[]
  readonly sentence: string | null
}
