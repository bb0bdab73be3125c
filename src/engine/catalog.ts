/**
 * The catalog: what can be chosen and what a choice comes to. All of the engine that the renderer may import;
 * it pulls in no primitive, no executor and no random numbers.
 */
export { activations, type Activation, type ActivationName } from './activations'
export {
  defaultsOf,
  fieldProblem,
  matters,
  parseConfig,
  type BooleanField,
  type ChoiceField,
  type Config,
  type Field,
  type FieldValue,
  type NumberField
} from './fields'
export { layerFamilies, layerSpecs, type LayerFamily, type LayerSpec, type ParameterSpec } from './layers'
export {
  defaultLoss,
  lawOf,
  lossesFor,
  lossFor,
  lossSpecs,
  type Link,
  type LossName,
  type LossSettings,
  type LossSpec
} from './losses'
export {
  classReportOf,
  metricsFor,
  metricSpecs,
  workedMeanOf,
  type ClassScores,
  type MetricName,
  type MetricSpec
} from './metrics'
export {
  describeModel,
  MAX_PARAMETERS,
  type LayerDescription,
  type LayerProblem,
  type ModelDescription,
  type ParameterInfo
} from './model/describe'
export {
  leastTrainingNumbers,
  MAX_TRAINING_BYTES,
  trainingBytes,
  type LeastNumbers,
  type TrainingSize
} from './model/memory'
export { withEmbeddings, type EmbeddedInput } from './model/embedded-inputs'
export { inferTask, type TargetColumn } from './model/infer-task'
export { modelSpecOf, OUTPUT_LAYER } from './model/spec-of'
export { unusedLayers } from './model/unused'
export { optimizerSpecs, type OptimizerSpec } from './optimizers'
export type { ExplainedLine } from './explain/explained-line'
export type { FlowMoment, LayerFlow } from './explain/flow/flow-look'
export { arrivalWords, flowSentence, shortNumber } from './explain/flow/flow-words'
export { isSaturated, labLosses, outputGradient, type OutputGradient } from './explain/loss-lab/output-gradient'
export type { ExplainedLoss } from './explain/loss-lines'
export type { DifferenceCheck, ExplainedLayer } from './explain/microscope'
export type { GradientPath, GradientPaths } from './explain/paths'
export { laneChoices, laneOn, memoryField, type LaneChoice, type LaneSettings } from './explain/race/lanes'
export { minimumAt } from './explain/race/minimum'
export { surfaceNamed, surfaceSpecs, type Minimum, type Place, type SurfaceSpec } from './explain/race/surfaces'
export type { LaneState } from './explain/race/surface-lane'
export {
  checkOutcome,
  checkSentence,
  errorText,
  GRADIENT_TOLERANCE,
  type CheckedNumber,
  type CheckOutcome,
  type EpochCheck,
  type GradientCheckResult
} from './explain/check-verdict'
export type { SampledCheck, SampledNumber } from './explain/sampled-check'
export type { ExplainedWeight } from './explain/weight-lines'
export type { Term, WorkedLine } from './explain/worked-line'
export { scheduleSpecs, type Horizon, type Schedule, type ScheduleSpec } from './schedules'
export { saferRate, type RatedSteps } from './doctor/safer-rate'
export { augmentationFields } from './augment/fields'
export { earlyStoppingFields } from './train/early-stopping'
export { regularizationFields } from './train/regularization'
export type { Histogram, LayerStatistics } from './train/events'
export { INPUT, tasks, type LayerNode, type ModelSpec, type Shape, type Task } from './spec'
