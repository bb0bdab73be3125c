/** Runs an exported ONNX file with onnxruntime on the columns of a table. */
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { cellsFor, inputCells, requireColumn, type FeaturePreparation, type Preparation, type Table } from '../../data'
import { StudioError } from '../../shared/errors'
import { inputDimensions, inputType } from './preparation'
import type { Answers } from './answers'

/** What the file answered, row by row. */
export interface OnnxAnswers {
  /** Row-major where there are several in a row. */
  readonly predictions: readonly (string | number)[]
  /** Classes: [N, K], row-major; labels: [N, T], of the second class. */
  readonly probabilities: Float32Array | null
}

/** One column as an input takes it. */
type InputValues = Float32Array | Float64Array | Uint8Array | string[]

/** A session made from bytes in memory: the file is not on the disk yet. Close it after use. */
export class OnnxSession {
  private constructor(
    private readonly session: InferenceSession,
    private readonly makeTensor: (values: InputValues, shape: readonly number[]) => Tensor
  ) {}

  /** @throws StudioError `export-mismatch` when onnxruntime does not accept the bytes */
  static async open(bytes: Uint8Array): Promise<OnnxSession> {
    // Loaded on first use: the native library takes longer to load than a small network to train.
    const runtime = await import('onnxruntime-node')
    try {
      const session = await runtime.InferenceSession.create(bytes, {
        executionProviders: ['cpu'],
        intraOpNumThreads: 1,
        logSeverityLevel: 3
      })
      return new OnnxSession(session, (values, shape) => {
        if (values instanceof Float32Array) return new runtime.Tensor('float32', values, shape)
        if (values instanceof Float64Array) return new runtime.Tensor('float64', values, shape)
        if (values instanceof Uint8Array) return new runtime.Tensor('uint8', values, shape)
        return new runtime.Tensor('string', values, shape)
      })
    } catch (thrown) {
      throw failed('does not load', thrown)
    }
  }

  /** The answers for every row of a table that has the feature columns, or for every window of them. */
  async answer(preparation: Preparation, answers: Answers, table: Table): Promise<OnnxAnswers> {
    // onnxruntime wants an object; without a prototype a column called `__proto__` is an ordinary key of it.
    const feeds: Record<string, Tensor> = Object.create(null) as Record<string, Tensor>
    const cells = inputCells(preparation, table)
    const rows = cells.length / (preparation.window?.steps ?? 1)
    for (const feature of preparation.features) {
      const shape = [rows, ...inputDimensions(feature, preparation)]
      const column = columnValues(feature, table)
      const values = preparation.window === undefined ? column : picked(column, cells)
      feeds[feature.name] = this.makeTensor(values, shape)
    }
    let results
    try {
      results = new Map(Object.entries(await this.session.run(feeds)))
    } catch (thrown) {
      throw failed('does not run', thrown)
    }
    const predictions = results.get(answers.prediction)?.data
    const probabilities = answers.probabilities === null ? null : results.get(answers.probabilities)?.data
    if (Array.isArray(predictions) && probabilities instanceof Float32Array) return { predictions, probabilities }
    if (predictions instanceof Float32Array && probabilities === null)
      return { predictions: [...predictions], probabilities }
    throw failed('has other outputs than it should', null)
  }

  async close(): Promise<void> {
    await this.session.release()
  }
}

/**
 * A column as the file takes it.
 * @throws DataFormatError `not-a-number`, `missing-column`
 */
function columnValues(feature: FeaturePreparation, table: Table): InputValues {
  const cells = cellsFor(feature, requireColumn(table, feature.name), table)
  if (cells.takes === 'image') return cells.values
  if (cells.takes === 'text') return cells.values.map((value) => value ?? '')
  return inputType(feature) === 'float32' ? Float32Array.from(cells.values) : cells.values
}

/** The values of those rows. */
function picked(values: InputValues, rows: Int32Array): InputValues {
  if (Array.isArray(values)) return Array.from(rows, (row) => values[row] ?? '')
  const chosen = values instanceof Float64Array ? new Float64Array(rows.length) : new Float32Array(rows.length)
  for (const [i, row] of rows.entries()) chosen[i] = values[row] ?? NaN
  return chosen
}

function failed(what: string, thrown: unknown): StudioError {
  const reason = thrown instanceof Error ? ` (${thrown.message})` : ''
  return new StudioError(
    'export-mismatch',
    `The ONNX file ${what}${reason}. Nothing was saved. This is a bug; please report it.`
  )
}
