/** A network from a file: a ModelSpec as JSON, its output layer included. */
import { basename } from 'node:path'
import * as v from 'valibot'
import { readWholeFile } from '../data'
import { checkOutputActivation, compileModel, layerSpecs, type ModelSpec } from '../engine'
import { ConfigError, ShapeError, StudioError } from '../shared/errors'
import { issueWords } from '../shared/issue-words'
import { modelSpecSchema } from '../shared/setup'
import { parseStrictJson } from './strict-json'

/** A thousand layers take some hundred kilobytes. */
const MAX_BYTES = 4 * 2 ** 20
/** The model, its list of layers, a layer, its config; and some to say where in those a mistake is. */
const MAX_DEPTH = 16

/** Keys that every object has without having been given them: a check for unknown keys passes over them. */
const inherited = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype'])

/**
 * Reads a network and checks all of it that does not depend on data.
 * @throws DataFormatError `file-not-found`, `unreadable-file`, `file-too-large`
 * @throws ConfigError `invalid-model` when it is no JSON of this form; ShapeError, ConfigError with the code of
 *   `compileModel` when it is no network. All name the file, and the layer and the field where there are such.
 */
export async function readModelFile(path: string): Promise<ModelSpec> {
  const file = basename(path)
  const spec = withPlainOutput(parseModel(file, await readWholeFile(path, MAX_BYTES)))
  return namingFile(file, () => {
    checkOutputActivation(compileModel(spec))
    return spec
  })
}

/** An output layer that says nothing of an activation has none, whatever its type has by default. */
function withPlainOutput(spec: ModelSpec): ModelSpec {
  const layers = spec.layers.map((layer) => {
    const has =
      layerSpecs.find(({ type }) => type === layer.type)?.fields.some(({ key }) => key === 'activation') === true
    const plain = layer.name === spec.output && layer.type !== 'activation' && has && !('activation' in layer.config)
    return plain ? { ...layer, config: { ...layer.config, activation: 'identity' } } : layer
  })
  return { ...spec, layers }
}

/** What only a table can show of a network from a file. */
const shownByTable: ReadonlySet<string> = new Set(['model-input-mismatch', 'output-units-mismatch'])

/** What `work` gives with a network from a file; where the network does not suit the table, the error names the file. */
export function withModelFile<T>(path: string, work: () => T): T {
  return namingFile(basename(path), work, (code) => shownByTable.has(code))
}

function namingFile<T>(file: string, work: () => T, concerns: (code: string) => boolean = () => true): T {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof StudioError) || !concerns(thrown.code)) throw thrown
    const ErrorOfKind = thrown instanceof ShapeError ? ShapeError : ConfigError
    throw new ErrorOfKind(thrown.code, `${file}: ${thrown.message}`, { ...thrown.details, file })
  }
}

/** The form alone. */
function parseModel(file: string, bytes: Uint8Array): ModelSpec {
  let json: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    json = parseStrictJson(text, { depth: MAX_DEPTH, allows: (key) => !inherited.has(key) })
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw invalid(file, `${file} cannot be read as JSON (${reason}). Correct the file.`)
  }
  const result = v.safeParse(modelSpecSchema, json)
  if (result.success) return result.output
  const [issue] = result.issues
  const { path, problem } = issueWords(issue)
  const place = path === '' ? 'model' : path
  const layer = layerNamed(json, issue)
  const where = layer === null ? place : `${place} (layer "${layer}")`
  throw invalid(
    file,
    `${file}: ${where}: ${problem}. A model is {"inputShape": […], "layers": [{"name", "type", "inputs", "config"}, …], "output": "<layer>"}.`,
    { layer, field: place }
  )
}

/** The name of the layer that a mistake is in, where it has one. */
function layerNamed(json: unknown, issue: v.BaseIssue<unknown>): string | null {
  const [list, item] = issue.path ?? []
  if (list?.key !== 'layers' || item === undefined) return null
  const named = v.safeParse(v.object({ layers: v.array(v.unknown()) }), json)
  const layer: unknown = named.success ? named.output.layers[Number(item.key)] : null
  const name = v.safeParse(v.object({ name: v.pipe(v.string(), v.maxLength(64)) }), layer)
  return name.success ? name.output.name : null
}

function invalid(file: string, message: string, details: Readonly<Record<string, string | null>> = {}): ConfigError {
  return new ConfigError('invalid-model', message, { file, ...details })
}
