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

/** What the file answers a row with: of regression and multi-label so many values or labels. */
export interface SnippetAnswer {
  readonly task: Task
  readonly targets: number
}

/** @param most inputs written out; of the others a comment says how many there are */
export function onnxSnippet(
  fileName: string,
  inputs: readonly SnippetInput[],
  answer: SnippetAnswer,
  most = 24
): string {
  const shown = inputs.slice(0, most)
  const lines = shown.map((input) => `    ${pythonString(input.name)}: ${exampleOf(input)}`)
  if (inputs.length > most) lines.push(`    # … and ${inputs.length - most} more columns, in the same way`)
  const several = answer.targets > 1
  return [
    ...(several ? ['import json'] : []),
    'import numpy as np',
    'import onnxruntime as ort',
    '',
    `session = ort.InferenceSession(${pythonString(fileName)})`,
    'row = {',
    ...lines,
    '}',
    ...callOf(answer),
    ...(several ? ['targets = json.loads(session.get_modelmeta().custom_metadata_map["targets"])'] : []),
    `print(${shownOf(answer)})`
  ].join('\n')
}

function callOf({ task }: SnippetAnswer): string[] {
  if (task === 'regression') return ['(prediction,) = session.run(["prediction"], row)']
  return ['prediction, probabilities = session.run(["prediction", "probabilities"], row)']
}

/** Several targets by their names; labels with the probability of their second class. */
function shownOf({ task, targets }: SnippetAnswer): string {
  if (targets > 1) {
    const values = task === 'regression' ? 'prediction[0]' : 'zip(prediction[0], probabilities[0])'
    return `dict(zip(targets, ${values}))`
  }
  return task === 'regression' ? 'prediction[0]' : 'prediction[0], probabilities[0]'
}
