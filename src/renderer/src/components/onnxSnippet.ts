/** A few lines of Python that call the exported file with the columns of this very dataset. */
import type { Task } from '../../../engine/catalog'

export type SnippetInput =
  | {
      readonly name: string
      readonly type: 'float32' | 'string'
      /** A value that occurs in the data, as text; null when the column is empty. */
      readonly example: string | null
    }
  /** Images [channels, height, width]. */
  | { readonly name: string; readonly type: 'uint8'; readonly shape: readonly number[] }

/** A Python string literal. JSON's escapes are all Python's too; a lone surrogate is written as its escape. */
export function pythonString(text: string): string {
  return JSON.stringify(text)
}

/** A Python float literal, NaN (what the file reads as missing) for what is no number. */
export function pythonNumber(text: string | null): string {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? String(value) : 'np.nan'
}

function exampleOf(input: SnippetInput): string {
  switch (input.type) {
    case 'uint8':
      return `np.zeros((1, ${input.shape.join(', ')}), np.uint8),  # pixels from 0 to 255`
    case 'float32':
      return `np.array([[${pythonNumber(input.example)}]], np.float32),`
    case 'string':
      return `np.array([[${pythonString(input.example ?? '')}]], object),`
  }
}

/** @param most inputs written out; of the others a comment says how many there are */
export function onnxSnippet(fileName: string, inputs: readonly SnippetInput[], task: Task, most = 24): string {
  const shown = inputs.slice(0, most)
  const lines = shown.map((input) => `    ${pythonString(input.name)}: ${exampleOf(input)}`)
  if (inputs.length > most) lines.push(`    # … and ${inputs.length - most} more columns, in the same way`)
  const call =
    task === 'regression'
      ? ['(prediction,) = session.run(["prediction"], row)', 'print(prediction[0])']
      : [
          'prediction, probabilities = session.run(["prediction", "probabilities"], row)',
          'print(prediction[0], probabilities[0])'
        ]
  return [
    'import numpy as np',
    'import onnxruntime as ort',
    '',
    `session = ort.InferenceSession(${pythonString(fileName)})`,
    'row = {',
    ...lines,
    '}',
    ...call
  ].join('\n')
}
