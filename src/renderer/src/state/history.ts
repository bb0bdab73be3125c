/**
 * Undo and redo as plain values: each step keeps the value to go back to. Typing in one field makes one step,
 * not one for every key.
 */
import { onlyChangedLeaf } from './same'

interface Step<T> {
  /** What was done, as people would say it: "Add layer". */
  readonly label: string
  readonly value: T
  /** The field that was typed in, when the step changed nothing else. */
  readonly leaf: string | null
  readonly atMs: number
}

export interface History<T> {
  readonly past: readonly Step<T>[]
  readonly future: readonly Step<T>[]
}

/** A pause in typing after which the next key begins a new step. */
export const MERGE_MS = 1000
const MOST_STEPS = 200

export function emptyHistory<T>(): History<T> {
  return { past: [], future: [] }
}

/** The history after an edit from `before` to `after`; what could be redone is gone. */
export function recorded<T>(history: History<T>, label: string, before: T, after: T, nowMs: number): History<T> {
  const leaf = onlyChangedLeaf(before, after)
  const last = history.past.at(-1)
  if (leaf !== null && last?.leaf === leaf && last.label === label && nowMs - last.atMs < MERGE_MS) {
    return { past: [...history.past.slice(0, -1), { ...last, atMs: nowMs }], future: [] }
  }
  return { past: [...history.past, { label, value: before, leaf, atMs: nowMs }].slice(-MOST_STEPS), future: [] }
}

export interface Moved<T> {
  readonly history: History<T>
  readonly value: T
  readonly label: string
}

/** One step back from `current`; null when there is none. */
export function undone<T>({ past, future }: History<T>, current: T): Moved<T> | null {
  const step = past.at(-1)
  if (step === undefined) return null
  const back = { ...step, value: current, leaf: null }
  return { history: { past: past.slice(0, -1), future: [...future, back] }, value: step.value, label: step.label }
}

/** One step forth from `current`; null when nothing was undone. */
export function redone<T>({ past, future }: History<T>, current: T): Moved<T> | null {
  const step = future.at(-1)
  if (step === undefined) return null
  const forth = { ...step, value: current, leaf: null }
  return { history: { past: [...past, forth], future: future.slice(0, -1) }, value: step.value, label: step.label }
}
