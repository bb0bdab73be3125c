import { GRADIENT_TOLERANCE } from '../../../engine/catalog'
import { errorText } from '../../../shared/gradient-checks'
import { formatTick } from './axis'
import type { CardContext, ChartSpec } from './chart'

/** The largest relative error of the gradient check after each epoch; null where there is none. */
export function gradientCheckChart({ checked }: CardContext): ChartSpec | null {
  if (!checked) return null
  return {
    id: 'gradient-check',
    title: 'Gradient check',
    name: 'Gradient check chart',
    lines: [
      {
        label: 'largest error',
        colour: '--accent',
        dash: [],
        // None of 0 on an axis of powers.
        value: ({ point }) =>
          point.gradientCheck !== undefined && point.gradientCheck.maxRelativeError > 0
            ? point.gradientCheck.maxRelativeError
            : undefined
      }
    ],
    exact: true,
    offersLog: true,
    logarithmic: true,
    levels: () => [{ label: 'bound of agreement', value: GRADIENT_TOLERANCE }],
    format: errorText,
    formatTick,
    empty: 'After the first epoch it is known how far backpropagation and differences are apart.',
    term: 'gradientSamples'
  }
}
