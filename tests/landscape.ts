/** Golden values of paths and matrices. See scripts/make-golden.py. */
import * as v from 'valibot'
import type { Direction } from '../src/engine/explain/landscape'
import type { Parameters } from '../src/engine/model/model'
import { namedSchema, readGolden } from './golden'

const pathSchema = v.object({
  snapshots: v.array(v.array(namedSchema)),
  end: v.array(namedSchema),
  directions: v.array(v.array(namedSchema)),
  explained: v.array(v.number()),
  coordinates: v.array(v.array(v.number())),
  distances: v.array(v.number())
})
const eigenSchema = v.object({ matrix: v.array(v.number()), values: v.array(v.number()), vectors: v.array(v.number()) })

export const landscapes = readGolden(
  'landscape.json',
  v.object({ source: v.string(), eigen: v.array(eigenSchema), paths: v.array(pathSchema) })
)

type Named = v.InferOutput<typeof namedSchema>

export function parametersFrom(tensors: readonly Named[]): Parameters {
  return new Map(tensors.map(({ name, shape, data }) => [name, { shape, data: Float64Array.from(data) }] as const))
}

export function directionFrom(tensors: readonly Named[]): Direction {
  return new Map(tensors.map(({ name, data }) => [name, Float64Array.from(data)] as const))
}
