/** Bars of gradients on a logarithmic axis of whole powers of ten: pure geometry. */
import type { DepthContestant, LayerFlow } from '../../../../shared/gradient-views'
import { formatTick } from '../../charts/axis'

/** Powers of ten, from and to. */
export interface Decades {
  readonly from: number
  readonly to: number
}

/** Labels that have room. */
const MOST_TICKS = 5

/** The layers with weights alone: the others pass the error on. */
export function trainedLayersOf(contestants: readonly DepthContestant[]): readonly DepthContestant[] {
  return contestants.map((one) => ({
    ...one,
    looks: one.looks.map((moment) => ({ ...moment, layers: moment.layers.filter(({ trained }) => trained) }))
  }))
}

/** That hold every bar of some networks; null where there is none to draw. */
export function decadesOf(networks: readonly (readonly LayerFlow[])[]): Decades | null {
  const values = networks.flat().flatMap(({ delta, gradientNorm }) => [delta, gradientNorm ?? Number.NaN])
  const drawn = values.filter((value) => value > 0 && Number.isFinite(value))
  if (drawn.length === 0) return null
  const places = drawn.map(Math.log10)
  const from = Math.floor(places.reduce((low, place) => Math.min(low, place)))
  const to = Math.ceil(places.reduce((high, place) => Math.max(high, place)))
  // The smallest one is a bar too.
  return { from: from === Math.min(...places) ? from - 1 : from, to: Math.max(to, from + 1) }
}

/** Length of a bar as a share of the axis; 0 for what is 0 or no finite number. */
export function lengthOf(value: number | null, { from, to }: Decades): number {
  if (value === null || !(value > 0) || !Number.isFinite(value)) return 0
  return Math.min(1, Math.max(0, (Math.log10(value) - from) / (to - from)))
}

export function decadeTicks({ from, to }: Decades): readonly { readonly at: number; readonly text: string }[] {
  const every = Math.max(1, Math.ceil((to - from) / MOST_TICKS))
  const count = Math.floor((to - from) / every)
  return Array.from({ length: count + 1 }, (_, place) => {
    const power = to - place * every
    return { at: (power - from) / (to - from), text: formatTick(Number(`1e${power}`)) }
  }).toReversed()
}
