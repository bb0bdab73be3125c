/** What valibot finds wrong with a value from outside, in plain words. */
import type * as v from 'valibot'

/** For schemas that say themselves what they expect: such messages are taken as they are. */
const OWN_WORDS = /^expected /
export const EXPECTS_OBJECT = 'expected an object {"setting": value, …}'

/** Longest part of a value, or of a key, that is shown. */
const MAX_SHOWN = 60

export interface IssueWords {
  /** Where in the value: `layers.0.config`; empty for the whole. */
  readonly path: string
  /** What was expected, and what was found: "expected a number, got \"x\"". */
  readonly problem: string
}

export function issueWords(issue: v.BaseIssue<unknown>): IssueWords {
  const path = (issue.path ?? []).map(({ key }) => cut(String(key))).join('.')
  return { path, problem: problemOf(issue) }
}

/**
 * The same as one sentence, without a full stop.
 * @param whole what the whole value is called
 */
export function issueSentence(issue: v.BaseIssue<unknown>, whole: string): string {
  const { path, problem } = issueWords(issue)
  return `${path === '' ? whole : path}: ${problem}`
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'this key is not known here; remove it'
  const { input } = issue
  const expected = expectedOf(issue)
  return input === undefined ? `it is missing, ${expected}` : `${expected}, got ${shown(input)}`
}

function expectedOf(issue: v.BaseIssue<unknown>): string {
  const { kind, type, message, input } = issue
  if (OWN_WORDS.test(message)) return message
  if (kind === 'schema') return `expected ${kindsIn(issue.expected ?? type)}`
  const bound = String(issue.requirement)
  const [one, several] = Array.isArray(input) ? ['entry', 'entries'] : ['character', 'characters']
  const many = bound === '1' ? one : several
  const words = new Map([
    ['max_length', `expected at most ${bound} ${many}`],
    ['min_length', `expected at least ${bound} ${many}`],
    ['max_value', `expected at most ${bound}`],
    ['min_value', `expected at least ${bound}`],
    ['gt_value', `expected more than ${bound}`],
    ['integer', 'expected a whole number'],
    ['finite', 'expected a finite number'],
    ['uuid', 'expected a UUID'],
    ['iso_timestamp', 'expected a time as 2024-01-31T12:00:00.000Z'],
    ['regex', `expected text of the form ${bound}`]
  ])
  // A check of a schema's own says what must hold.
  return words.get(type) ?? message
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['Array', 'a list'],
  ['Object', 'an object {…}'],
  ['null', 'null']
])

/** `((number | NaN) | string)` → `a number or text`; a missing key is expected as `"key"`. */
function kindsIn(expected: string): string {
  const given = expected.replace(/[()]/g, '').split(' | ')
  const words = [...new Set(given.filter((kind) => kind !== 'NaN').map((kind) => kinds.get(kind) ?? kind))]
  const last = words.pop() ?? ''
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`
}

function shown(input: unknown): string {
  if (Array.isArray(input)) return `a list of ${input.length}`
  if (typeof input === 'string') return cut(JSON.stringify(input))
  return typeof input === 'object' && input !== null ? 'an object' : cut(String(input))
}

function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
