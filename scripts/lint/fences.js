/**
 * Which folder of src/ may import what, as ESLint rules. docs/architecture.md says why.
 *
 * An import is written relative to its file, so one pattern cannot tell `../data` in src/engine/x.ts (which leaves the
 * engine) from the same text in src/engine/ops/x.ts (which does not). The rules are therefore made once for each depth:
 * at depth d, an import leaves its folder exactly when it begins with d times `../`.
 */

const deepest = 5
const extensions = '{ts,svelte,svelte.ts}'

/** What runs only in Node, or only in Electron. */
const electron = 'electron(?:/.*)?'
const node = 'node:.*'
const natives = '@duckdb/.*|onnxruntime-node(?:/.*)?'

/**
 * `ours`: what the folder may import from the rest of src/. `only` or `never`: packages it may, or may not, import.
 * @type {{ folder: string, ours: string[], only?: string, never?: string }[]}
 */
const rules = [
  { folder: 'engine', ours: ['shared/errors'], only: '(?!)' },
  { folder: 'shared', ours: ['engine/catalog', 'engine/spec', 'engine/fields'], only: 'valibot|marked' },
  { folder: 'data', ours: ['engine', 'shared'], never: electron },
  { folder: 'export', ours: ['engine', 'shared', 'project', 'data'], never: electron },
  // The version in package.json is written into every run.
  { folder: 'project', ours: ['engine', 'shared', 'data', 'export', '../package.json'], never: electron },
  { folder: 'trainer', ours: ['engine', 'shared', 'data', 'export', 'project'] },
  { folder: 'cli', ours: ['engine', 'shared', 'data', 'export', 'project'], never: electron },
  { folder: 'main', ours: ['shared'], never: natives },
  { folder: 'preload', ours: ['shared'], never: `${node}|${natives}` },
  { folder: 'renderer', ours: ['shared', 'engine/catalog'], never: `${electron}|${node}|${natives}` }
]

/** ESLint's configuration entries for all folders. Tests may import what they test with. */
export const fences = rules.flatMap((rule) =>
  Array.from({ length: deepest }, (_, index) => ({
    name: `fence around src/${rule.folder}, depth ${index + 1}`,
    files: [`src/${rule.folder}/${'*/'.repeat(index)}*.${extensions}`],
    ignores: ['**/*.test.ts'],
    rules: rulesFor(rule, index + 1)
  }))
)

/**
 * @param {{ folder: string, ours: string[], only?: string, never?: string }} rule
 * @param {number} depth
 * @returns {import('eslint').Linter.RulesRecord}
 */
function rulesFor({ folder, ours, only, never }, depth) {
  const allowed = ours.map((name) => (name.includes('/') ? name : `${name}(?:/.*)?`)).join('|')
  const patterns = [
    {
      regex: `^(?:\\.\\./){${depth}}(?!(?:${allowed})$)`,
      message: `src/${folder} may import only ${ours.join(', ')} from the rest of src/.`
    },
    { regex: '^\\./\\.|[^./]/+\\.', message: 'Write the shortest relative path.' },
    ...(only === undefined
      ? []
      : [{ regex: `^(?!\\.|(?:${only})$)`, message: `src/${folder} may not import this package.` }]),
    ...(never === undefined ? [] : [{ regex: `^(?:${never})$`, message: `src/${folder} may not import this package.` }])
  ]
  return {
    'no-restricted-imports': ['error', { patterns }],
    // The rule above reads import and export declarations only; these are the other two ways to name a module.
    'no-restricted-syntax': [
      'error',
      ...patterns.flatMap(({ regex, message }) => {
        const pattern = `/${regex.replaceAll('/', '\\u002F')}/`
        return [
          { selector: `ImportExpression[source.value=${pattern}]`, message },
          { selector: `TSImportType[source.value=${pattern}]`, message }
        ]
      })
    ]
  }
}
