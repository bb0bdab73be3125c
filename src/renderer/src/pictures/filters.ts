/** The first convolution's filters as small pictures. */
import type { FiltersView } from '../../../shared/run-views'
import { signMaps, type Maps } from './maps'

/** With three channels in colour: grey is 0. Else every channel by itself, by sign and size. */
export function filterMaps({ shape, values }: FiltersView): Maps {
  const [filters, channels, height, width] = shape
  if (channels !== 3) return signMaps(values, filters * channels, [height, width], 1)
  const plane = height * width
  return {
    ...{ count: filters, width, height },
    colourOf: (map, pixel) => {
      const at = (channel: number) => 127.5 * (1 + (values[(3 * map + channel) * plane + pixel] ?? 0))
      return [at(0), at(1), at(2)]
    }
  }
}

export function filtersSummary({ layer, epoch, shape: [filters, channels, height, width] }: FiltersView): string {
  return `Epoch ${epoch}: ${filters} filters of ${layer}, ${channels === 1 ? '' : `${channels} channels of `}${width}×${height} weights each.`
}
