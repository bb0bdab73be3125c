/** A few lines of Python that call the exported file with the columns of this very dataset. */
import type { Task } from '../../../engine/catalog'
import type { FeatureKind } from '../../../shared/column-choices'
import type { ColumnView } from '../../../shared/views'

export type SnippetInput =
  | {
      readonly name: string
      /** `float64`: a moment, in milliseconds since 1970-01-01 UTC. */
      readonly type: 'float32' | 'float64' | 'string'
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

/** What the file takes of a column as it stands for the network. */
export function snippetInput(column: ColumnView, kind: FeatureKind, inputShape: readonly number[]): SnippetInput {
  const { name, integers, mean, top, quartiles } = column
  switch (kind) {
    case 'image':
      return { name, type: 'uint8', shape: inputShape }
    case 'date':
      return { name, type: 'float64', example: mean === null ? null : String(Math.round(mean)) }
    case 'number': {
      const rounded = mean === null ? null : integers ? Math.round(mean) : Number(mean.toPrecision(4))
      return { name, type: 'float32', example: rounded === null ? (top[0] ?? null) : String(rounded) }
    }
    default: {
      const median = quartiles?.[1]
      return { name, type: 'string', example: top[0] ?? (median === undefined ? null : String(median)) }
    }
  }
}

/** @param steps rows of a window; 1 without windows */
function exampleOf(input: SnippetInput, steps: number): string {
  switch (input.type) {
    case 'uint8':
      return `np.zeros((1, ${input.shape.join(', ')}), np.uint8),  # pixels from 0 to 255`
    case 'float32':
      return `${filled(pythonNumber(input.example), 'np.float32', steps)},`
    case 'float64':
      return `${filled(pythonNumber(input.example), 'np.float64', steps)},  # milliseconds since 1970-01-01 UTC`
    case 'string':
      return `${filled(pythonString(input.example ?? ''), 'object', steps)},`
  }
}

function filled(value: string, type: string, steps: number): string {
  return steps === 1 ? `np.array([[${value}]], ${type})` : `np.full((1, ${steps}), ${value}, ${type})`
}

/** What the file answers a row with: of regression and multi-label so many values or labels. */
export interface SnippetAnswer {
  readonly task: Task
  readonly targets: number
  /** Rows of a window; 1 without windows. */
  readonly steps: number
}

/** @param most inputs written out; of the others a comment says how many there are */
export function onnxSnippet(
  fileName: string,
  inputs: readonly SnippetInput[],
  answer: SnippetAnswer,
  most = 24
): string {
  const shown = inputs.slice(0, most)
  const lines = shown.map((input) => `    ${pythonString(input.name)}: ${exampleOf(input, answer.steps)}`)
  if (inputs.length > most) lines.push(`    # … and ${inputs.length - most} more columns, in the same way`)
  const several = answer.targets > 1
  return [
    ...(several ? ['import json'] : []),
    'import numpy as np',
    'import onnxruntime as ort',
    '',
    `session = ort.InferenceSession(${pythonString(fileName)})`,
    answer.steps === 1 ? 'row = {' : `row = {  # of each column the last ${answer.steps} values, the oldest first`,
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
