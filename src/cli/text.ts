/** Text from files and people, made safe to print. */

/**
 * On one line and without control characters: a column name must neither break a line in two nor steer the terminal.
 */
export function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD')
    .trim()
}

/** Names one after the other; of many the first ones. */
export function namesText(names: readonly string[], most = 6): string {
  return `${names.slice(0, most).map(oneLine).join(', ')}${names.length > most ? ' …' : ''}`
}

/** A number with six significant digits; as written for people, not for programs. */
export function shortNumber(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value)
}
