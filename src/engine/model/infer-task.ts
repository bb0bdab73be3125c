import type { Task } from '../spec'

/** What is known of a target column when its task is proposed. */
export interface TargetColumn {
  readonly type: 'number' | 'category'
  /** Different values, missing ones not counted. */
  readonly distinct: number
  /** Numbers: every value is whole. */
  readonly integers: boolean
}

/** Whole numbers with at most this many different values are taken for classes (digits 0…9, ratings), more for amounts. */
const MAX_INTEGER_CLASSES = 10

/** The task a target column suggests; people may choose another. */
export function inferTask({ type, distinct, integers }: TargetColumn): Task {
  if (distinct <= 2 && (type === 'category' || integers)) return 'binary'
  if (type === 'category' || (integers && distinct <= MAX_INTEGER_CLASSES)) return 'multi-class'
  return 'regression'
}
