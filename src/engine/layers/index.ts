/** The layer registry: one line per layer. */
import { dense } from './dense'
import type { LayerSpec } from './layer'

export type { LayerCase, LayerContext, LayerSpec, ParameterSpec } from './layer'

export const layerSpecs: readonly LayerSpec[] = [dense]
