/** The schedule registry: one line per schedule; forms list them in this order, the first is the default. */
import { ConfigError } from '../../shared/errors'
import { constant } from './constant'
import { cosine } from './cosine'
import { exponential } from './exponential'
import { oneCycle } from './one-cycle'
import { plateau } from './plateau'
import type { ScheduleSpec } from './schedule'
import { step } from './step'

export { constant } from './constant'
export type { Horizon, Schedule, ScheduleSpec } from './schedule'

export const scheduleSpecs: readonly ScheduleSpec[] = [constant, step, exponential, cosine, oneCycle, plateau]

/** @throws ConfigError `unknown-schedule` */
export function scheduleNamed(type: string): ScheduleSpec {
  const found = scheduleSpecs.find((schedule) => schedule.type === type)
  if (found === undefined) {
    const known = scheduleSpecs.map((schedule) => schedule.type).join(', ')
    throw new ConfigError('unknown-schedule', `There is no schedule "${type}"; known are ${known}.`)
  }
  return found
}
