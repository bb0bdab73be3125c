import { readTable } from '../../data'
import { lossFor, Microscope, type ExplainedParameter } from '../../engine'
import { heldRun, loadRun, readAsFor, rowSubject } from '../../project'
import type { Notice } from '../../shared/views'
import type { CommandContext } from '../program'
import { readReadFlags } from '../read-flags'
import { shortNumber } from '../text'

/** Numbers of a line for people; the others are counted. */
const mostNumbers = 8

/**
 * One step of training on one row, with the weights of a run: forward, the error, backward, and what the weights become.
 * @param row from 1
 */
export async function explain(
  folder: string,
  file: string,
  row: number,
  options: Readonly<Record<string, unknown>>,
  { output, signal }: CommandContext
): Promise<void> {
  const run = await loadRun(folder)
  const table = await readTable(file, { signal, as: readReadFlags(options, readAsFor(run.record)) })
  const { held, remembers } = await heldRun(folder, run)
  const microscope = new Microscope(rowSubject(held, run.record.preparation, table, row - 1))
  output.notices(noticesOf(remembers, microscope))
  const said = explained(microscope, row)
  if (output.json) return output.line(JSON.stringify(said))
  for (const line of linesOf(said, microscope)) await output.line(line)
}

/** A matrix of weights [out][in] and the biases of a layer; null where it has none, tensors of other shapes nested as they are. */
interface LayerNumbers {
  readonly weight: unknown
  readonly bias: unknown
}

function explained(microscope: Microscope, row: number) {
  const { problem } = microscope.subject
  const target = microscope.target(0).subarray(0, problem.rowWeights === true ? -1 : undefined)
  const layers = microscope.layers(0)
  const numbersOf = (layer: string, of: (parameter: ExplainedParameter) => Float64Array): LayerNumbers => {
    const nestedOf = (name: string): unknown => {
      const info = problem.model.parameters.find((each) => each.name === `${layer}.${name}`)
      return info === undefined ? null : nested(of(microscope.parameter(info.name)), info.shape)
    }
    return { weight: nestedOf('weight'), bias: nestedOf('bias') }
  }
  return {
    row,
    input: [...microscope.input(0)],
    target: target.length === 1 ? (target[0] ?? NaN) : [...target],
    forward: layers.map(({ layer, z, a }) => ({ layer, z: z === null ? null : [...z], a: [...a] })),
    loss: { name: problem.loss, value: microscope.loss },
    backward: layers.toReversed().map(({ layer, delta, gradient }) => {
      const { weight, bias } = numbersOf(layer, (parameter) => parameter.gradient)
      return { layer, delta: [...(delta ?? gradient)], weightGradient: weight, biasGradient: bias }
    }),
    update: layers
      .filter(({ parameters }) => parameters.length > 0)
      .map(({ layer }) => {
        const before = numbersOf(layer, (parameter) => parameter.before)
        const after = numbersOf(layer, (parameter) => parameter.after)
        const [weightBefore, biasBefore] = [before.weight, before.bias]
        return { layer, weightBefore, weightAfter: after.weight, biasBefore, biasAfter: after.bias }
      })
  }
}

/** Row-major numbers as arrays within arrays. */
function nested(numbers: Float64Array, [size, ...inner]: readonly number[]): unknown {
  if (size === undefined || inner.length === 0) return [...numbers]
  const width = numbers.length / size
  return Array.from({ length: size }, (_, i) => nested(numbers.subarray(i * width, (i + 1) * width), inner))
}

function noticesOf(remembers: boolean, { subject }: Microscope): Notice[] {
  const notices: Notice[] = []
  const { problem } = subject
  if (!remembers && problem.optimizer.init([1], problem.config).length > 0) {
    const what = `The run keeps no checkpoint of its last step, so ${problem.optimizer.label} begins as new: its update is that of a first step.`
    notices.push({ code: 'optimizer-anew', severity: 'info', message: what, columns: [] })
  }
  if (problem.rowWeights === true) {
    const what = 'The run was trained with weighted rows; here the row counts as one of weight 1.'
    notices.push({ code: 'row-counts-as-one', severity: 'info', message: what, columns: [] })
  }
  if (problem.model.spec.layers.some(({ type }) => type === 'dropout' || type === 'batch-norm')) {
    const what =
      'Dropout and batch normalisation act on a single row as they do where the network answers: nothing is dropped, and running statistics are used.'
    notices.push({ code: 'as-answering', severity: 'info', message: what, columns: [] })
  }
  return notices
}

function linesOf(said: ReturnType<typeof explained>, { subject }: Microscope): string[] {
  const { problem, learningRate, step } = subject
  const target = typeof said.target === 'number' ? shortNumber(said.target) : listOf(said.target)
  const withoutSums = new Set(said.forward.filter(({ z }) => z === null).map(({ layer }) => layer))
  return [
    `Row ${said.row}: x = ${listOf(said.input)}, target ${target}`,
    '',
    'Forward',
    ...said.forward.map(({ layer, z, a }) => `  ${layer}: ${z === null ? '' : `z = ${listOf(z)}, `}a = ${listOf(a)}`),
    `Error: ${lossFor(problem.loss, problem.task).label} E = ${shortNumber(said.loss.value)}`,
    'Backward (δ = ∂E/∂z)',
    ...said.backward.map(({ layer, delta, weightGradient, biasGradient }) => {
      const parts = [
        `${withoutSums.has(layer) ? '∂E/∂a' : 'δ'} = ${listOf(delta)}`,
        ...(weightGradient === null ? [] : [`∂E/∂w = ${listOf(flat(weightGradient))}`]),
        ...(biasGradient === null ? [] : [`∂E/∂b = ${listOf(flat(biasGradient))}`])
      ]
      return `  ${layer}: ${parts.join(', ')}`
    }),
    `Descent (${problem.optimizer.label}, step ${step}, rate ${shortNumber(learningRate)})`,
    ...said.update.map(({ layer, weightBefore, weightAfter, biasBefore, biasAfter }) => {
      const weight = weightBefore === null ? [] : [`w ${listOf(flat(weightBefore))} → ${listOf(flat(weightAfter))}`]
      const bias = biasBefore === null ? [] : [`b ${listOf(flat(biasBefore))} → ${listOf(flat(biasAfter))}`]
      return `  ${layer}: ${[...weight, ...bias].join(', ')}`
    })
  ]
}

function flat(values: unknown): readonly number[] {
  if (typeof values === 'number') return [values]
  return Array.isArray(values) ? values.flatMap(flat) : []
}

function listOf(values: readonly number[]): string {
  const shown = values.slice(0, mostNumbers).map(shortNumber).join(' ')
  const more = values.length - mostNumbers
  return values.length === 1 ? shown : `[${shown}${more > 0 ? ` … ${more} more` : ''}]`
}
