/** Reads the run folder strictly; its format is described in `docs/file-formats.md`. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { classNames, embeddedInputs, inputShape, outputCount, targetNames, type Table } from '../data'
import { compileModel, keptTensors, sizeOf, type Model, type Parameters } from '../engine'
import { describeModel, lossFor } from '../engine/catalog'
import { StorageError, StudioError } from '../shared/errors'
import { issueSentence } from '../shared/issue-words'
import { targetsOf, type Setup } from '../shared/setup'
import {
  epochRecordSchema,
  FORMAT_VERSION,
  runFileSchema,
  type EpochRecord,
  type Run,
  type RunFile,
  type RunRecord
} from './record'
import { readPlain } from './plain-file'
import { limits, METRICS, PLAN, RECORD, SAMPLE, sha256, WEIGHTS } from './run-files'
import { requireKnownFormat } from './run-format'
import { runNotFound } from './run-place'
import { sampleColumns, sampleFromFile, sampleSchema } from './sample'
import { readSafetensors } from './safetensors'
import { errnoOf } from './storage-error'

/**
 * Reads a run folder and checks every part against the others.
 * @throws StorageError `run-not-found`; `run-too-new` for a later format; `run-damaged`, naming the file and the reason
 */
export async function loadRun(folder: string): Promise<Run> {
  await requireFolder(folder)
  const file = readRecord(folder, await readPart(folder, RECORD))
  const [weights, metrics] = await Promise.all([readChecked(folder, file, WEIGHTS), readChecked(folder, file, METRICS)])
  const { files: _files, ...record } = file
  const model = modelOf(folder, file)
  const parameters = readWeights(folder, model, weights)
  const trained = model.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (trained !== record.parameters)
    throw damaged(folder, RECORD, `it counts ${record.parameters} parameters, the model has ${trained}`)
  return {
    record,
    model,
    parameters,
    metrics: readMetrics(folder, metrics, record),
    sample: await readSample(folder, file)
  }
}

function readRecord(folder: string, bytes: Uint8Array): RunFile {
  const json = parseJson(folder, RECORD, decode(folder, RECORD, bytes))
  requireKnownFormat(folder, json, FORMAT_VERSION)
  const record = parse(folder, RECORD, runFileSchema, json)
  const { setup, preparation, model, classes } = record
  const { target } = preparation
  const targets = targetNames(preparation)
  if (!sameNames(targets, targetsOf(setup)) || target.task !== setup.task) {
    throw damaged(folder, RECORD, 'its preparation and its setup name different targets')
  }
  if (!isSameWindow(preparation.window ?? null, setup.window))
    throw damaged(folder, RECORD, 'its preparation and its setup tell of different windows')
  if (!sameNames(classes, classNames(preparation))) throw damaged(folder, RECORD, 'its lists of classes differ')
  const labels = target.task === 'multi-label' ? target.labels : []
  if ([classes, ...labels.map((label) => label.classes)].some((names) => new Set(names).size !== names.length))
    throw damaged(folder, RECORD, 'a class is named twice')
  if (new Set(targets).size !== targets.length) throw damaged(folder, RECORD, 'a target is named twice')
  for (const feature of preparation.features) {
    if ('categories' in feature && new Set<unknown>(feature.categories).size !== feature.categories.length)
      throw damaged(folder, RECORD, `a category of "${feature.name}" is named twice`)
    if ('categories' in feature && feature.fill !== null && !feature.categories.includes(feature.fill)) {
      throw damaged(folder, RECORD, `missing values of "${feature.name}" are filled with a category it does not have`)
    }
  }
  const shape = inputShape(preparation)
  if (sizeOf(model.inputShape) !== sizeOf(shape)) {
    throw damaged(
      folder,
      RECORD,
      `its model takes [${model.inputShape.join(', ')}], its preparation gives [${shape.join(', ')}]`
    )
  }
  requireEmbeddings(folder, record)
  return record
}

/** The embeddings of the preparation stand first among the layers, unless the setup has a network of its own. */
function requireEmbeddings(folder: string, { setup, preparation, model }: RunFile): void {
  if (setup.model !== null) return
  const layers = model.layers.filter(({ type }) => type === 'embedding')
  for (const [i, { column, entries, size }] of embeddedInputs(preparation).entries()) {
    const { numEmbeddings, embeddingDim } = layers[i]?.config ?? {}
    if (numEmbeddings === entries && embeddingDim === size) continue
    throw damaged(
      folder,
      RECORD,
      `its model has no embedding of ${entries} entries with ${size} numbers each for "${column}", which its preparation asks for`
    )
  }
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, i) => name === others[i])
}

function isSameWindow(one: Setup['window'], other: Setup['window']): boolean {
  if (one === null || other === null) return one === other
  const { steps, horizon, time, series } = one
  return steps === other.steps && horizon === other.horizon && time === other.time && series === other.series
}

function modelOf(folder: string, { model, setup, preparation }: RunFile): Model {
  try {
    const compiled = compileModel(model)
    const output = describeModel(model).layers.find((layer) => layer.name === model.output)?.outputShape ?? []
    const units = lossFor(setup.loss, setup.task).outputUnits(setup.task, outputCount(preparation))
    if (output.length === 1 && output[0] === units) return compiled
    throw damaged(folder, RECORD, `its model gives [${output.join(', ')}], the ${setup.loss} loss needs [${units}]`)
  } catch (thrown) {
    if (!(thrown instanceof StudioError) || thrown instanceof StorageError) throw thrown
    throw damaged(folder, RECORD, `its model cannot be built: ${thrown.message}`)
  }
}

function readWeights(folder: string, model: Model, bytes: Uint8Array): Parameters {
  let tensors: Parameters
  try {
    tensors = readSafetensors(bytes, WEIGHTS).tensors
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown
    throw damaged(folder, WEIGHTS, thrown.message)
  }
  const expected = new Set(keptTensors(model).map(({ name }) => name))
  for (const name of tensors.keys()) {
    if (!expected.has(name)) throw damaged(folder, WEIGHTS, `it holds "${name}", which the model does not have`)
  }
  return new Map(
    keptTensors(model).map(({ name, shape }) => {
      const tensor = tensors.get(name)
      if (tensor === undefined) throw damaged(folder, WEIGHTS, `"${name}" is missing`)
      if (tensor.shape.join() !== shape.join()) {
        throw damaged(
          folder,
          WEIGHTS,
          `"${name}" has shape [${tensor.shape.join(', ')}], expected [${shape.join(', ')}]`
        )
      }
      if (!tensor.data.every(Number.isFinite))
        throw damaged(folder, WEIGHTS, `"${name}" holds a value that is not finite`)
      return [name, tensor]
    })
  )
}

function readMetrics(folder: string, bytes: Uint8Array, { epochs, steps, split, setup }: RunRecord): EpochRecord[] {
  const lines = decode(folder, METRICS, bytes).split('\n')
  if (lines.pop() !== '') throw damaged(folder, METRICS, 'its last line was cut short')
  let lowest = Infinity
  // Earlier studios did not keep an epoch's last step, and all epochs had as many steps.
  const perEpoch = Math.max(1, Math.min(Math.ceil(split.trainRows / setup.batchSize), Math.floor(steps / epochs)) || 1)
  const records = lines.map((line, i): EpochRecord => {
    const record = parse(folder, METRICS, epochRecordSchema, parseJson(folder, METRICS, line, i + 1), i + 1)
    if (record.epoch !== i + 1) throw damaged(folder, METRICS, `line ${i + 1} is of epoch ${record.epoch}`)
    const trainLoss = record.trainLoss ?? NaN
    const validationLoss = split.validationRows === 0 ? null : (record.validationLoss ?? NaN)
    const best = (validationLoss ?? trainLoss) < lowest
    if (best) lowest = validationLoss ?? trainLoss
    return {
      epoch: record.epoch,
      trainLoss,
      validationLoss,
      trainMetrics: withNaN(record.trainMetrics),
      metrics: withNaN(record.metrics),
      // Earlier studios did not keep these, and knew no schedules.
      learningRate: record.learningRate ?? Number(setup.optimizer.config['learningRate'] ?? NaN),
      best: record.best ?? best,
      step: record.step ?? (i + 1) * perEpoch,
      elapsedMs: record.elapsedMs ?? null,
      layers: null,
      ...(record.gradientCheck === undefined ? {} : { gradientCheck: record.gradientCheck })
    }
  })
  if (records.length !== epochs) throw damaged(folder, METRICS, `it has ${records.length} lines for ${epochs} epochs`)
  return records
}

/** The sample may be removed from a folder before it is passed on; one that is there must be right. */
async function readSample(folder: string, file: RunFile): Promise<Table | null> {
  const listed = file.files.some(({ name }) => name === SAMPLE)
  if (!listed || (await isAbsent(join(folder, SAMPLE)))) return null
  const bytes = await readChecked(folder, file, SAMPLE)
  const sample = parse(folder, SAMPLE, sampleSchema, parseJson(folder, SAMPLE, decode(folder, SAMPLE, bytes)))
  const names = sampleColumns(file.preparation)
  if (sample.columns.length !== names.length || sample.columns.some(({ name }, i) => name !== names[i])) {
    throw damaged(folder, SAMPLE, 'its columns are not the features of run.json')
  }
  return sampleFromFile(sample, file)
}

async function isAbsent(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (thrown: unknown) => errnoOf(thrown) === 'ENOENT'
  )
}

async function readChecked(folder: string, file: RunFile, name: string): Promise<Uint8Array> {
  const entry = file.files.find((each) => each.name === name)
  if (entry === undefined) throw damaged(folder, RECORD, `it does not list ${name}`)
  const bytes = await readPart(folder, name)
  if (bytes.byteLength !== entry.bytes)
    throw damaged(folder, name, `it has ${bytes.byteLength} bytes, expected ${entry.bytes}`)
  if (sha256(bytes) !== entry.sha256) throw damaged(folder, name, 'its SHA-256 is not the one in run.json')
  return bytes
}

async function readPart(folder: string, name: string): Promise<Uint8Array> {
  try {
    const limit = limits.get(name) ?? 0
    return await readPlain(join(folder, name), limit, (size) =>
      damaged(folder, name, `it has ${size} bytes, more than the ${limit} a run may have`)
    )
  } catch (thrown) {
    if (errnoOf(thrown) === null || thrown instanceof StorageError) throw thrown
    if (name === RECORD && errnoOf(thrown) === 'ENOENT' && !(await isAbsent(join(folder, PLAN))))
      throw unfinished(folder)
    throw damaged(
      folder,
      name,
      errnoOf(thrown) === 'ENOENT' ? 'it is missing' : `it cannot be read (${errnoOf(thrown)})`
    )
  }
}

async function requireFolder(folder: string): Promise<void> {
  const isFolder = await readdir(folder).then(
    () => true,
    () => false
  )
  if (!isFolder) throw await runNotFound(folder)
}

function decode(folder: string, name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw damaged(folder, name, 'it is not UTF-8 text')
  }
}

function parseJson(folder: string, name: string, json: string, line?: number): unknown {
  try {
    return JSON.parse(json)
  } catch (thrown) {
    throw damaged(
      folder,
      name,
      `${at(line)}it is not JSON (${thrown instanceof Error ? thrown.message : String(thrown)})`
    )
  }
}

function parse<Schema extends v.GenericSchema>(
  folder: string,
  name: string,
  schema: Schema,
  value: unknown,
  line?: number
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const issue = result.issues[0]
  throw damaged(folder, name, `${at(line)}${issueSentence(issue, 'value')}`)
}

function at(line: number | undefined): string {
  return line === undefined ? '' : `line ${line}: `
}

function unfinished(folder: string): StorageError {
  return new StorageError(
    'run-unfinished',
    `The run "${folder}" has not ended, so it has no trained network yet. Resume it first: npm run --silent cli -- resume ${JSON.stringify(folder)}, or Continue in the studio's table of runs.`,
    { path: folder }
  )
}

function damaged(folder: string, file: string, reason: string): StorageError {
  return new StorageError(
    'run-damaged',
    `The run "${folder}" is damaged: ${file}: ${reason}. Restore the folder from a copy, or train again.`,
    { path: folder, file }
  )
}

function withNaN(metrics: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value ?? NaN]))
}
