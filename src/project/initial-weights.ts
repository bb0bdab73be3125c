/** Weights to begin with, from a safetensors file: names and layouts are PyTorch's, as in the files of runs. */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { readWholeFile } from '../data'
import { keptTensors, type Model, type Parameters, type Tensor } from '../engine'
import { ShapeError } from '../shared/errors'
import { readSafetensors } from './safetensors'

/** 100 million parameters of 8 bytes, and the format's largest header. */
const MAX_BYTES = 900_000_000
/** Tensors named in a message. */
const MOST_NAMED = 6

/** What PyTorch's normalisation layers count beside their statistics; nothing here depends on it. */
const BATCH_COUNTER = /\.num_batches_tracked$/

/** Weights for any network, and where they come from. */
export interface WeightsFile {
  readonly fileName: string
  /** Of the file's bytes, 64 hexadecimal digits. */
  readonly sha256: string
  readonly tensors: ReadonlyMap<string, Tensor>
}

/**
 * Reads the file; whether it fits a network is another question.
 * @throws DataFormatError `file-not-found`, `unreadable-file`, `file-too-large`
 * @throws StorageError `weights-damaged`, naming the file, the tensor and what is wrong with it
 */
export async function readWeightsFile(path: string): Promise<WeightsFile> {
  const fileName = basename(path)
  const bytes = await readWholeFile(path, MAX_BYTES)
  const { tensors } = readSafetensors(bytes, fileName)
  return { fileName, sha256: createHash('sha256').update(bytes).digest('hex'), tensors }
}

/**
 * The tensors a network begins with: all of its parameters and buffers, rounded to float32.
 * @throws ShapeError `weights-mismatch` naming the tensors that are missing, too many, of another shape, or hold numbers
 *   that are not finite or beyond float32
 */
export function initialParameters(model: Model, { fileName, tensors }: WeightsFile): Parameters {
  const wanted = keptTensors(model)
  const names = new Set(wanted.map(({ name }) => name))
  const extra = [...tensors.keys()].filter((name) => !names.has(name) && !BATCH_COUNTER.test(name))
  const problems = extra.map((name) => `${quoted(name)} is not of this network`)
  const parameters = new Map<string, Tensor>()
  for (const { name, shape } of wanted) {
    const tensor = tensors.get(name)
    const data = tensor?.data.map(Math.fround) ?? new Float64Array()
    const wrong = data.findIndex((value) => !Number.isFinite(value))
    if (tensor === undefined) problems.push(`${quoted(name)} [${shape.join(', ')}] is missing`)
    else if (tensor.shape.join() !== shape.join())
      problems.push(`${quoted(name)} must be [${shape.join(', ')}], got [${tensor.shape.join(', ')}]`)
    else if (wrong >= 0)
      problems.push(`${quoted(name)} holds ${tensor.data[wrong]} at place ${wrong}, which is no finite float32`)
    parameters.set(name, { shape, data })
  }
  if (problems.length === 0) return parameters
  const shown = problems.slice(0, MOST_NAMED).join('; ')
  const more = problems.length > MOST_NAMED ? `; and ${problems.length - MOST_NAMED} more` : ''
  throw new ShapeError(
    'weights-mismatch',
    `${fileName} does not hold the weights of this network: ${shown}${more}. Tensors are called "<layer>.weight", "<layer>.bias" and so on, as in PyTorch.`,
    { file: fileName, problems: problems.length }
  )
}

function quoted(name: string): string {
  return `"${name.slice(0, 100)}"`
}
