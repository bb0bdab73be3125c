/** The metrics of an evaluation, worked out. */
import { defaultsOf, lawOf, lossFor, metricSpecs, workedMeanOf, type LossSettings } from '../../../../engine/catalog'
import type { ExplainedLine } from '../../../../shared/explain-views'
import type { Setup } from '../../../../shared/setup'
import type { EvaluationView, MetricView } from '../../../../shared/views'
import { outputMetricViews } from '../../components/evaluationWords'

/** More names than these are counted. */
const MOST_NAMES = 6

/**
 * How a metric came about, line by line; the last one is the metric.
 * @param output the value or label that it is of, where there are several; null: over all of them
 * @returns none where the numbers are not known
 */
export function workedMetric(
  evaluation: EvaluationView,
  name: string,
  output: string | null
): readonly ExplainedLine[] {
  const spec = metricSpecs.find((each) => each.name === name)
  if (spec === undefined) return []
  const of = output === null ? evaluation : evaluation.targets.find((target) => target.name === output)
  const metric = of?.metrics.find((each) => each.name === name)
  if (of === undefined || metric === undefined) return []
  if (metric.parts !== undefined) return spec.worked(metric.parts, of.confusion?.classes ?? [])
  return output === null ? meanOverOutputs(evaluation, metric) : []
}

/** The plain mean of what each output has; outputs for which it is not defined are left out. */
function meanOverOutputs({ targets }: EvaluationView, { name, label }: MetricView): readonly ExplainedLine[] {
  const values = targets.flatMap((target, place) => {
    const value = target.metrics.find((metric) => metric.name === name)?.value
    return value === undefined || Number.isNaN(value) ? [] : [{ target: target.name, place, value }]
  })
  if (values.length === 0) return []
  const symbol = `\\text{${label}}`
  const names = values.map(({ target }) => target)
  const listed = names.length <= MOST_NAMES ? `: ${names.join(', ')}` : ''
  return [
    workedMeanOf(
      { words: `the mean over ${names.length} outputs${listed}`, law: null, symbol },
      values.map(({ place, value }) => ({ symbol: `${symbol}_{${place + 1}}`, value }))
    )
  ]
}

/** Every metric of one value or label of several. */
export function outputMetrics({ targets, rows }: EvaluationView, output: string): ReturnType<typeof outputMetricViews> {
  const target = targets.find(({ name }) => name === output)
  return target === undefined ? [] : outputMetricViews(target, rows, true)
}

/**
 * TeX of the error of one row, and of the loss of all of them: their mean, in which rows may have weights uᵢ and classes weights
 * w. @param outputs that the network has
 */
export function lossLaws(setup: Setup, outputs: number): readonly string[] {
  const loss = lossFor(setup.loss, setup.task)
  const weighsClasses = setup.classWeights !== 'none'
  const settings: LossSettings = {
    config: { ...defaultsOf(loss.fields), ...setup.lossConfig },
    classWeights: weighsClasses ? [] : null
  }
  const { value } = loss.tex(setup.task, loss.outputUnits(setup.task, outputs), settings)
  const divides = weighsClasses && loss.meanOver === 'class weights'
  const factors = [...(setup.weight === null ? [] : ['u_i']), ...(divides ? ['w_{c_i}'] : []), 'E_i'].join(' \\cdot ')
  const mean = divides ? `\\frac{\\sum_i ${factors}}{\\sum_i w_{c_i}}` : `\\frac{1}{n} \\sum_i ${factors}`
  return [`E = ${lawOf(value)}`, `L = ${mean}`]
}
