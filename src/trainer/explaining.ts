/** The microscope: one step held still, of the run in view, of a kept run or of a bench, and what is asked of it. */
import type { Table } from '../data'
import { explainedWeight, Microscope, unitLines, type TrainingState } from '../engine'
import {
  actualOf,
  derivation,
  documentHtml,
  documentLatex,
  microscopeView,
  subjectOf,
  type Experiment
} from '../project'
import { ConfigError } from '../shared/errors'
import type {
  ExplainedRow,
  ExplainedRun,
  ExplainedWeight,
  MicroscopeChoice,
  MicroscopeSource,
  MicroscopeView,
  ParameterView,
  UnitView
} from '../shared/explain-views'
import type { HeldBenches } from './heldBenches'
import type { KeptExperiments } from './keptExperiments'
import type { RunRequests } from './runRequests'

/** A training at a moment. */
interface Scene {
  readonly of: ExplainedRun
  readonly table: Table
  readonly steps: Pick<Experiment, 'prepared' | 'trainOptions'>
  readonly state: TrainingState
  readonly remembers: boolean
}

interface Opened {
  readonly id: number
  /** The run in view that it is of; null where it is of something else, which stays whatever comes into view. */
  readonly runInView: string | null
  readonly view: MicroscopeView
  readonly scene: Scene
  readonly microscope: Microscope
  readonly shown: number
}

type Of<Kind extends MicroscopeSource['kind']> = Extract<MicroscopeSource, { readonly kind: Kind }>

export class Explaining {
  private opened: Opened | null = null
  private last = 0

  constructor(
    private readonly runs: RunRequests,
    private readonly kept: KeptExperiments,
    private readonly benches: HeldBenches
  ) {}

  /**
   * Sets the microscope on a step; whatever it was set on before is let go.
   * @throws ConfigError `no-run`, `unknown-moment`, `unknown-row`; those of `subjectOf`, `KeptExperiments.open` and `HeldBenches.at`
   */
  async open({ of, on }: MicroscopeChoice): Promise<MicroscopeView> {
    const id = ++this.last
    const scene = await this.sceneOf(of)
    const { subject, rows } = subjectOf(scene.steps, scene.table, scene.state, on)
    const shown = on.kind === 'row' ? 0 : Math.min(on.shown, rows.length - 1)
    const microscope = new Microscope(subject)
    const place = { id, of: scene.of, epoch: scene.state.epochs, kind: on.kind, rows, shown }
    const view = microscopeView(microscope, scene.steps.prepared.preparation, scene.table, {
      ...place,
      remembers: scene.remembers
    })
    const runInView = scene.of.kind === 'view' ? scene.of.runId : null
    // One that took longer than another that was opened after it stays closed.
    if (id === this.last) this.opened = { id, runInView, view, scene, microscope, shown }
    return view
  }

  /** Rows of the table of what is looked at, at most so many from one on. */
  rows(id: number, from: number, count: number): readonly ExplainedRow[] {
    const { table, steps } = this.require(id).scene
    const { preparation } = steps.prepared
    const length = Math.max(0, Math.min(count, table.rows - from))
    return Array.from({ length }, (_, i) => ({ row: from + i, actual: actualOf(preparation, table, from + i) }))
  }

  unit(id: number, layer: string, unit: number): UnitView {
    const { microscope, shown } = this.require(id)
    const numbers = outputsOf(microscope, layer, shown)
    if (unit >= numbers) throw unknownPart(`Layer "${layer}" puts out ${numbers} numbers, not ${unit + 1}`)
    return unitLines(microscope, shown, layer, unit)
  }

  weight(id: number, parameter: string, index: number): ExplainedWeight {
    const { microscope, shown } = this.require(id)
    requireParameter(microscope, parameter, index)
    return explainedWeight(microscope, shown, parameter, index)
  }

  parameter(id: number, name: string): ParameterView {
    const { microscope } = this.require(id)
    requireParameter(microscope, name, 0)
    const { shape, before, gradient, after } = microscope.parameter(name)
    return { name, shape, before, gradient, after }
  }

  /** The whole step worked out, as one file. */
  document(id: number, format: 'html' | 'latex'): string {
    const { microscope, shown, view } = this.require(id)
    const { rows, actual, answer, table } = view
    const worked = derivation(microscope, shown, {
      dataset: table.fileName,
      row: (rows[shown] ?? 0) + 1,
      actual,
      answer
    })
    return format === 'html' ? documentHtml(worked) : documentLatex(worked)
  }

  /** What a step is of; of what it was before, nothing is held any more. */
  private async sceneOf(of: MicroscopeSource): Promise<Scene> {
    const isElsewhere = of.kind === 'kept' && of.name !== this.runs.current?.folderName
    if (!isElsewhere) this.kept.forget()
    switch (of.kind) {
      case 'view':
        return this.inView(of)
      case 'kept':
        return isElsewhere ? this.keptRun(of) : this.keptInView(of)
      case 'bench':
        return this.onBench(of)
    }
  }

  private async inView({ epoch }: Of<'view'>): Promise<Scene> {
    const run = this.runs.require()
    const { experiment, dataset, id: runId, title } = run
    const { state, trainOptions } = await run.trainingAt(epoch)
    return {
      ...{ of: { kind: 'view', runId, title }, table: dataset.table, state, remembers: true },
      steps: { prepared: experiment.prepared, trainOptions }
    }
  }

  /** A kept run that is in view, and may be going on: what is in memory is newer than its folder. */
  private async keptInView({ name, epoch }: Of<'kept'>): Promise<Scene> {
    const { id: runId, title, recorder } = this.runs.require()
    const scene = await this.inView({ kind: 'view', epoch })
    const moments = recorder?.moments ?? []
    return { ...scene, of: { kind: 'kept', runId, title, name, moments, isEnd: epoch === null } }
  }

  private async keptRun({ name, epoch }: Of<'kept'>): Promise<Scene> {
    const { runId, title, moments, table, experiment, state, setup, remembers } = await this.kept.open(name, epoch)
    return {
      ...{ of: { kind: 'kept', runId, title, name, moments, isEnd: epoch === null }, table, state, remembers },
      steps: { prepared: experiment.prepared, trainOptions: experiment.trainOptionsBy(setup) }
    }
  }

  private async onBench({ bench, steps }: Of<'bench'>): Promise<Scene> {
    const { opened, state } = await this.benches.at(bench, steps)
    return {
      ...{ of: { kind: 'bench' }, table: opened.table, state, remembers: true },
      steps: { prepared: opened.experiment.prepared, trainOptions: opened.trainOptions }
    }
  }

  /** @throws ConfigError `microscope-closed` */
  private require(id: number): Opened {
    const { opened } = this
    // Of a run in view that is gone it is no use, and may hold much.
    if (opened?.runInView != null && opened.runInView !== this.runs.current?.id) this.opened = null
    if (this.opened?.id === id) return this.opened
    throw new ConfigError('microscope-closed', 'The microscope is set on another step by now. Open this one again.')
  }
}

/** Numbers that a layer puts out. */
function outputsOf(microscope: Microscope, layer: string, row: number): number {
  const { layers } = microscope.subject.problem.model.spec
  if (!layers.some(({ name }) => name === layer)) throw unknownPart(`The network has no layer "${layer}"`)
  return microscope.layer(layer, row).a.length
}

function requireParameter({ subject }: Microscope, name: string, index: number): void {
  const found = subject.problem.model.parameters.find((each) => each.name === name)
  if (found === undefined) throw unknownPart(`The network has no parameter "${name}"`)
  const size = found.shape.reduce((product, each) => product * each, 1)
  if (index >= size) throw unknownPart(`"${name}" has ${size} numbers, not ${index + 1}`)
}

function unknownPart(what: string): ConfigError {
  return new ConfigError('unknown-part', `${what}. Choose one that the network has.`)
}
