/** What the gradient's way back comes to, in a sentence. */
import type { LayerFlow } from './flow-look'

/** A gradient that is smaller or larger by more than this at the first layer has vanished, or exploded. */
const FAR = 1e3
/** And by no more than this it arrives whole. */
const NEAR = 10

export type FlowVerdict = 'arrives' | 'fades' | 'vanishing' | 'grows' | 'exploding' | 'no error' | 'not finite'

/** From the output to the first layer with weights. */
export interface FlowReading {
  readonly verdict: FlowVerdict
  readonly output: LayerFlow
  readonly first: LayerFlow
  /** Layers with weights that the error passes from the output on, to the first one. */
  readonly passed: number
  /** Mean |δ| of the first layer by that of the output. */
  readonly ratio: number
}

/** Null for a network with fewer than two layers with weights: the error has no way to go. */
export function readFlow(layers: readonly LayerFlow[]): FlowReading | null {
  const trained = layers.filter((layer) => layer.trained)
  const [first] = trained
  const output = trained.at(-1)
  if (first === undefined || output === undefined || first === output) return null
  const ratio = first.delta / output.delta
  const passed = trained.length - 1
  return { verdict: verdictOf(output.delta, first.delta, ratio), output, first, passed, ratio }
}

function verdictOf(from: number, to: number, ratio: number): FlowVerdict {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return 'not finite'
  if (from === 0) return 'no error'
  if (ratio < 1 / FAR) return 'vanishing'
  if (ratio > FAR) return 'exploding'
  if (ratio < 1 / NEAR) return 'fades'
  return ratio > NEAR ? 'grows' : 'arrives'
}

export function flowSentence(layers: readonly LayerFlow[]): string {
  const reading = readFlow(layers)
  if (reading === null) return 'There is only one layer with weights: the error has no way to go back.'
  const { verdict, output, first, passed, ratio } = reading
  const way = `From the output ("${output.layer}") to the first layer ("${first.layer}")`
  if (verdict === 'not finite') return `${way} the numbers do not stay finite: training has run away.`
  if (verdict === 'no error') return 'The output makes no error on these rows, so nothing goes back.'
  if (ratio === 0) return `${way} nothing of the gradient is left: it has vanished.`
  const numbers = `mean |δ| from ${shortNumber(output.delta)} to ${shortNumber(first.delta)}`
  const fold = shortNumber(Math.max(ratio, 1 / ratio))
  const each = shortNumber(Math.max(ratio, 1 / ratio) ** (1 / passed))
  const over = passed === 1 ? 'over one layer' : `over ${passed} layers, ${each}-fold each on average`
  switch (verdict) {
    case 'vanishing':
      return `${way} the gradient shrinks ${fold}-fold (${numbers}) ${over}: vanishing. The first layers hardly learn.`
    case 'fades':
      return `${way} the gradient shrinks ${fold}-fold (${numbers}) ${over}: it fades, and the first layers learn slowly.`
    case 'exploding':
      return `${way} the gradient grows ${fold}-fold (${numbers}) ${over}: exploding. One step may throw the first layers far off.`
    case 'grows':
      return `${way} the gradient grows ${fold}-fold (${numbers}) ${over}.`
    case 'arrives':
      return `${way} the gradient ${ratio < 1 ? 'shrinks' : 'grows'} only ${fold}-fold (${numbers}) ${over}: it arrives, and every layer learns.`
  }
}

/** "1/3,400 of it" of what leaves the output. */
export function arrivalWords(layers: readonly LayerFlow[]): string {
  const reading = readFlow(layers)
  if (reading === null || reading.verdict === 'no error') return 'no error to send back'
  const { ratio, verdict } = reading
  if (verdict === 'not finite') return 'numbers that are not finite'
  if (ratio === 0) return 'nothing'
  return ratio < 1 ? `1/${shortNumber(1 / ratio)} of it` : `${shortNumber(ratio)} times as much`
}

/** Two digits and a half: "1,300", "2.2", "0.00016", "3.1e−12". */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size >= 1e7 || (size < 1e-4 && size > 0)) return value.toExponential(1).replace('e+', 'e').replaceAll('-', '−')
  return Number(value.toPrecision(size >= 10 ? 2 : 3))
    .toLocaleString('en-US', { maximumFractionDigits: 8 })
    .replaceAll('-', '−')
}
