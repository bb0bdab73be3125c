/** What must hold between the parts of a lesson, beyond the form of each block. */
import * as v from 'valibot'
import {
  fieldProblem,
  layerSpecs,
  optimizerSpecs,
  OUTPUT_LAYER,
  surfaceSpecs,
  type Config,
  type Field
} from '../../engine/catalog'
import { changedSetup } from '../bench'
import { issueWords } from '../issue-words'
import { targetsOf, type Setup, type setupSchema } from '../setup'
import type { BenchBlock, LessonBlock } from './lesson'

/** All of the lesson; null when one of them could not be read, so that which there are is not known. */
type Benches = readonly BenchBlock[] | null

/** Tells the value at a path, and what is wrong with it. */
type TellAt = (path: readonly PropertyKey[], problem: string) => void

/** A bench by itself: its rows, and what its setup names. */
export function checkBench({ data, setup }: BenchBlock, tell: TellAt): void {
  checkSetup(setup, ['setup'], tell)
  if (data.kind !== 'rows') return
  const { columns, rows } = data
  if (rows.length < 2) tell(['data', 'rows'], 'there is one row; training needs at least two')
  for (const target of targetsOf(setup))
    if (!columns.includes(target))
      tell(['setup', 'target'], `there is no column "${target}". Write one of ${listed(columns)}`)
}

/** A block of a page, with the benches of the whole lesson. */
export function checkBlock(placed: LessonBlock, benches: Benches, tell: TellAt): void {
  switch (placed.kind) {
    case 'microscope': {
      const { at, choose } = placed.block
      const bench = benchWithRow(placed.block, [], benches, tell)
      if (bench === null) return
      if (at !== undefined && 'layer' in at) checkLayer(bench, at.layer, ['at', 'layer'], tell)
      if (choose !== undefined) checkPart(bench, choose, ['choose'], tell)
      return
    }
    case 'question': {
      const { answer } = placed.block
      if (answer === undefined) return
      const bench = benchWithRow(answer, ['answer'], benches, tell)
      if (bench !== null && answer.number.of !== 'loss') checkPart(bench, answer.number, ['answer', 'number'], tell)
      return
    }
    case 'depth': {
      benchOf(placed.block.bench, ['bench'], benches, tell)
      const dense = layerSpecs.find(({ type }) => type === 'dense')
      for (const [index, kind] of placed.block.choice.kinds.entries())
        if (dense !== undefined) checkConfig(dense, kind, ['choice', 'kinds', index], tell)
      return
    }
    case 'trial': {
      const { bench: name, variants } = placed.block
      const bench = benchOf(name, ['bench'], benches, tell)
      for (const [index, { label, setup }] of variants.entries()) {
        if (variants.findIndex((each) => each.label === label) < index)
          tell(['variants', index, 'label'], `there are two variants "${label}". Give each a label of its own`)
        if (bench !== null) checkVariant(bench, setup, ['variants', index, 'setup'], tell)
      }
      return
    }
    case 'race': {
      const { surface, lanes } = placed.block
      const surfaces = surfaceSpecs.map(({ name }) => name)
      if (!surfaces.some((name) => name === surface))
        tell(['surface'], `there is no surface "${surface}". Write one of ${listed(surfaces)}`)
      for (const [index, lane] of lanes.entries())
        checkChoice('optimizer', optimizerSpecs, lane, ['lanes', index], tell)
      return
    }
    case 'prose':
    case 'output-gradients':
  }
}

function benchWithRow(
  { bench: name, row }: { readonly bench: string; readonly row: number },
  path: readonly PropertyKey[],
  benches: Benches,
  tell: TellAt
): BenchBlock | null {
  const bench = benchOf(name, [...path, 'bench'], benches, tell)
  if (bench?.data.kind === 'rows' && row >= bench.data.rows.length)
    tell(
      [...path, 'row'],
      `the bench "${name}" has ${count(bench.data.rows.length, 'row')}, which are counted from 0, so there is no row ${row}`
    )
  return bench
}

/** A unit of a layer, or a parameter, which is called by its layer: `dense1.weight`. */
function checkPart(
  bench: BenchBlock,
  part: { readonly layer: string } | { readonly parameter: string },
  path: readonly PropertyKey[],
  tell: TellAt
): void {
  if ('layer' in part) checkLayer(bench, part.layer, [...path, 'layer'], tell)
  else checkLayer(bench, part.parameter.replace(/\.[^.]*$/, ''), [...path, 'parameter'], tell)
}

function checkLayer({ name, setup }: BenchBlock, layer: string, path: readonly PropertyKey[], tell: TellAt): void {
  // Embedded columns and whole networks have layers of other names.
  if (setup.model !== null || setup.columns.length > 0) return
  const layers = [...setup.layers.map((each) => each.name), OUTPUT_LAYER]
  if (!layers.includes(layer))
    tell(path, `the bench "${name}" has no layer "${layer}". Its layers are ${listed(layers)}`)
}

function benchOf(name: string, path: readonly PropertyKey[], benches: Benches, tell: TellAt): BenchBlock | null {
  if (benches === null) return null
  const bench = benches.find((each) => each.name === name)
  if (bench !== undefined) return bench
  const known = benches.length === 0 ? 'None is declared' : `Declared are ${listed(benches.map((each) => each.name))}`
  tell(path, `there is no bench "${name}" in this lesson. ${known}; declare it in a block \`\`\`bench`)
  return null
}

/** With some settings of the bench changed. */
function checkVariant(bench: BenchBlock, changes: object, path: readonly PropertyKey[], tell: TellAt): void {
  try {
    checkSetup(changedSetup(bench, { ...changes }), path, tell)
  } catch (error) {
    if (!v.isValiError<typeof setupSchema>(error)) throw error
    for (const issue of error.issues) tell([...path, ...pathOf(issue)], issueWords(issue).problem)
  }
}

/** What the form of a setup leaves open: the names of layers and optimizers, and their settings. */
function checkSetup({ optimizer, layers }: Setup, path: readonly PropertyKey[], tell: TellAt): void {
  checkChoice('optimizer', optimizerSpecs, optimizer, [...path, 'optimizer'], tell)
  for (const [index, layer] of layers.entries())
    checkChoice('layer', layerSpecs, layer, [...path, 'layers', index], tell)
}

/** Of a layer or an optimizer. */
interface Spec {
  readonly type: string
  readonly fields: readonly Field[]
}

interface Choice {
  readonly type: string
  readonly config: Config
}

function checkChoice(
  what: string,
  specs: readonly Spec[],
  { type, config }: Choice,
  path: readonly PropertyKey[],
  tell: TellAt
): void {
  const spec = specs.find((each) => each.type === type)
  if (spec === undefined) {
    tell([...path, 'type'], `there is no ${what} "${type}". Write one of ${listed(specs.map((each) => each.type))}`)
    return
  }
  checkConfig(spec, config, [...path, 'config'], tell)
}

function checkConfig({ type, fields }: Spec, config: Config, path: readonly PropertyKey[], tell: TellAt): void {
  for (const [key, value] of Object.entries(config)) {
    const field = fields.find((each) => each.key === key)
    const known = listed(fields.map((each) => each.key))
    const problem =
      field === undefined ? `${type} has no such setting. Its settings are ${known}` : fieldProblem(field, value)
    if (problem !== null) tell([...path, key], problem)
  }
}

/** Keys from the whole value to what an issue is about. */
export function pathOf({ path }: v.BaseIssue<unknown>): readonly PropertyKey[] {
  return (path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`
}
