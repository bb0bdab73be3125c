/** The figures of an evaluation as people read them. */
import { lossSpecs, metricSpecs } from '../../../engine/catalog'
import type { Setup } from '../../../shared/setup'
import type { EvaluationView, TargetEvaluationView, TestLooksView } from '../../../shared/views'
import { formatMetric, formatNumber, formatPercent, plural } from '../state/format'
import { confusionTable, constantAnswer, smallSplitNote } from './confusion'
import { shorten } from './networkLayout'

/** A figure, and what it means in plain words. */
export interface MetricView {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly sentence: string
  /** One of those that are looked at first. */
  readonly main: boolean
}

/** Every metric, and the loss at the end, with what it means. @param all also the one that says what the loss says */
export function metricViews(evaluation: EvaluationView, setup: Setup, all = false): MetricView[] {
  const { confusion, rows, targets } = evaluation
  const shown = evaluation.metrics.filter(({ name }) => all || !saysTheLoss(name, setup.loss))
  const about = { rows, target: setup.target, outputs: Math.max(1, targets.length) }
  const loss = lossSpecs.find((spec) => spec.name === setup.loss)
  const units = setup.task === 'regression' ? ', in standardised units' : ''
  return [
    ...shown.map((metric) => metricView(metric, about, confusion)),
    {
      name: 'loss',
      label: 'Loss',
      value: formatNumber(evaluation.loss),
      sentence: `${loss?.label.toLowerCase() ?? setup.loss} of these rows${units}; lower is better`,
      main: true
    }
  ]
}

/** Of a label they are told of its two classes: in the table of all labels and in the confusion matrix. */
const ofClasses: ReadonlySet<string> = new Set(['precision', 'recall', 'f1'])

/** Every metric of one value or label of several, but for those of a label that are told elsewhere. */
export function outputMetricViews(
  { name, metrics, confusion }: TargetEvaluationView,
  rows: number,
  all = false
): MetricView[] {
  const shown = metrics.filter((metric) => all || confusion === null || !ofClasses.has(metric.name))
  return shown.map((metric) => metricView(metric, { rows, target: name }, confusion))
}

type Measured = EvaluationView['metrics'][number]

function metricView(
  { name, label, value }: Measured,
  about: { readonly rows: number; readonly target: string; readonly outputs?: number },
  confusion: EvaluationView['confusion']
): MetricView {
  const spec = metricSpecs.find((each) => each.name === name)
  const sentence = spec?.sentence(value, about) ?? ''
  const baseline =
    name !== 'accuracy' || confusion === null
      ? null
      : constantAnswer(confusionTable(confusion.classes, confusion.counts))
  return {
    name,
    label,
    value: formatMetric(name, value),
    sentence:
      baseline === null
        ? sentence
        : `${sentence}; always answering “${shorten(baseline.name, 40)}” would get ${formatPercent(baseline.share)}`,
    main: spec?.duringTraining === true
  }
}

/** Whether a metric is what the loss itself says. */
export function saysTheLoss(metric: string, loss: string): boolean {
  return metric === 'log-loss' && (loss === 'log' || loss === 'cross-entropy')
}

/** What so few rows cannot tell; null where there are enough, or where they were trained on. */
export function fewRowsNote({ on, rows }: EvaluationView, { task }: Setup): string | null {
  if (on === 'training') return null
  if (task === 'binary' || task === 'multi-class') return smallSplitNote(rows)
  return rows < 30
    ? `There ${rows === 1 ? 'is' : 'are'} only ${plural(rows, 'validation row')}: another split may give quite other figures.`
    : null
}

/** How often the test rows were looked at, and what that does to their figures. */
export function looksText({ looks, looksBefore }: TestLooksView): string {
  const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)
  const all = looks + looksBefore
  if (all === 0) return ''
  const here = looks === 0 ? '' : `looked at ${times(looks)} with this run`
  const before = looksBefore === 0 ? '' : `${here === '' ? 'looked at ' : ''}${times(looksBefore)} with other runs`
  const text = [here, before].filter((part) => part !== '').join(', ')
  const warning = all === 1 ? '' : ' Whatever you changed because of what you saw makes these figures look too good.'
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${warning}`
}
