/** The keys of the whole window: from a key press to what it asks for. */
import { stages, type Stage } from './problems'

export type KeyCommand =
  | { readonly type: 'open' | 'train' | 'step' | 'epoch' | 'undo' | 'redo' | 'help' }
  | { readonly type: 'stage'; readonly stage: Stage }

export interface KeyPress {
  readonly key: string
  /** The key's place: what Shift makes of a full stop hangs on the keyboard. */
  readonly code?: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/**
 * What a key press asks for, or null when it is not ours.
 * @param inText the focus is in a text field, which has its own undo and redo
 * @param isMac Cmd takes the place of Ctrl
 */
export function keyCommand(press: KeyPress, inText: boolean, isMac: boolean): KeyCommand | null {
  if (press.key === 'F1') return { type: 'help' }
  const modifier = isMac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey
  if (!modifier || press.altKey) return null
  const key = press.key.toLowerCase()
  if (key === 'z' && !inText) return { type: press.shiftKey ? 'redo' : 'undo' }
  if (key === 'y' && !press.shiftKey && !inText) return { type: 'redo' }
  if (press.shiftKey) return press.code === 'Period' || key === '.' ? { type: 'epoch' } : null
  if (key === 'o') return { type: 'open' }
  if (key === 'enter') return { type: 'train' }
  if (key === '.') return { type: 'step' }
  const stage = /^[1-9]$/.test(key) ? stages[Number(key) - 1] : undefined
  return stage === undefined ? null : { type: 'stage', stage }
}

/** What the help dialog lists; `mod` stands for Ctrl or Cmd. */
export const keyList: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['mod', 'O'], does: 'Open a dataset' },
  { keys: ['mod', 'Enter'], does: 'Train, pause or resume' },
  { keys: ['mod', '.'], does: 'One step: a single optimizer update' },
  { keys: ['mod', 'Shift', '.'], does: 'One epoch, then pause' },
  { keys: ['mod', '1 … 6'], does: 'Data, Model, Train, Evaluate, Explain, Export' },
  { keys: ['mod', 'Z'], does: 'Undo an edit of the setup' },
  { keys: ['mod', 'Shift', 'Z'], does: 'Redo it' },
  { keys: ['Alt', '← →'], does: 'Previous or next page of a lesson' },
  { keys: ['Esc'], does: 'Cancel the reading of a file' },
  { keys: ['F1'], does: 'This help' }
]
