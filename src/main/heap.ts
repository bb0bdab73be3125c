/** How much memory the trainer's JavaScript may take. */
import os from 'node:os'

const MB = 1024 * 1024
/** With less, not even a table of some size can be profiled. */
const LEAST_MB = 512
/** Electron's pointers are compressed: no heap can be larger. */
const MOST_MB = 4096

/**
 * Half of the computer's memory, between 512 MB and 4 GB. The heap holds what is read and shown; weights, rows and kernels lie outside
 * of it and need the other half, with the window and the system. Without a limit V8 would take up to 4 GB from any computer, which
 * then swaps to a standstill, where a trainer that ends for want of memory is restarted from its last checkpoint.
 * @param asked MB that were asked for by `--trainer-memory=`, in place of that; what is no number is left aside
 * @param memory bytes that the computer has
 * @param constrained bytes that this process may use, as in a container; 0 where nothing is said
 */
export function heapLimitMb(
  asked = '',
  memory: number = os.totalmem(),
  constrained: number = process.constrainedMemory()
): number {
  if (/^\d{2,4}$/.test(asked)) return Math.min(MOST_MB, Number(asked))
  const available = constrained > 0 ? Math.min(memory, constrained) : memory
  return Math.max(LEAST_MB, Math.min(MOST_MB, Math.floor(available / 2 / MB)))
}

/** Arguments for a fork. V8's own flag would be ignored: Electron takes it from this one. */
export function heapArguments(limitMb: number): string[] {
  return [`--js-flags=--max-old-space-size=${limitMb}`]
}
