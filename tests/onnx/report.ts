/** The outcome of all tests as the list that is printed and kept in docs/onnx-operators.md. */
import { operatorsOf, type NodeTest } from './corpus'
import { rules } from './operators'
import { reasons } from './reasons'
import { runTest, TOLERANCE, type Outcome } from './run'

/** A test with what came of it. */
export interface Result {
  readonly test: NodeTest
  /** The operator it is a test of. */
  readonly operator: string
  readonly outcome: Outcome
}

/** Ends the names of tests whose model is an operator's definition by other operators. */
const EXPANDED = '_expanded'

/** Models that only build shapes around the operator they test. */
const WRAPPERS: readonly string[] = ['Constant']

export function runAll(tests: readonly NodeTest[]): Result[] {
  const byName = new Map(tests.map((test) => [test.name, test]))
  return tests.map((test) => {
    const original = test.name.endsWith(EXPANDED) ? byName.get(test.name.slice(0, -EXPANDED.length)) : test
    const operator = operatorsOf(original ?? test).find((name) => !WRAPPERS.includes(name)) ?? 'Constant'
    const outcome: Outcome = rules.has(operator) ? runTest(test) : { kind: 'not covered', reason: reasonFor(operator) }
    return { test, operator, outcome }
  })
}

export function reasonFor(operator: string): string {
  const entry = reasons.find(([, operators]) => operators.includes(operator))
  if (entry === undefined) throw new Error(`ONNX's operator ${operator} has neither a rule nor a reason to have none`)
  return entry[0]
}

/** The list, as Markdown. */
export function listOf(source: { package: string; version: string }, results: readonly Result[]): string {
  const byOperator = new Map<string, Result[]>()
  for (const result of results) byOperator.set(result.operator, [...(byOperator.get(result.operator) ?? []), result])
  const operators = [...byOperator].sort(([a], [b]) => (a < b ? -1 : 1))
  const passed = (of: readonly Result[]) => of.filter(({ outcome }) => outcome.kind === 'passed')
  const withRule = operators.filter(([operator]) => rules.has(operator))
  const whole = withRule.filter(([, of]) => passed(of).length === of.length)
  const partly = withRule.filter(([, of]) => passed(of).length < of.length)
  const worst = Math.max(0, ...results.map(({ outcome }) => (outcome.kind === 'passed' ? outcome.difference : 0)))
  return [
    "# ONNX's operator tests",
    '',
    `ONNX has ${results.length} tests of single operators ("node tests", ${source.package} ${source.version}). The reference executor`,
    `passes ${passed(results).length} of them: every test of ${whole.length} operators and some of ${partly.length} more. The others are listed below, with the reason.`,
    `A value may differ by ${TOLERANCE} of 1 + |expected|; the largest difference is ${worst.toExponential(1)}.`,
    '',
    'The tests run with `npx vitest run tests/onnx`; `npx tsx scripts/list-onnx-operators.ts` prints this list and',
    'writes it anew. [tests/onnx/README.md](../tests/onnx/README.md) says how an operator is added.',
    '',
    '## Covered',
    '',
    'Operator (tests):',
    whole.map(([operator, of]) => `${operator} (${of.length})`).join(', ') + '.',
    '',
    '## Partly covered',
    '',
    '| Operator | Passed | Not covered | Why |',
    '| --- | --- | --- | --- |',
    ...partly.flatMap(([operator, of]) => partlyLines(operator, of, passed(of).length)),
    '',
    '## Not covered',
    '',
    '| Why | Operators (tests) |',
    '| --- | --- |',
    ...reasons.map(([reason, names]) => {
      const counts = names.map((name) => `${name} (${byOperator.get(name)?.length ?? 0})`)
      return `| ${reason} | ${counts.join(', ')} |`
    }),
    ''
  ].join('\n')
}

/** One line for each reason. */
function partlyLines(operator: string, results: readonly Result[], passed: number): string[] {
  const byReason = new Map<string, string[]>()
  for (const { test, outcome } of results) {
    if (outcome.kind === 'passed') continue
    const reason = outcome.kind === 'failed' ? `FAILED: ${outcome.message}` : outcome.reason
    byReason.set(reason, [...(byReason.get(reason) ?? []), test.name])
  }
  return [...byReason].map(
    ([reason, names], i) =>
      `| ${i === 0 ? operator : ''} | ${i === 0 ? `${passed} of ${results.length}` : ''} | ${names.join(', ')} | ${reason} |`
  )
}
