/** The microscope of the run in view: one step held still, and what is asked of it. */
import { explainedWeight, Microscope, unitLines } from '../engine'
import { derivation, documentHtml, documentLatex, microscopeView, subjectOf } from '../project'
import { ConfigError } from '../shared/errors'
import type {
  ExplainedWeight,
  MicroscopeChoice,
  MicroscopeView,
  ParameterView,
  UnitView
} from '../shared/explain-views'
import type { RunRequests } from './runRequests'

interface Opened {
  readonly id: number
  readonly runId: string
  readonly view: MicroscopeView
  readonly dataset: string
  readonly microscope: Microscope
  readonly shown: number
}

export class Explaining {
  private opened: Opened | null = null
  private last = 0

  constructor(private readonly runs: RunRequests) {}

  /**
   * Sets the microscope on a step of the run in view; whatever it was set on before is let go.
   * @throws ConfigError `no-run`, `unknown-moment`, `unknown-row`; those of `subjectOf`
   */
  async open({ epoch, on }: MicroscopeChoice): Promise<MicroscopeView> {
    const run = this.runs.require()
    const { experiment, dataset, moments, controller, id: runId } = run
    const state = epoch === null ? await controller.between(() => experiment.state()) : await moments.stateAt(epoch)
    const { subject, rows } = subjectOf(experiment, dataset.table, state, on)
    const shown = on.kind === 'row' ? 0 : Math.min(on.shown, rows.length - 1)
    const microscope = new Microscope(subject)
    const id = ++this.last
    const place = { id, runId, epoch: state.epochs, kind: on.kind, rows, shown }
    const view = microscopeView(microscope, experiment.prepared.preparation, dataset.table, place)
    this.opened = { id, runId, microscope, shown, view, dataset: dataset.table.fileName }
    return view
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
    const { microscope, shown, view, dataset } = this.require(id)
    const { rows, actual, answer } = view
    const worked = derivation(microscope, shown, { dataset, row: (rows[shown] ?? 0) + 1, actual, answer })
    return format === 'html' ? documentHtml(worked) : documentLatex(worked)
  }

  /** @throws ConfigError `microscope-closed` */
  private require(id: number): Opened {
    // Of a run that is gone it is no use, and may hold much.
    if (this.opened?.runId !== this.runs.current?.id) this.opened = null
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
