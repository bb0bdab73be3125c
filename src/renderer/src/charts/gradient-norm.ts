import type { CardContext, ChartSpec } from './chart'
import { ofTrainedLayers } from './lines'

/** ‖∂L/∂w‖₂ of each layer after the milestones. */
export function gradientNormChart({ layers }: CardContext): ChartSpec {
  return {
    id: 'gradient-norm',
    title: 'Gradient norm',
    name: 'Gradient norm chart',
    ...ofTrainedLayers(layers, ({ weights }) => weights?.gradientNorm),
    term: {
      title: 'Gradient norm',
      text: 'How steep the loss is for the weights of each layer. When the first layers lie many powers of ten below the last one, the error hardly reaches them; when a line shoots up, the steps are about to run away.',
      formula: '‖∂L/∂w‖₂'
    }
  }
}
