/** A layer's part of a step in matrices, with this step's numbers: TeX, large ones abridged. */
import type { ExplainedLayer, MicroscopeView, ParameterView } from '../../../../shared/explain-views'
import { numberTex } from '../../../../shared/formula'
import { INPUT } from '../../../../engine/catalog'

export interface MatrixLine {
  readonly words: string
  /** With letters. */
  readonly law: string
  /** With numbers; null where they are not at hand. */
  readonly numbers: string | null
}

/** Numbers written before and after the dots. */
const HEAD = 4
const TAIL = 1
const DIGITS = 3

/** Places 0…size−1 that are written; null is where dots stand. */
function places(size: number): readonly (number | null)[] {
  if (size <= HEAD + TAIL + 1) return Array.from({ length: size }, (_, i) => i)
  return [
    ...Array.from({ length: HEAD }, (_, i) => i),
    null,
    ...Array.from({ length: TAIL }, (_, i) => size - TAIL + i)
  ]
}

/** @param values row-major [rows, columns] */
export function matrixTex(values: ArrayLike<number>, rows: number, columns: number): string {
  const lines = places(rows).map((row) =>
    places(columns)
      .map((column) => {
        if (row === null) return column === null ? '\\ddots' : '\\vdots'
        return column === null ? '\\cdots' : numberTex(values[row * columns + column] ?? NaN, DIGITS)
      })
      .join(' & ')
  )
  return `\\begin{bmatrix} ${lines.join(' \\\\ ')} \\end{bmatrix}`
}

export function vectorTex(values: ArrayLike<number>): string {
  return matrixTex(values, values.length, 1)
}

/** Of a dense layer: sum, activation, δ, gradient, update. */
export function matrixLines(
  view: MicroscopeView,
  layer: ExplainedLayer,
  parameters: ReadonlyMap<string, ParameterView>,
  /** What its a is after: the link of the output layer, else the activation. */
  activation: string
): readonly MatrixLine[] {
  const [weight, bias] = [parameters.get(`${layer.layer}.weight`), parameters.get(`${layer.layer}.bias`)]
  const { z, a, delta, slope, gradient } = layer
  if (weight === undefined || bias === undefined || z === null || delta === null) return []
  const [units = 0, width = 0] = weight.shape
  const l = view.layers.findIndex((each) => each.layer === layer.layer) + 1
  const [from = INPUT] = layer.inputs
  const source = view.layers.findIndex((each) => each.layer === from) + 1
  const given = from === INPUT ? view.inputs.map(({ value }) => value) : (view.layers[source - 1]?.a ?? [])
  const x = from === INPUT ? 'x' : `a^{(${source})}`
  const user = view.layers.find(({ inputs, type }) => type === 'dense' && inputs.includes(layer.layer))
  const next = view.layers.findIndex((each) => each === user) + 1
  const isOutput = l === view.layers.length
  const f = `\\operatorname{${activation.replaceAll(/[^A-Za-z]/g, ' ')}}`
  const isBatch = view.rows.length > 1
  const backward: readonly MatrixLine[] = isOutput
    ? [
        {
          words: 'The error of the outputs, by the closed form of the loss.',
          law: `\\delta^{(${l})} = \\frac{\\partial E}{\\partial z^{(${l})}}`,
          numbers: vectorTex(delta)
        }
      ]
    : [
        {
          words: 'The error comes back through the next weights and the slope of the activation.',
          law:
            next > 0 && slope !== null
              ? `\\delta^{(${l})} = \\left(W^{(${next})\\top} \\delta^{(${next})}\\right) \\odot f'(z^{(${l})})`
              : `\\delta^{(${l})} = \\frac{\\partial E}{\\partial z^{(${l})}}`,
          numbers:
            slope === null
              ? vectorTex(delta)
              : `${vectorTex(gradient)} \\odot ${vectorTex(slope)} = ${vectorTex(delta)}`
        }
      ]
  return [
    {
      words: 'Every unit at once: its weights are a row of W.',
      law: `z^{(${l})} = W^{(${l})} ${x} + b^{(${l})} \\cdot 1`,
      numbers:
        given.length === width
          ? `${matrixTex(weight.before, units, width)} ${vectorTex(given)} + ${vectorTex(bias.before)} = ${vectorTex(z)}`
          : null
    },
    {
      words: isOutput ? 'The answer.' : 'The activation, unit by unit.',
      law: `a^{(${l})} = ${f}(z^{(${l})})`,
      numbers: `${f} ${vectorTex(z)} = ${vectorTex(a)}`
    },
    ...backward,
    {
      words: isBatch
        ? 'The gradient of every weight: δ times what it was given, summed over the rows of the batch.'
        : 'The gradient of every weight: δ of its unit times what it was given; of a bias, δ times 1.',
      law: isBatch
        ? `\\frac{\\partial E}{\\partial W^{(${l})}} = \\textstyle\\sum_n \\delta^{(${l})}[n]\\, ${x}[n]^\\top`
        : `\\frac{\\partial E}{\\partial W^{(${l})}} = \\delta^{(${l})} {${x}}^\\top, \\quad \\frac{\\partial E}{\\partial b^{(${l})}} = \\delta^{(${l})}`,
      numbers: matrixTex(weight.gradient, units, width)
    },
    {
      words: 'After the step.',
      law: `W^{(${l})} \\leftarrow`,
      numbers: matrixTex(weight.after, units, width)
    }
  ]
}
