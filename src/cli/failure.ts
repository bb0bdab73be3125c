/** How the command line fails: one line on stderr with a code; a stack only for bugs. */
import { Cancelled, ConfigError, StudioError } from '../shared/errors'
import { oneLine } from './text'

/** Training was interrupted; its run can be gone on with, and the message says how. */
export class Interrupted extends Cancelled {}

/** A mistake in the command line itself. */
export function usageError(message: string): ConfigError {
  return new ConfigError('usage', message)
}

/** Writes the failure to stderr. */
export function reportFailure(thrown: unknown): void {
  if (thrown instanceof Cancelled && !(thrown instanceof Interrupted)) {
    process.stderr.write(`error ${thrown.code}: Interrupted before the end; no file or folder was written.\n`)
  } else if (thrown instanceof StudioError) {
    process.stderr.write(`error ${thrown.code}: ${oneLine(thrown.message)}\n`)
  } else {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    process.stderr.write(`error internal-error: this is a bug in the studio, please report it.\n${stack}\n`)
  }
}

/** The exit status for a failure: 2 for what has a code, 1 for a bug. */
export function failureStatus(thrown: unknown): number {
  if (thrown instanceof Cancelled) return 130
  return thrown instanceof StudioError ? 2 : 1
}
