/** The layer registry: one line per layer. */
import { activation } from './activation'
import { add } from './add'
import { avgPool1d } from './avg-pool1d'
import { avgPool2d } from './avg-pool2d'
import { batchNorm } from './batch-norm'
import { concat } from './concat'
import { conv1d } from './conv1d'
import { conv2d } from './conv2d'
import { dense } from './dense'
import { dropout } from './dropout'
import { embedding } from './embedding'
import { flatten } from './flatten'
import { globalAvgPool } from './global-avg-pool'
import { globalMaxPool } from './global-max-pool'
import { groupNorm } from './group-norm'
import type { LayerSpec } from './layer'
import { layerNorm } from './layer-norm'
import { maxPool1d } from './max-pool1d'
import { maxPool2d } from './max-pool2d'
import { multiply } from './multiply'
import { permute } from './permute'
import { reshape } from './reshape'
import { select } from './select'

export { layerFamilies } from './layer'
export type { LayerCase, LayerContext, LayerFamily, LayerSpec, ParameterSpec } from './layer'

export const layerSpecs: readonly LayerSpec[] = [
  dense,
  conv1d,
  conv2d,
  maxPool1d,
  maxPool2d,
  avgPool1d,
  avgPool2d,
  globalAvgPool,
  globalMaxPool,
  activation,
  batchNorm,
  layerNorm,
  groupNorm,
  dropout,
  flatten,
  reshape,
  permute,
  select,
  add,
  multiply,
  concat,
  embedding
]
