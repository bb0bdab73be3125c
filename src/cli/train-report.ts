/** How `train` tells of a run: JSON lines for programs, a progress bar and a table in a terminal, else plain lines. */
import { SingleBar } from 'cli-progress'
import { metricsFor, type Task } from '../engine/catalog'
import type { ErrorValue } from '../shared/errors'
import type { EarlyStopView, EpochPoint, EvaluationView, ExecutorView } from '../shared/views'
import type { Output } from './output'
import { tableText } from './table'
import { namesText, oneLine, shortNumber } from './text'

export interface RunStart {
  readonly targets: readonly string[]
  readonly task: Task
  readonly loss: string
  /** Rows of the table. */
  readonly rows: number
  /** Numbers the network takes for a row. */
  readonly features: number
  readonly parameters: number
  readonly epochs: number
  readonly executor: ExecutorView['name']
  readonly threads: number
  /** Where a run that was interrupted goes on; null for one that begins. */
  readonly resumed: { readonly step: number; readonly epoch: number } | null
}

/** A run that can be gone on with. */
export interface RunInterrupted {
  /** The run folder. */
  readonly run: string
  readonly step: number
  /** Of the newest checkpoint. */
  readonly checkpointStep: number | null
}

/** Whether the disk takes what is to be kept of the run. */
export interface RunKept {
  /** Why it does not; null once it does again. */
  readonly problem: ErrorValue | null
  /** Of the newest checkpoint. */
  readonly checkpointStep: number | null
}

export interface RunResult {
  /** The run folder. */
  readonly run: string
  readonly validationLoss: number | null
  /** Of the validation rows, by metric name; empty when there are none. */
  readonly metrics: Readonly<Record<string, number | null>>
  readonly earlyStop: EarlyStopView | null
}

/** What is told of an epoch. */
type EpochMeasures = Omit<EpochPoint, 'elapsedMs' | 'layers' | 'step'>

export interface TrainReport {
  start(start: RunStart): Promise<void>
  epoch(point: EpochMeasures): Promise<void>
  /** Told when it changes: training goes on meanwhile. */
  kept(kept: RunKept): Promise<void>
  /** How the network does on the rows kept aside. */
  test(evaluation: EvaluationView): Promise<void>
  done(result: RunResult): Promise<void>
  interrupted(place: RunInterrupted): Promise<void>
  /** Takes down what is drawn; always called, also after a failure. */
  close(): void
}

export function trainReport(output: Output): TrainReport {
  if (output.json) return jsonReport(output)
  return output.terminal ? terminalReport(output) : plainReport(output)
}

function jsonReport(output: Output): TrainReport {
  const write = (value: object) => output.line(JSON.stringify(value))
  return {
    start: ({ task, loss, rows, features, parameters, executor, threads, resumed }) =>
      write({
        ...{ type: 'start', task, loss, rows, features, parameters, executor, threads },
        ...(resumed === null ? {} : { resumed })
      }),
    epoch: ({ epoch, trainLoss, validationLoss, metrics, learningRate, best, gradientCheck }) =>
      write({
        ...{ type: 'epoch', epoch, trainLoss, validationLoss, metrics, learningRate, best },
        ...(gradientCheck === undefined ? {} : { gradientCheck })
      }),
    test: (evaluation) => {
      const { rows, loss } = evaluation
      const targets = evaluation.targets.map((each) => ({ name: each.name, metrics: metricsOf(each) }))
      return write({
        ...{ type: 'test', rows, loss: finiteOrNull(loss), metrics: metricsOf(evaluation) },
        ...(targets.length > 0 ? { targets } : {})
      })
    },
    kept: ({ problem, checkpointStep }) =>
      write({
        ...{ type: 'kept', checkpointStep },
        problem: problem === null ? null : { code: problem.code, message: problem.message }
      }),
    done: ({ run, metrics, earlyStop }) => write({ type: 'done', run, metrics, earlyStop }),
    interrupted: (place) => write({ type: 'interrupted', ...place }),
    close: () => undefined
  }
}

function plainReport(output: Output): TrainReport {
  let epochs = 0
  return {
    start: async (start) => {
      epochs = start.epochs
      await output.line(describe(start))
      if (start.resumed !== null) await output.line(resumedText(start.resumed))
    },
    epoch: (point) => output.line(`epoch ${point.epoch}/${epochs}  ${measurements(point)}`),
    kept: (kept) => output.line(keptText(kept)),
    test: async ({ rows, metrics, targets }) => {
      await output.line(`test rows ${rows}`)
      for (const { name, value } of metrics) await output.line(`test ${name} ${show(finiteOrNull(value))}`)
      for (const target of targets) {
        for (const { name, value } of target.metrics)
          await output.line(`test ${name} of ${oneLine(target.name)} ${show(finiteOrNull(value))}`)
      }
    },
    done: async ({ run, metrics, earlyStop }) => {
      if (earlyStop !== null) await output.line(earlyStopText(earlyStop))
      for (const [name, value] of Object.entries(metrics)) await output.line(`validation ${name} ${show(value)}`)
      await output.line(`run ${oneLine(run)}`)
    },
    interrupted: () => Promise.resolve(),
    close: () => undefined
  }
}

function terminalReport(output: Output): TrainReport {
  const bar = new SingleBar({
    format: 'Epoch {value} of {total} {bar} {percentage} %  {measurements}  {eta_formatted} left',
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 24,
    clearOnComplete: true,
    stopOnComplete: true
  })
  let task: Task = 'regression'
  let place = { epochs: 0, epoch: 0, measurements: '' }
  return {
    start: async (start) => {
      task = start.task
      place = { ...place, epochs: start.epochs, epoch: start.resumed?.epoch ?? 0 }
      await output.line(describe(start))
      if (start.resumed !== null) await output.line(resumedText(start.resumed))
      bar.start(place.epochs, place.epoch, place)
    },
    epoch: async (point) => {
      place = { ...place, epoch: point.epoch, measurements: measurements(point) }
      bar.update(place.epoch, place)
      await Promise.resolve()
    },
    kept: async (kept) => {
      bar.stop()
      await output.line(keptText(kept))
      bar.start(place.epochs, place.epoch, place)
    },
    test: async ({ rows, loss, metrics, targets }) => {
      bar.stop()
      const measured = metrics.map(({ label, value }) => [label, show(finiteOrNull(value))])
      await output.line(tableText([`On ${rows} test rows`, ''], [...measured, ['Loss', show(finiteOrNull(loss))]]))
      if (targets.length === 0) return
      const head = ['Each alone', ...(targets[0]?.metrics ?? []).map(({ label }) => label)]
      const lines = targets.map((each) => [
        oneLine(each.name),
        ...each.metrics.map(({ value }) => show(finiteOrNull(value)))
      ])
      await output.line(tableText(head, lines))
    },
    done: async ({ run, validationLoss, metrics, earlyStop }) => {
      bar.stop()
      if (earlyStop !== null) await output.line(earlyStopText(earlyStop))
      const measured = metricsFor(task).filter(({ name }) => Object.hasOwn(metrics, name))
      const rows = measured.map(({ name, label }) => [label, show(metrics[name] ?? null)])
      if (rows.length > 0)
        await output.line(tableText(['On validation rows', ''], [...rows, ['Loss', show(validationLoss)]]))
      await output.line(`Run folder: ${oneLine(run)}`)
    },
    interrupted: () => {
      bar.stop()
      return Promise.resolve()
    },
    close: () => bar.stop()
  }
}

/** Metric names are the studio's own, never a user's. */
function metricsOf({ metrics }: Pick<EvaluationView, 'metrics'>): Record<string, number | null> {
  return Object.fromEntries(metrics.map(({ name, value }) => [name, finiteOrNull(value)]))
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function describe({ targets, task, loss, rows, features, parameters, executor, threads }: RunStart): string {
  const work = `${executor} on ${threads} ${threads === 1 ? 'thread' : 'threads'}`
  return `${namesText(targets)}: ${task}, ${loss} loss, ${rows} rows, ${features} features, ${parameters} parameters, ${work}`
}

function resumedText({ step, epoch }: NonNullable<RunStart['resumed']>): string {
  return `resumed after step ${step}, with ${epoch} ${epoch === 1 ? 'epoch' : 'epochs'} ended`
}

function keptText({ problem, checkpointStep }: RunKept): string {
  if (problem === null) return 'The run is written down again.'
  const from = checkpointStep === null ? 'from its beginning' : `from step ${checkpointStep}`
  return `Training goes on, but it is not written down: ${oneLine(problem.message)} Until it is, an interrupted run goes on ${from}.`
}

function earlyStopText({ epoch, bestEpoch, restored }: EarlyStopView): string {
  const weights = restored ? `the weights of epoch ${bestEpoch} are kept` : `epoch ${bestEpoch} was the best`
  return `stopped after epoch ${epoch}: no gain any more; ${weights}`
}

function measurements({ trainLoss, validationLoss, metrics, gradientCheck }: EpochMeasures): string {
  const all = [
    ['trainLoss', trainLoss] as const,
    ...(validationLoss === null ? [] : [['validationLoss', validationLoss] as const]),
    ...Object.entries(metrics),
    ...(gradientCheck === undefined ? [] : [['gradientCheck', finiteOrNull(gradientCheck.maxRelativeError)] as const])
  ]
  return all.map(([name, value]) => `${name} ${show(value)}`).join('  ')
}

function show(value: number | null): string {
  return value === null ? 'not finite' : shortNumber(value)
}
