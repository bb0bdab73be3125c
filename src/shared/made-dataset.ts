/** Datasets that are made in the studio: by a generator, with the brush, or from pasted text. Each becomes a file. */
import * as v from 'valibot'

/** Longest text that can be pasted, in UTF-16 units; what is longer had better be a file. */
export const MAX_PASTED = 32 * 1024 * 1024
/** Points that can be painted. */
export const MAX_PAINTED = 20_000
/** Classes that points can be painted in. */
export const PAINT_CLASSES = 5

/** Names of made classes by index: `a`, `b`, `c` … */
export function className(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + index)
}

const coordinate = v.pipe(v.number(), v.finite(), v.minValue(-1), v.maxValue(1))
const setting = v.union([v.number(), v.pipe(v.string(), v.maxLength(64)), v.boolean()])

export const generatorConfigSchema = v.record(v.pipe(v.string(), v.maxLength(64)), setting)
export const generatorNameSchema = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/))

export const madeDatasetSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('generated'), generator: generatorNameSchema, config: generatorConfigSchema }),
  v.strictObject({
    kind: v.literal('painted'),
    points: v.pipe(
      v.array(
        v.strictObject({
          x: coordinate,
          y: coordinate,
          /** Index of the colour it was painted with. */
          group: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(PAINT_CLASSES - 1))
        })
      ),
      v.minLength(1),
      v.maxLength(MAX_PAINTED)
    )
  }),
  v.strictObject({ kind: v.literal('pasted'), text: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PASTED)) })
])

export type MadeDataset = Readonly<v.InferOutput<typeof madeDatasetSchema>>
export type PaintedPoint = Extract<MadeDataset, { kind: 'painted' }>['points'][number]
