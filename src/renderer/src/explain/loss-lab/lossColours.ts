/** How each loss is drawn: in a colour of its own, the one that may lie on another dashed. */
import type { LossName } from '../../../../engine/catalog'

export function lossColour(loss: LossName): string {
  switch (loss) {
    case 'squared':
      return 'var(--class-4)'
    case 'log':
      return 'var(--class-1)'
    default:
      return 'var(--class-3)'
  }
}

export function lossDash(loss: LossName): string | undefined {
  return loss === 'cross-entropy' ? '7 5' : undefined
}
