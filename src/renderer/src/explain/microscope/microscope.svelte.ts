/** The microscope as the window knows it: the step it is set on, how far the walk has come, and what is chosen in it. */
import type { ErrorValue } from '../../../../shared/errors'
import type {
  ExplainedRow,
  ExplainedWeight,
  GradientPath,
  MicroscopeRows,
  MicroscopeSource,
  MicroscopeView,
  ParameterView,
  UnitView
} from '../../../../shared/explain-views'
import { api } from '../../api'
import { moment } from '../../state/moment.svelte'
import { studio } from '../../state/studio.svelte'
import { phasesOf, type Phase } from './phases'
import { sameSelection, stillThere, type Selection } from './selection'
import { sameTarget, sameTraining, type KeptMoment, type Target } from './targets'

/** What is to be in view of a step. */
interface Place {
  /** Null: the beginning of the walk. */
  readonly at: Phase | null
  readonly chosen: Selection | null
}

/** Of a phase, while it plays. */
const PHASE_MS = 1200

/** So long the drawing waits for the weights that it is drawn with: to draw it twice takes longer. */
const PARAMETERS_MS = 80

/** What is said of the selection. */
export type Detail =
  | { readonly kind: 'unit'; readonly selection: Selection; readonly unit: UnitView }
  | {
      readonly kind: 'weight'
      readonly selection: Selection
      readonly weight: ExplainedWeight
      /** The unit that weighs by it; null where it is not of a dense layer. */
      readonly unit: UnitView | null
    }

class MicroscopeState {
  view = $state.raw<MicroscopeView | null>(null)
  /** Of the step in view, by name. */
  parameters = $state.raw<ReadonlyMap<string, ParameterView>>(new Map())
  error = $state.raw<ErrorValue | null>(null)
  opening = $state(false)
  /** Index of the phase that is shown. */
  at = $state(0)
  playing = $state(false)
  kind = $state<'row' | 'batch'>('row')
  /** Of the table, from 0. */
  row = $state(0)
  /** Which row of the batch. */
  shown = $state(0)
  selection = $state.raw<Selection | null>(null)
  detail = $state.raw<Detail | null>(null)
  /** What the Microscope tab is on where it is a kept run; null: the run in view. */
  kept = $state.raw<KeptMoment | null>(null)
  /** A way that the error took, lit in the drawing. */
  path = $state.raw<GradientPath | null>(null)

  readonly phases: readonly Phase[] = $derived(this.view === null ? [] : phasesOf(this.view))
  readonly phase: Phase | null = $derived(this.phases[this.at] ?? null)

  /** Grows with each request: late answers to earlier ones are dropped. */
  #asked = 0
  #askedDetail = 0
  #timer: ReturnType<typeof setTimeout> | null = null
  /** What it is set on. */
  #target: Target | null = null
  /** The row was chosen: another one would not do. */
  #isRowChosen = false
  /** What is to be in view of the next step that is opened; null: what is. */
  #place: Place | null = null

  /**
   * Sets it on what the Microscope tab is on: the run in view at the moment in view, or a kept run. What was taken of now stays
   * what it is while the run goes on, also while other stages are looked at.
   */
  follow(target: Target | null): void {
    if (sameTarget(this.#target, target)) return
    this.#take(target)
    if (target !== null) void this.open()
  }

  /**
   * Sets it on a step, with a phase of the walk in view and a part of the network chosen. On the run in view or on a kept run
   * the Microscope tab goes along; a bench leaves the tab where it was.
   * @param on null: with the row that was looked at
   */
  async lookAt(
    of: MicroscopeSource,
    on: MicroscopeRows | null,
    at: Phase | null = null,
    chosen: Selection | null = null
  ): Promise<void> {
    if (of.kind === 'view') {
      if (of.epoch === null) moment.live()
      else moment.go(of.epoch)
    }
    if (of.kind !== 'bench') this.kept = of.kind === 'kept' ? { name: of.name, epoch: of.epoch } : null
    this.#take(targetOf(of))
    this.pause()
    this.clear()
    if (on !== null) {
      this.kind = on.kind
      if (on.kind === 'row') this.row = on.row
      else this.shown = on.shown
      this.#isRowChosen = true
    }
    this.#place = { at, chosen }
    await this.open()
  }

  /** The step in view, worked out as a document, becomes a file. @returns what went wrong */
  async save(format: 'html' | 'latex' | 'pdf'): Promise<ErrorValue | null> {
    if (this.view === null) return null
    const reply = await api.saveExplanation(this.view.id, format)
    return reply.ok ? null : reply.error
  }

  /** Rows that it can be set on instead; none where it is closed by now. */
  async rowsFrom(from: number, count: number): Promise<readonly ExplainedRow[]> {
    if (this.view === null) return []
    const reply = await api.explainRows(this.view.id, from, count)
    return reply.ok ? reply.value : []
  }

  /** Takes the step that it is set on; of the run in view as it is now, where that is now. */
  async open(): Promise<void> {
    if (this.#target === null) return
    const { of } = this.#target
    const number = ++this.#asked
    this.opening = true
    let reply = await api.openMicroscope({ of, on: this.#on() })
    // The first row of the table may have no answer; nobody asked for it, so one of the batch stands in.
    if (!reply.ok && reply.error.code === 'unknown-row' && !this.#isRowChosen && number === this.#asked) {
      const batch = await api.openMicroscope({ of, on: { kind: 'batch', shown: 0 } })
      const row = batch.ok ? batch.value.rows[0] : undefined
      if (row !== undefined && number === this.#asked) {
        this.row = row
        reply = await api.openMicroscope({ of, on: this.#on() })
      }
    }
    if (number !== this.#asked) return
    if (!reply.ok) {
      this.#refuse(reply.error)
      return
    }
    const view = reply.value
    const reading = parametersOf(view)
    // Large ones come a moment later than what they are drawn in.
    const early = await Promise.race([reading, waited(PARAMETERS_MS)])
    if (number !== this.#asked) return
    this.opening = false
    this.error = null
    const isSameNetwork = this.view !== null && samePhases(phasesOf(this.view), phasesOf(view))
    this.view = view
    this.parameters = early ?? new Map()
    this.shown = view.shown
    this.path = null
    const place = this.#place
    this.#place = null
    if (place !== null) {
      const { at, chosen } = place
      this.at =
        at === null
          ? 0
          : Math.max(
              0,
              phasesOf(view).findIndex((phase) => samePhase(phase, at))
            )
      this.selection = chosen
    } else if (!isSameNetwork) this.at = 0
    const parameters = early ?? (await reading)
    if (number !== this.#asked) return
    this.parameters = parameters
    const { selection } = this
    if (selection !== null && stillThere(view, parameters, selection)) await this.#explain(selection)
    else this.clear()
  }

  /** @param row of the table, from 0 */
  async chooseRow(row: number): Promise<void> {
    this.row = row
    this.kind = 'row'
    this.#isRowChosen = true
    await this.open()
  }

  async chooseShown(shown: number): Promise<void> {
    this.shown = shown
    await this.open()
  }

  async chooseKind(kind: 'row' | 'batch'): Promise<void> {
    this.kind = kind
    // A batch begins with its first row; a row alone is the one that was seen of the batch.
    if (kind === 'batch') this.shown = 0
    else this.row = this.view?.rows[this.view.shown] ?? this.row
    await this.open()
  }

  // ── The walk ─────────────────────────────────────────────────────────────────────────────────────────────

  next(): void {
    if (this.at < this.phases.length - 1) this.at += 1
  }

  back(): void {
    if (this.at > 0) this.at -= 1
  }

  /** Plays to the end of the step, from its beginning where it is over, or stops. */
  togglePlay(): void {
    if (this.playing) {
      this.pause()
      return
    }
    if (this.phases.length === 0) return
    if (this.at >= this.phases.length - 1) this.at = 0
    this.playing = true
    this.#later()
  }

  pause(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.playing = false
  }

  #later(): void {
    this.#timer = setTimeout(() => {
      this.next()
      if (this.at < this.phases.length - 1) this.#later()
      else this.pause()
    }, PHASE_MS)
  }

  // ── The selection ────────────────────────────────────────────────────────────────────────────────────────

  async select(selection: Selection): Promise<void> {
    this.path = null
    this.selection = selection
    await this.#explain(selection)
  }

  clear(): void {
    this.#askedDetail += 1
    this.selection = null
    this.detail = null
    this.path = null
  }

  /** What was seen of another training says nothing here. */
  #take(target: Target | null): void {
    const isSame = sameTraining(this.#target, target)
    this.#target = target
    if (isSame) return
    this.#asked += 1
    this.opening = false
    this.pause()
    this.clear()
    this.view = null
    this.parameters = new Map()
    this.error = null
    this.at = 0
    this.kind = 'row'
    this.row = 0
    this.shown = 0
    this.#isRowChosen = false
    this.#place = null
  }

  async #explain(selection: Selection): Promise<void> {
    const number = ++this.#askedDetail
    const { view } = this
    if (view === null) return
    const reply = await detailOf(view.id, selection)
    if (number !== this.#askedDetail) return
    if (reply.ok) {
      this.detail = reply.value
      this.selection = selection
    } else if (reply.error.code === 'microscope-closed') {
      await this.open()
    } else {
      this.detail = null
      this.error = reply.error
    }
  }

  #refuse(error: ErrorValue): void {
    this.opening = false
    this.error = error
    this.pause()
  }

  #on(): MicroscopeRows {
    return this.kind === 'row' ? { kind: 'row', row: this.row } : { kind: 'batch', shown: this.shown }
  }

  isSelected(selection: Selection): boolean {
    return this.selection !== null && sameSelection(this.selection, selection)
  }
}

type DetailReply = { readonly ok: true; readonly value: Detail } | { readonly ok: false; readonly error: ErrorValue }

async function detailOf(id: number, selection: Selection): Promise<DetailReply> {
  if (selection.kind === 'unit') {
    const unit = await api.explainUnit(id, selection.layer, selection.unit)
    return unit.ok ? { ok: true, value: { kind: 'unit', selection, unit: unit.value } } : unit
  }
  const weight = await api.explainWeight(id, selection.parameter, selection.index)
  if (!weight.ok) return weight
  const { place } = weight.value
  if (place === null) return { ok: true, value: { kind: 'weight', selection, weight: weight.value, unit: null } }
  const unit = await api.explainUnit(id, place.layer, place.unit)
  return unit.ok ? { ok: true, value: { kind: 'weight', selection, weight: weight.value, unit: unit.value } } : unit
}

/** Larger ones are asked for number by number only. */
const MOST_NUMBERS = 2_000_000

async function parametersOf({ id, layers }: MicroscopeView): Promise<ReadonlyMap<string, ParameterView>> {
  const wanted = layers
    .flatMap(({ parameters }) => parameters)
    .filter(({ shape }) => shape.reduce((product, size) => product * size, 1) <= MOST_NUMBERS)
  const replies = await Promise.all(wanted.map(({ name }) => api.explainParameter(id, name)))
  return new Map(replies.flatMap((reply) => (reply.ok ? [[reply.value.name, reply.value] as const] : [])))
}

function waited(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), ms)
  })
}

function targetOf(of: MicroscopeSource): Target {
  if (of.kind !== 'view') return { of, runId: null }
  // The moment in view is one that can be gone back to.
  return { of: { kind: 'view', epoch: moment.epoch }, runId: studio.run?.runId ?? null }
}

function samePhase(one: Phase, other: Phase): boolean {
  return one.kind === other.kind && one.layer === other.layer
}

function samePhases(one: readonly Phase[], other: readonly Phase[]): boolean {
  return one.length === other.length && one.every((phase, i) => phase.layer === other[i]?.layer)
}

export const microscope = new MicroscopeState()
