import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { inferTask, lossSpecs, modelSpecOf, optimizerSpecs } from './catalog'
import { fieldProblem } from './fields'
import { layerSpecs } from './layers'
import { denseNode } from './testing'

const engine = dirname(fileURLToPath(import.meta.url))

/** Files that importing `file` loads: `import type` is gone by then. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }
  })
  for (const { fileName } of ts.preProcessFile(outputText).importedFiles) {
    const path = join(dirname(file), fileName)
    const found = [`${path}.ts`, join(path, 'index.ts')].find((candidate) => ts.sys.fileExists(candidate))
    if (found === undefined) throw new Error(`${file} imports ${fileName}`)
    loadedBy(found, seen)
  }
  return seen
}

describe('catalog', () => {
  it('loads no primitive, executor, random numbers or training', () => {
    const loaded = [...loadedBy(join(engine, 'catalog.ts'))].map((file) => relative(engine, file))
    expect(loaded).toContain('layers/dense.ts')
    expect(loaded.filter((file) => /^(ops|executors|backprop|graph|random|train)\//.test(file))).toEqual([
      // Lists of fields alone.
      'train/early-stopping.ts',
      'train/regularization.ts'
    ])
    expect(loaded.filter((file) => file.startsWith('..'))).toEqual(['../shared/errors.ts'])
  })

  it('loads nothing from outside the engine but shared/errors, in the whole engine', () => {
    const loaded = [...loadedBy(join(engine, 'index.ts'))].map((file) => relative(engine, file))
    expect(loaded.filter((file) => file.startsWith('..'))).toEqual(['../shared/errors.ts'])
    expect(loaded).toContain('executors/reference/program.ts')
  })

  it('has defaults within every field’s range', () => {
    for (const { fields } of [...layerSpecs, ...optimizerSpecs]) {
      for (const field of fields) expect(fieldProblem(field, field.default), field.key).toBeNull()
    }
  })
})

describe('settings that go with another', () => {
  it('name one of the same layer, and a value it may have', () => {
    const pairs = layerSpecs.flatMap(({ fields }) =>
      fields.flatMap(({ when }) => {
        return when === undefined ? [] : [{ other: fields.find(({ key }) => key === when.key), value: when.value }]
      })
    )
    expect(pairs.length).toBeGreaterThan(0)
    for (const { other, value } of pairs) expect(other && fieldProblem(other, value)).toBeNull()
  })
})

describe('modelSpecOf', () => {
  it('chains the hidden layers in their order and adds the output the loss needs', () => {
    const hidden = [denseNode('b', 8), denseNode('a', 4)]
    expect(modelSpecOf(hidden, 4, 'multi-class', 'cross-entropy', 3)).toEqual({
      inputShape: [4],
      layers: [
        { ...denseNode('b', 8), inputs: ['input'] },
        { ...denseNode('a', 4), inputs: ['b'] },
        { name: 'output', type: 'dense', inputs: ['a'], config: { units: 3, activation: 'identity' } }
      ],
      output: 'output'
    })
  })

  it('keeps the inputs that a layer names', () => {
    const hidden = [denseNode('a', 4), { ...denseNode('b', 8), inputs: ['input'] }]
    expect(modelSpecOf(hidden, 4, 'regression', 'squared', 1).layers.map(({ inputs }) => inputs)).toEqual([
      ['input'],
      ['input'],
      ['b']
    ])
  })

  it('has a linear model for no hidden layers', () => {
    expect(modelSpecOf([], 2, 'regression', 'squared', 1).layers).toEqual([
      { name: 'output', type: 'dense', inputs: ['input'], config: { units: 1, activation: 'identity' } }
    ])
  })

  it('refuses a loss that does not serve the task', () => {
    for (const { name, tasks } of lossSpecs) {
      if (tasks.some((task) => task === 'regression')) continue
      expect(() => modelSpecOf([], 2, 'regression', name, 1)).toThrow('use squared')
    }
  })
})

describe('inferTask', () => {
  it.each([
    ['category', 2, false, 'binary'],
    ['category', 3, false, 'multi-class'],
    ['number', 2, true, 'binary'],
    ['number', 10, true, 'multi-class'],
    ['number', 11, true, 'regression'],
    ['number', 2, false, 'regression'],
    ['number', 300, false, 'regression']
  ] as const)('%s with %d values, whole: %s → %s', (type, distinct, integers, task) => {
    expect(inferTask({ type, distinct, integers })).toBe(task)
  })
})
