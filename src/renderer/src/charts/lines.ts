import { formatNumber } from '../state/format'
import { formatTick } from './axis'
import type { ChartLine, ChartSpec, Token, WatchedLayer } from './chart'

/** Colours that stay apart in both themes; the strokes tell lines apart where colour does not. */
export const lineColours: readonly Token[] = [
  '--class-1',
  '--class-4',
  '--class-3',
  '--class-2',
  '--class-5',
  '--family-convolution',
  '--family-activation',
  '--family-shape'
]
const strokes: readonly (readonly number[])[] = [[], [7, 4], [9, 3, 2, 3], [4, 3]]
export const DASHED: readonly number[] = [5, 4]
/** Of another run's layers, which have the colours of this run's. */
export const DOTTED: readonly number[] = [1, 2.5]

/** How the line of a run that is laid over looks: in the run's colour, or as the same layer's of the run in view, dotted. */
export function overlaidLook(
  { ofLayers }: Pick<ChartSpec, 'ofLayers'>,
  line: Pick<ChartLine, 'colour' | 'dash'>,
  colour: Token
): Pick<ChartLine, 'colour' | 'dash'> {
  return ofLayers === true ? { colour: line.colour, dash: DOTTED } : { colour, dash: line.dash }
}

/** The two lines of a figure that is measured on either part of the rows; one where no rows are kept for validation. */
export function trainingAndValidation(
  validated: boolean,
  training: ChartLine['value'],
  validation: ChartLine['value']
): ChartLine[] {
  const lines: ChartLine[] = [{ label: 'training', colour: '--train', dash: [], value: training }]
  if (validated) lines.push({ label: 'validation', colour: '--validation', dash: DASHED, value: validation })
  return lines
}

/** A line for each layer; of many layers the first, the last and some between them. */
export function layerLines(
  layers: readonly WatchedLayer[],
  value: (statistics: LayerOf) => number | null | undefined
): ChartLine[] {
  return spread(layers, lineColours.length).map((layer, place) => ({
    label: layer.name,
    colour: lineColours[place] ?? '--text-3',
    dash: strokes[place % strokes.length] ?? [],
    value: ({ point }) => {
      const statistics = point.layers?.[layer.index]
      return statistics === undefined ? undefined : (value(statistics) ?? undefined)
    }
  }))
}

/** What charts of a figure of each layer that learns have in common; the figure lies over powers of ten. */
export function ofTrainedLayers(
  layers: readonly WatchedLayer[],
  value: (statistics: LayerOf) => number | null | undefined
) {
  return {
    lines: layerLines(
      layers.filter(({ trained }) => trained),
      value
    ),
    ...{ ofLayers: true, offersLog: true, logarithmic: true },
    ...{ format: formatNumber, formatTick, empty: noLayersYet }
  } satisfies Partial<ChartSpec>
}

type LayerOf = NonNullable<Parameters<ChartLine['value']>[0]['point']['layers']>[number]

/** At most so many of the items, evenly spread, the ends among them. */
export function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  return Array.from({ length: most }, (_, place) => Math.round((place * (items.length - 1)) / (most - 1))).flatMap(
    (index) => items.slice(index, index + 1)
  )
}

/** Said over the axes of charts of layers. */
export const noLayersYet = 'Looked at after each epoch; nothing has been measured yet.'
