/** Which inputs of a network are entries of categories, for which it learns vectors. */
import type { EmbeddedInput } from '../engine'
import { coderOf } from './features'
import { entriesOf } from './features/embedding'
import type { Preparation } from './preparation'

/** In the order of the inputs. */
export function embeddedInputs({ features }: Pick<Preparation, 'features'>): EmbeddedInput[] {
  let next = 0
  return features.flatMap((feature) => {
    const at = next
    next += coderOf(feature).inputs.length
    if (feature.kind !== 'embedding') return []
    return [{ column: feature.name, at, entries: entriesOf(feature), size: feature.size }]
  })
}
