import { byStep, type ScheduleSpec } from './schedule'

/** The optimizer's learning rate at every step: η = η₀. */
export const constant: ScheduleSpec = {
  type: 'constant',
  label: 'Constant',
  summary: 'The same learning rate from the first step to the last.',
  formula: () => ['η = η₀'],
  fields: [],
  create: () => byStep(() => 1)
}
