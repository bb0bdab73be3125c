import { ESLint, Linter } from 'eslint'
import { describe, expect, it } from 'vitest'
import tseslint from 'typescript-eslint'

const eslint = new ESLint()

/** Rules of the fences that the project's own configuration gives this file, applied to a line of code. */
async function problems(file: string, code: string): Promise<string[]> {
  // ESLint declares the answer as `any`.
  const config = (await eslint.calculateConfigForFile(file)) as Linter.Config
  const rules = Object.entries(config.rules ?? {}).filter(([name]) => name.startsWith('no-restricted-'))
  const found = new Linter().verify(code, [
    { files: ['**'], languageOptions: { parser: tseslint.parser }, rules: Object.fromEntries(rules) }
  ])
  return found.map((message) => message.ruleId ?? message.message)
}

const refused: [file: string, code: string][] = [
  ['src/engine/spec.ts', `import fs from 'node:fs'`],
  ['src/engine/spec.ts', `import fs from 'fs'`],
  ['src/engine/spec.ts', `import { app } from 'electron'`],
  ['src/engine/spec.ts', `import * as v from 'valibot'`],
  ['src/engine/spec.ts', `import { readTable } from '../data'`],
  ['src/engine/spec.ts', `import { setupSchema } from '../shared/setup'`],
  ['src/engine/ops/matmul.ts', `import type { Table } from '../../data/table'`],
  ['src/engine/ops/matmul.ts', `export * from '../../data'`],
  ['src/engine/ops/matmul.ts', `const data = await import('../../data')`],
  ['src/engine/ops/matmul.ts', `const fs = await import('node:fs')`],
  ['src/engine/ops/matmul.ts', `type Table = import('../../data').Table`],
  ['src/engine/executors/reference/run.ts', `import '../../../renderer/src/api'`],
  ['src/engine/ops/matmul.ts', `import '../ops/../../data'`],
  ['src/shared/setup.ts', `import { compileModel } from '../engine'`],
  ['src/shared/setup.ts', `import '../data'`],
  ['src/shared/ipc/contract.ts', `import fs from 'node:fs'`],
  ['src/data/read.ts', `import '../project'`],
  ['src/data/read.ts', `import { app } from 'electron'`],
  ['src/project/run.ts', `import '../cli'`],
  ['src/export/index.ts', `import '../trainer'`],
  ['src/trainer/index.ts', `import '../main'`],
  ['src/cli/index.ts', `import 'electron'`],
  ['src/cli/index.ts', `import '../renderer/src/api'`],
  ['src/main/index.ts', `import '../data'`],
  ['src/main/index.ts', `import '@duckdb/node-api'`],
  ['src/main/index.ts', `import '../engine/catalog'`],
  ['src/preload/index.ts', `import 'node:fs'`],
  ['src/preload/index.ts', `import '../main'`],
  ['src/renderer/src/api.ts', `import { compileModel } from '../../engine'`],
  ['src/renderer/src/api.ts', `import fs from 'node:fs'`],
  ['src/renderer/src/App.svelte', `import { ipcRenderer } from 'electron'`],
  ['src/renderer/src/views/Data.svelte', `import '../../../data'`],
  ['src/renderer/src/state/studio.svelte.ts', `import '../../../trainer/session'`]
]

const allowed: [file: string, code: string][] = [
  ['src/engine/spec.ts', `import { ShapeError } from '../shared/errors'`],
  ['src/engine/ops/matmul.ts', `import { ShapeError } from '../../shared/errors'`],
  ['src/engine/ops/matmul.ts', `import '../tensor/tensor'`],
  ['src/engine/ops/matmul.test.ts', `import fc from 'fast-check'`],
  ['src/shared/setup.ts', `import * as v from 'valibot'`],
  ['src/shared/ipc/contract.ts', `import type { Field } from '../../engine/catalog'`],
  [
    'src/data/read.ts',
    `import '@duckdb/node-api'\nimport fs from 'node:fs'\nimport '../engine'\nimport '../shared/setup'`
  ],
  ['src/project/run.ts', `import '../data'\nimport '../export'`],
  ['src/trainer/index.ts', `import '../project'\nimport '../data'`],
  ['src/cli/commands/train.ts', `import '../../project'\nimport { Command } from 'commander'`],
  [
    'src/main/index.ts',
    `import { app } from 'electron'\nimport path from 'node:path'\nimport '../shared/ipc/contract'`
  ],
  [
    'src/renderer/src/views/Data.svelte',
    `import Icon from '../components/Icon.svelte'\nimport '../../../engine/catalog'`
  ]
]

describe('the fences between folders', () => {
  it.each(refused)('%s may not: %s', async (file, code) => {
    expect(await problems(file, code)).not.toEqual([])
  })

  it.each(allowed)('%s may: %s', async (file, code) => {
    expect(await problems(file, code)).toEqual([])
  })
})
