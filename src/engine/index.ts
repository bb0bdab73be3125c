/** The engine: networks as data, trained, judged and used. Pure TypeScript, the same in every process. */
export * from './catalog'
export { augmented } from './augment/augment'
export { gradientCheck, type GradientCheck } from './backprop/gradient-check'
export { gradients } from './backprop/gradients'
export { ReferenceProgram, type Feeds } from './executors/reference/program'
export type { ExecutorChoice } from './executors/choose'
export { ForwardPass } from './executors/forward'
export { LayerPass, type LayerOutput } from './executors/layer-pass'
export { executorNames, type ExecutorName } from './executors/training-executor'
export { provideKernels, supportsRelaxed, type KernelBytes } from './executors/wasm/kernels'
export { provideThreads, type StartedThread, type ThreadHost, type ThreadWork } from './executors/wasm/threads'
export { FlowLook } from './explain/flow/flow-look'
export { asTwoOutputs, saturatedStart, withOutputsFor } from './explain/loss-lab/saturated-start'
export { Microscope, type ExplainedParameter, type MicroscopeSubject } from './explain/microscope'
export * from './explain/landscape'
export { explainedLoss } from './explain/loss-lines'
export { surfaceGrid } from './explain/race/heights'
export { SurfaceRace } from './explain/race/surface-race'
export { sampledCheck } from './explain/sampled-check'
export { textTex } from './explain/symbols'
export { unitLines } from './explain/unit-lines'
export { explainedWeight } from './explain/weight-lines'
export { GraphBuilder } from './graph/builder'
export type { Attributes, Graph, GraphNode, NodeId } from './graph/graph'
export { classReport, isOn, predictedClasses } from './metrics'
export { wrongIndex } from './model/indices'
export { checkOutputActivation, inferenceGraph, type InferenceGraph } from './model/inference'
export {
  compileModel,
  initializeParameters,
  keptTensors,
  roundToFloat32,
  type Model,
  type Parameters
} from './model/model'
export { ops, type Op, type OpName } from './ops'
export { MAX_SEED, permutation, RandomStream } from './random/stream'
export { sizeOf, tensor, zeros, type Tensor } from './tensor/tensor'
export { evaluate, Evaluator, withMetrics, predict, predictInSlices, type Evaluation } from './train/evaluator'
export type { MetricParts, Metrics } from './train/metric-gatherer'
export { isMilestone } from './train/milestones'
export { TimeShare, type Clock } from './train/time-share'
export { frozenStep, heldStep, stepPlan, type FrozenStep, type HeldStep, type StepPlan } from './train/frozen-step'
export type { ForwardProblem, StepProblem } from './train/step-graph'
export {
  copyRows,
  heldNumbers,
  isRowSource,
  reshaped,
  wholeTensor,
  type Features,
  type RowSource,
  type TrainingPass,
  rowsFrom
} from './train/row-source'
export { rateRangeTest, suggestRate, type RatePoint } from './train/rate-range-test'
export { fedTargets, type Samples, type TargetScale } from './train/samples'
export type { EpochState, TrainingState } from './train/state'
export { parametersOf } from './train/state-check'
export {
  createTraining,
  type EarlyStop,
  type EpochEvent,
  type Pace,
  type StepEvent,
  type StopSignal,
  type TrainEvent,
  type Training,
  type TrainOptions
} from './train/training'
