/** Dates inside the ONNX file: whole-number arithmetic, as in `data/features/calendar.ts`. */
import { calendar, type FeaturePreparation } from '../../../data'
import type { OnnxBuilder } from '../builder'
import { dataType } from '../proto'
import { replaced, withIndicator } from './missing'

type DateFeature = Extract<FeaturePreparation, { kind: 'date' }>

/** Milliseconds since 1970-01-01 UTC, float64 [N, 1] → [N, year and the sines and cosines of the rounds]. */
export function dateBlock(builder: OnnxBuilder, feature: DateFeature): string {
  const { name, fill, mean, scale } = feature
  const node = (operator: string, inputs: readonly string[], hint: string) =>
    builder.node(operator, inputs, { hint: `${name}.${hint}` })
  const cast = (x: string, to: (typeof dataType)[keyof typeof dataType], hint: string) =>
    builder.node('Cast', [x], { attributes: [['to', to]], hint: `${name}.${hint}` })
  const wide = (hint: string, value: number) => builder.float64(`${name}.${hint}`, [1, 1], [value])

  const whole = node('Floor', [name], 'whole')
  const beyond = node('Greater', [node('Abs', [whole], 'size'), wide('most', calendar.MOST_MS)], 'isBeyond')
  const missing = node('Or', [node('IsNaN', [name], 'isNaN'), beyond], 'isMissing')
  const filled = node('Where', [missing, wide('fill', fill ?? 0), whole], 'filled')
  const parts = partsOf(builder, name, cast(filled, dataType.int64, 'ms'))

  const centred = node('Sub', [cast(parts.year, dataType.double, 'year64'), wide('mean', mean)], 'centred')
  const blocks = [cast(node('Div', [centred, wide('scale', scale)], 'scaled'), dataType.float, 'year')]
  for (const cycle of calendar.cyclesOf(feature)) {
    const table = builder.float32(`${name}.${cycle.part}.round`, [cycle.steps, 2], calendar.roundOf(cycle).flat())
    const both = builder.node('Gather', [table, parts[cycle.part]], {
      attributes: [['axis', 0]],
      hint: `${name}.${cycle.part}.both3`
    })
    // 0 keeps N.
    blocks.push(node('Reshape', [both, builder.int64(`${name}.two`, [2], [0, 2])], `${cycle.part}.both`))
  }
  const block = builder.node('Concat', blocks, { attributes: [['axis', 1]], hint: `${name}.parts` })
  if (feature.indicator !== true) return fill === null ? replaced(builder, block, missing, NaN) : block
  return withIndicator(builder, fill === null ? replaced(builder, block, missing, 0) : block, missing)
}

/** int64 [N, 1] each. Div is of numbers from 0 up, but for those that it divides without a rest. */
function partsOf(builder: OnnxBuilder, name: string, ms: string) {
  const op = (operator: string) => (x: string, value: number) =>
    builder.node(operator, [x, builder.int64(`${name}.k`, [1, 1], [value])], { hint: `${name}.${operator}` })
  const [plus, times, div, mod, less] = [op('Add'), op('Mul'), op('Div'), op('Mod'), op('Less')]
  const add = (x: string, y: string) => builder.node('Add', [x, y], { hint: `${name}.sum` })
  const sub = (x: string, y: string) => builder.node('Sub', [x, y], { hint: `${name}.difference` })

  const msOfDay = mod(ms, calendar.DAY_MS)
  const days = div(sub(ms, msOfDay), calendar.DAY_MS)
  const z = plus(days, calendar.DAYS_BEFORE_1970)
  const dayOfEra = mod(z, 146_097)
  const era = div(sub(z, dayOfEra), 146_097)
  const leaps = add(sub(dayOfEra, div(dayOfEra, 1460)), sub(div(dayOfEra, 36_524), div(dayOfEra, 146_096)))
  const yearOfEra = div(leaps, 365)
  const daysBefore = add(times(yearOfEra, 365), sub(div(yearOfEra, 4), div(yearOfEra, 100)))
  const dayOfYear = sub(dayOfEra, daysBefore)
  const monthOfYear = div(plus(times(dayOfYear, 5), 2), 153)
  const month = mod(plus(monthOfYear, 2), 12)
  const early = builder.node('Cast', [less(month, 2)], {
    attributes: [['to', dataType.int64]],
    hint: `${name}.isEarly`
  })
  return {
    year: add(add(yearOfEra, times(era, 400)), early),
    month,
    day: sub(dayOfYear, div(plus(times(monthOfYear, 153), 2), 5)),
    weekday: mod(plus(days, 4), 7),
    hour: div(msOfDay, calendar.HOUR_MS)
  }
}
