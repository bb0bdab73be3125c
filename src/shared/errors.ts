/**
 * Every error a person may meet, as a value with a stable code.
 *
 * The message says what, where, got and expected, and what to do next. A `StudioError` is expected and is
 * shown with its code; any other error is a bug and is logged with its stack. Across processes errors travel
 * as `ErrorValue`, because a thrown error arrives on the other side with its message alone.
 *
 * This file imports nothing: it is the one file of `shared/` that the engine may use.
 */

/** Facts about an error, for programs: plain JSON values only. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>

/** An error as plain data, as it crosses a process or is printed by the command line. */
export interface ErrorValue {
  readonly code: string
  readonly message: string
  readonly details: ErrorDetails
}

export class StudioError extends Error {
  override readonly name: string = 'StudioError'

  /**
   * @param code stable, lower-case, words joined by `-`, for example `empty-file`
   * @param message what happened, where, what was expected, what to do next
   */
  constructor(
    readonly code: string,
    message: string,
    readonly details: ErrorDetails = {}
  ) {
    super(message)
  }

  toValue(): ErrorValue {
    return { code: this.code, message: this.message, details: this.details }
  }
}

/** Shapes of tensors or layers do not fit. */
export class ShapeError extends StudioError {
  override readonly name = 'ShapeError'
}

/** A setting is missing, unknown or out of its range. */
export class ConfigError extends StudioError {
  override readonly name = 'ConfigError'
}

/** A file cannot be used as data; details carry file, row, column or byte where known. */
export class DataFormatError extends StudioError {
  override readonly name = 'DataFormatError'
}

/** A number left the finite range; details carry the layer, the op and the step. */
export class NumericError extends StudioError {
  override readonly name = 'NumericError'
}

/** A run folder, a project or a weights file cannot be read or written. */
export class StorageError extends StudioError {
  override readonly name = 'StorageError'
}

/** The work was stopped on request: not a failure. */
export class Cancelled extends StudioError {
  override readonly name = 'Cancelled'
  constructor(message = 'Cancelled.') {
    super('cancelled', message)
  }
}

/** The value that describes any thrown thing; what is not a `StudioError` becomes `internal-error`. */
export function errorValue(thrown: unknown): ErrorValue {
  if (thrown instanceof StudioError) return thrown.toValue()
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'internal-error', message: `Something went wrong inside the studio: ${message}`, details: {} }
}

/** The error that a value from another process describes. */
export function errorFromValue(value: ErrorValue): StudioError {
  return new StudioError(value.code, value.message, value.details)
}
