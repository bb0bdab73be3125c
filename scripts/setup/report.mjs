/** What the set-up says to people: always on stderr, because stdout belongs to the command that runs after it. */

/** A reason why the set-up cannot go on that a person can act on; printed without a stack. */
export class SetupError extends Error {}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`[setup] ${text}\n`)
}
