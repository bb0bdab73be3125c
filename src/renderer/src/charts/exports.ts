/** The files that a chart of lines can be kept as. */
import { StudioError } from '../../../shared/errors'
import type { RunView } from '../../../shared/views'
import { api } from '../api'
import type { ChartSpec } from './chart'
import { epochsCsv, stepsCsv, stepsHeading, type NamedSource } from './csv'
import { pngOf } from './png'
import { fileNameOf } from './names'
import type { ExportChoice } from './save'

/** Steps of one question: few enough that every one of them comes. */
const STEPS_AT_ONCE = 10_000

interface Exported {
  readonly spec: ChartSpec
  readonly run: RunView
  /** The run and what is laid over it. */
  readonly sources: readonly NamedSource[]
  /** The picture as it is in view. */
  readonly svg: () => string
}

export function exportsOf({ spec, run, sources, svg }: Exported): ExportChoice[] {
  const name = fileNameOf(`${run.facts.title} ${spec.title}`)
  const csv = (parts: BlobPart[]): Blob => new Blob(parts, { type: 'text/csv;charset=utf-8' })
  const epochs: ExportChoice = {
    label: 'CSV of all epochs',
    fileName: `${name}.csv`,
    content: () => csv([epochsCsv(spec, sources)])
  }
  const steps: ExportChoice = {
    label: 'CSV of all steps',
    fileName: `${name} steps.csv`,
    content: async () => csv([stepsHeading, ...(await allSteps(run))])
  }
  return [
    { label: 'PNG picture', fileName: `${name}.png`, content: () => pngOf(svg()) },
    { label: 'SVG picture', fileName: `${name}.svg`, content: () => new Blob([svg()], { type: 'image/svg+xml' }) },
    epochs,
    ...(spec.steps === undefined ? [] : [steps])
  ]
}

/** @throws StudioError why the trainer has not all of them */
async function allSteps(run: RunView): Promise<string[]> {
  const parts: string[] = []
  const last = run.progress.step
  for (let from = 1; from <= last; from += STEPS_AT_ONCE) {
    const to = Math.min(last, from + STEPS_AT_ONCE - 1)
    const reply = await api.runSteps(run.runId, from, to, 2 * STEPS_AT_ONCE)
    if (!reply.ok) throw new StudioError(reply.error.code, reply.error.message, reply.error.details)
    if (reply.value === null) throw new StudioError('other-run', 'Another run has come into view. Open this one again.')
    parts.push(stepsCsv(reply.value))
  }
  return parts
}
