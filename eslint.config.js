import prettier from 'eslint-config-prettier'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import tseslint from 'typescript-eslint'
import { fences } from './scripts/lint/fences.js'

/** The tsconfig of each environment, as `npm run typecheck` uses them. */
const projects = ['engine', 'node', 'electron', 'renderer', 'renderer-tests', 'scripts'].map(
  (name) => `./tsconfig.${name}.json`
)
const withTypes = { project: projects, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] }

export default tseslint.config(
  {
    ignores: [
      'out/',
      'dist/',
      'runs/',
      'test-results/',
      'node_modules/',
      'resources/',
      'tests/golden/',
      'src/engine/kernels/',
      'bench/peers/playground/'
    ]
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
  ...tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: withTypes } },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { ...withTypes, parser: tseslint.parser } }
  },
  {
    rules: {
      // `x == null` is the one short way to say null or undefined.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Specs and contexts are plain objects of functions without `this`, made to be taken apart.
      '@typescript-eslint/unbound-method': 'off',
      // A number in a message is meant to be read as one.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }
      ]
    }
  },
  {
    // Plain JavaScript: TypeScript checks its JSDoc types, but much of what it reads is untyped JSON.
    files: ['**/*.js', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { ...tseslint.configs.disableTypeChecked.languageOptions, globals: globals.node }
  },
  {
    // svelte-check checks the types in components; here their markup would be seen as untyped.
    files: ['**/*.svelte'],
    rules: tseslint.configs.disableTypeChecked.rules
  },
  {
    // Maps and sets that only live within a function need no reactivity; it is them that this rule finds here.
    files: ['**/*.svelte', '**/*.svelte.ts'],
    rules: { 'svelte/prefer-svelte-reactivity': 'off' }
  },
  {
    // These have no console of their own: what they have to say goes through their callers.
    files: ['src/{engine,shared,data,export,project,cli,renderer}/**'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-console': 'error' }
  },
  ...fences,
  prettier,
  ...svelte.configs.prettier
)
