/** The columns that the table of runs can have: what is known of every run, each metric, each setting. */
import { metricSpecs, metricsFor } from '../../../engine/catalog'
import { errorText } from '../../../shared/gradient-checks'
import type { KeptStatus, Measured, RunSummary } from '../../../shared/run-views'
import { summarySentence } from '../explain/check/checkWords'
import { formatAgo, formatBytes, formatCount, formatDuration, formatMetric, formatNumber } from '../state/format'

export interface RunColumn {
  readonly id: string
  readonly label: string
  /** Set to the right, with digits of one width. */
  readonly numeric: boolean
  readonly widthPx: number
  /** Null where the run has none. */
  readonly text: (run: RunSummary) => string | null
  /** What it is sorted by; null sorts last in either direction. */
  readonly order: (run: RunSummary) => number | string | null
  /** The whole of it, where the text is shortened. */
  readonly title?: (run: RunSummary) => string | null
}

/** Of the first part of the columns' ids. */
const SETTING = 'setting:'

export const defaultColumns: readonly string[] = [
  'status',
  'data',
  'best-loss',
  'best-metric',
  'last-loss',
  'last-metric',
  'epochs',
  'time',
  'started',
  'tags'
]

export const statusTexts: Readonly<Record<KeptStatus, string>> = {
  running: 'running',
  paused: 'paused',
  completed: 'completed',
  stopped: 'stopped',
  failed: 'failed',
  interrupted: 'interrupted'
}

/** The validation loss, or the training loss of a run that kept no rows for validation. */
export function lossOf(measured: Measured | null): number | null {
  return measured === null ? null : (measured.validationLoss ?? measured.trainLoss)
}

/** By the metric that people judge such a task by. */
export function mainMetric(run: RunSummary): string | null {
  const spec = metricSpecs.find((metric) => metric.tasks.some((task) => task === run.task))
  const task = spec?.tasks.find((each) => each === run.task)
  return task === undefined ? null : (metricsFor(task)[0]?.name ?? null)
}

function metricOf(measured: Measured | null, name: string | null): number | null {
  if (measured === null || name === null || !Object.hasOwn(measured.metrics, name)) return null
  return measured.metrics[name] ?? null
}

function metricLabel(name: string): string {
  return metricSpecs.find((metric) => metric.name === name)?.label ?? name
}

function measuredText(value: number | null): string | null {
  return value === null ? null : formatNumber(value)
}

const whichLoss = ({ best }: RunSummary): string | null =>
  best === null
    ? null
    : `After epoch ${formatCount(best.epoch)}, ${best.validationLoss === null ? 'of the training rows' : 'of the validation rows'}`

/** Of metrics of different tasks those of one task stand together. */
function metricOrder(run: RunSummary, measured: Measured | null): number | null {
  return metricOf(measured, mainMetric(run))
}

function mainMetricText(run: RunSummary, measured: Measured | null): string | null {
  const name = mainMetric(run)
  const value = metricOf(measured, name)
  return name === null || value === null ? null : formatMetric(name, value)
}

function mainMetricTitle(run: RunSummary, measured: Measured | null): string | null {
  const name = mainMetric(run)
  return name === null || measured === null ? null : `${metricLabel(name)} after epoch ${formatCount(measured.epoch)}`
}

const facts: readonly RunColumn[] = [
  {
    id: 'status',
    label: 'Status',
    numeric: false,
    widthPx: 98,
    text: ({ status }) => statusTexts[status],
    order: ({ status }) => statusTexts[status]
  },
  {
    id: 'data',
    label: 'Data',
    numeric: false,
    widthPx: 118,
    text: ({ dataset }) => dataset.fileName || null,
    order: ({ dataset }) => dataset.fileName.toLowerCase(),
    title: ({ dataset }) => `${dataset.fileName}, ${formatCount(dataset.rows)} rows`
  },
  {
    id: 'best-loss',
    label: 'Best loss',
    numeric: true,
    widthPx: 86,
    text: ({ best }) => measuredText(lossOf(best)),
    order: ({ best }) => lossOf(best),
    title: whichLoss
  },
  {
    id: 'best-metric',
    label: 'Best metric',
    numeric: true,
    widthPx: 96,
    text: (run) => mainMetricText(run, run.best),
    order: (run) => metricOrder(run, run.best),
    title: (run) => mainMetricTitle(run, run.best)
  },
  {
    id: 'last-loss',
    label: 'Last loss',
    numeric: true,
    widthPx: 86,
    text: ({ last }) => measuredText(lossOf(last)),
    order: ({ last }) => lossOf(last)
  },
  {
    id: 'last-metric',
    label: 'Last metric',
    numeric: true,
    widthPx: 96,
    text: (run) => mainMetricText(run, run.last),
    order: (run) => metricOrder(run, run.last),
    title: (run) => mainMetricTitle(run, run.last)
  },
  {
    id: 'train-loss',
    label: 'Training loss',
    numeric: true,
    widthPx: 104,
    text: ({ last }) => measuredText(last?.trainLoss ?? null),
    order: ({ last }) => last?.trainLoss ?? null
  },
  {
    id: 'epochs',
    label: 'Epochs',
    numeric: true,
    widthPx: 84,
    text: ({ epochs, plannedEpochs }) =>
      epochs === plannedEpochs ? formatCount(epochs) : `${formatCount(epochs)} / ${formatCount(plannedEpochs)}`,
    order: ({ epochs }) => epochs
  },
  {
    id: 'steps',
    label: 'Steps',
    numeric: true,
    widthPx: 84,
    text: ({ steps }) => formatCount(steps),
    order: ({ steps }) => steps
  },
  {
    id: 'time',
    label: 'Time',
    numeric: true,
    widthPx: 80,
    text: ({ elapsedMs }) => (elapsedMs === null ? null : formatDuration(elapsedMs)),
    order: ({ elapsedMs }) => elapsedMs
  },
  {
    id: 'started',
    label: 'Started',
    numeric: false,
    widthPx: 96,
    text: ({ startedAt }) => formatAgo(startedAt, Date.now()) || null,
    order: ({ startedAt }) => startedAt || null,
    title: ({ startedAt }) => momentText(startedAt)
  },
  {
    id: 'tags',
    label: 'Tags',
    numeric: false,
    widthPx: 108,
    text: ({ tags }) => (tags.length === 0 ? null : tags.join(', ')),
    order: ({ tags }) => (tags.length === 0 ? null : tags.join(', ').toLowerCase())
  },
  {
    id: 'parameters',
    label: 'Parameters',
    numeric: true,
    widthPx: 96,
    text: ({ parameters }) => formatCount(parameters),
    order: ({ parameters }) => parameters
  },
  {
    id: 'gradient-check',
    label: 'Gradient check',
    numeric: true,
    widthPx: 112,
    text: ({ gradientChecks }) => (gradientChecks?.largest == null ? null : errorText(gradientChecks.largest.error)),
    // An error that is no number is the worst.
    order: ({ gradientChecks }) => {
      const error = gradientChecks?.largest?.error ?? null
      return Number.isNaN(error) ? Infinity : error
    },
    title: ({ gradientChecks }) => (gradientChecks === null ? null : summarySentence(gradientChecks))
  },
  {
    id: 'parent',
    label: 'Forked from',
    numeric: false,
    widthPx: 132,
    text: ({ parent }) => (parent === null ? null : `${parent.title}, epoch ${formatCount(parent.epoch)}`),
    order: ({ parent }) => parent?.title ?? null
  },
  {
    id: 'size',
    label: 'Size on disk',
    numeric: true,
    widthPx: 96,
    text: ({ bytes }) => formatBytes(bytes),
    order: ({ bytes }) => bytes
  },
  {
    id: 'engine',
    label: 'Engine',
    numeric: false,
    widthPx: 80,
    text: ({ engineVersion }) => engineVersion || null,
    order: ({ engineVersion }) => engineVersion || null
  }
]

/** The title has a place of its own, and is sorted by all the same. */
export const titleColumn: RunColumn = {
  id: 'title',
  label: 'Title',
  numeric: false,
  widthPx: 180,
  text: ({ title }) => title,
  order: ({ title }) => title.toLowerCase()
}

function metricColumns(name: string): RunColumn[] {
  const label = metricLabel(name)
  const column = (id: string, prefix: string, of: (run: RunSummary) => Measured | null): RunColumn => ({
    id: `${id}:${name}`,
    label: `${prefix} ${label}`,
    numeric: true,
    widthPx: 112,
    text: (run) => {
      const value = metricOf(of(run), name)
      return value === null ? null : formatMetric(name, value)
    },
    order: (run) => metricOf(of(run), name)
  })
  return [column('best', 'Best', ({ best }) => best), column('last', 'Last', ({ last }) => last)]
}

export function settingColumn(key: string, label: string): RunColumn {
  const valueOf = (run: RunSummary): string | null => run.settings.find((setting) => setting.key === key)?.value ?? null
  return {
    id: `${SETTING}${key}`,
    label,
    numeric: false,
    widthPx: Math.min(180, Math.max(92, 24 + label.length * 8)),
    text: valueOf,
    // Numbers as numbers: "0.01" before "0.1" before "10".
    order: (run) => {
      const value = valueOf(run)
      return value === null || value.trim() === '' || Number.isNaN(Number(value)) ? value : Number(value)
    },
    title: valueOf
  }
}

export interface ColumnChoice {
  readonly facts: readonly RunColumn[]
  readonly metrics: readonly RunColumn[]
  readonly settings: readonly RunColumn[]
}

/** All columns that these runs have something in. */
export function columnsOf(runs: readonly RunSummary[]): ColumnChoice {
  const metrics = new Set<string>()
  const settings = new Map<string, string>()
  for (const { best, last, settings: own } of runs) {
    for (const name of Object.keys({ ...best?.metrics, ...last?.metrics })) metrics.add(name)
    for (const { key, label } of own) if (!settings.has(key)) settings.set(key, label)
  }
  return {
    facts,
    metrics: [...metrics].flatMap(metricColumns),
    settings: [...settings].map(([key, label]) => settingColumn(key, label))
  }
}

/** The columns of settings in which these runs are not all alike. */
export function differingColumns(runs: readonly RunSummary[]): RunColumn[] {
  if (runs.length < 2) return []
  const seen = new Map<string, { label: string; value: string; count: number; differs: boolean }>()
  for (const { settings } of runs) {
    for (const { key, label, value } of settings) {
      const known = seen.get(key)
      if (known === undefined) seen.set(key, { label, value, count: 1, differs: false })
      else seen.set(key, { ...known, count: known.count + 1, differs: known.differs || known.value !== value })
    }
  }
  // What some of them do not have differs as well.
  return [...seen]
    .filter(([, { differs, count }]) => differs || count < runs.length)
    .map(([key, { label }]) => settingColumn(key, label))
}

/** "23 Nov 2026, 19:56:49", in this place's time. */
export function momentText(iso: string): string | null {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? null : new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
}
