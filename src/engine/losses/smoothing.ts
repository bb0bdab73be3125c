/** Label smoothing: what the losses that have it share. */
import { numberSetting, type NumberField } from '../fields'
import type { GraphBuilder } from '../graph/builder'
import type { NodeId } from '../graph/graph'
import type { LossSettings } from './loss'

export const smoothingField: NumberField = {
  key: 'labelSmoothing',
  label: 'Label smoothing',
  kind: 'number',
  default: 0,
  min: 0,
  max: 1,
  exclusiveMax: true,
  advanced: true,
  help: 'Share ε of each answer that is spread evenly over all classes, so that the network is not driven to be certain. 0 for off.'
}

/**
 * (1 − ε) · wanted + ε / K (Szegedy et al. 2016, section 7); as it is for ε = 0.
 * @param wanted the share wanted of each class, or of the second of two
 */
export function smoothed(
  graph: GraphBuilder,
  wanted: NodeId,
  classes: number,
  { config }: Pick<LossSettings, 'config'>
): NodeId {
  const share = numberSetting(config, smoothingField.key)
  return share === 0 ? wanted : graph.apply('affine', [wanted], { scale: 1 - share, offset: share / classes })
}
