/** What the training doctor looks at, and what it says. */
import type { LayerStatistics } from '../train/events'
import type { Config } from '../fields'
import type { Task } from '../spec'

/** A training as far as it has come. Plain values. */
export interface Patient {
  /** Epochs that ended, in order, the last one last. */
  readonly epochs: readonly PatientEpoch[]
  /** Steps from the first one on, thinned to the extremes of each stretch; x in epochs. */
  readonly steps: {
    readonly position: readonly number[]
    readonly loss: readonly number[]
    readonly learningRate: readonly number[]
  }
  /** Loss of the best constant answer, as the baselines have it; null where it is not known. */
  readonly constantLoss: number | null
  /** Training stopped because a number was no longer finite. */
  readonly diverged: boolean
  /** It is paused or has ended: there is nothing to wait for, and rules make do with what there is. */
  readonly settled: boolean
  readonly plan: {
    readonly epochs: number
    readonly trainingRows: number
    readonly stepsPerEpoch: number
    /** Rows that judge it after each epoch; 0 where there are none. */
    readonly validationRows: number
    readonly task: Task
    readonly optimizer: { readonly type: string; readonly config: Config }
    readonly schedule: string
    /** Of `regularizationFields`. */
    readonly regularization: Config
    /** Whether training ends by itself for want of a gain. */
    readonly stopsEarly: boolean
    /** Whether rare classes count more. */
    readonly weighsClasses: boolean
  }
  /** In the order of the network; the last one gives its output. */
  readonly layers: readonly PatientLayer[]
  /** The features as they stand in the table; null where they are not numbers of a table, as pixels are not. */
  readonly inputs: {
    /** Whether they are standardised before the network gets them. */
    readonly prepared: boolean
    /** Of the training rows. */
    readonly features: readonly { readonly name: string; readonly mean: number; readonly deviation: number }[]
  } | null
  /** Binary and multi-class: rows of each class, in the order of the classes; else null. */
  readonly classes: {
    readonly names: readonly string[]
    readonly targets: readonly number[]
    /** How often the network answers each class on the rows that judge it, at the last epoch; null where nobody counted. */
    readonly answers: readonly number[] | null
  } | null
}

export interface PatientEpoch {
  /** From 1. */
  readonly epoch: number
  readonly trainLoss: number | null
  readonly validationLoss: number | null
  readonly learningRate: number
  readonly layers: readonly LayerStatistics[] | null
}

export interface PatientLayer {
  readonly name: string
  readonly type: string
  /** Name of the activation it ends with; null where it has none. */
  readonly activation: string | null
  /** How its first weights are drawn where somebody chose that; null where it is what suits the activation. */
  readonly initializer: string | null
  /** Numbers of its output's first axis: units, channels. */
  readonly units: number
  /** Trained numbers. */
  readonly parameters: number
}

/** What can be done. The engine knows no setup: whoever does makes a change of settings of it. */
export type Cure =
  /** `anew`: what was learned is spoiled, so that a run which goes on from there gains nothing by it. */
  | { readonly kind: 'learning-rate'; readonly value: number; readonly anew: boolean }
  /** First weights are drawn as suits it. */
  | { readonly kind: 'activation'; readonly layers: readonly string[]; readonly to: string }
  | { readonly kind: 'prepare' }
  | { readonly kind: 'gradient-norm-clip'; readonly value: number }
  | { readonly kind: 'l2'; readonly value: number }
  | { readonly kind: 'dropout'; readonly rate: number }
  | { readonly kind: 'early-stopping'; readonly patience: number }
  /** Each hidden layer of units so many times as wide; one of 16 units where there is none. */
  | { readonly kind: 'wider'; readonly factor: number }
  | { readonly kind: 'class-weights' }
  | { readonly kind: 'initializer'; readonly layers: readonly string[]; readonly to: string }
  | { readonly kind: 'schedule'; readonly type: string; readonly config: Config }

/** A small chart, x in epochs. */
export interface Evidence {
  readonly label: string
  readonly logarithmic: boolean
  readonly lines: readonly { readonly label: string; readonly x: readonly number[]; readonly y: readonly number[] }[]
  /** A level that counts, such as a threshold. */
  readonly level: { readonly label: string; readonly value: number } | null
}

export interface Finding {
  /** Name of the rule. */
  readonly rule: string
  readonly title: string
  /** One sentence with the numbers that show it. */
  readonly sentence: string
  readonly evidence: Evidence
  readonly cure: Cure
}

export interface Rule {
  /** kebab-case */
  readonly name: string
  /** Rules whose findings are this one's consequences: they are not told beside it. */
  readonly hides: readonly string[]
  /** Pure: the same patient, the same finding. Null when all is well, or when it is too early to tell. */
  examine(patient: Patient): Omit<Finding, 'rule'> | null
}
