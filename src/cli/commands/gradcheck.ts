import { inTurns, readTable, Turns } from '../../data'
import { sampledCheck } from '../../engine'
import { batchSubject, heldRun, loadRun, readAsFor } from '../../project'
import type { Notice } from '../../shared/views'
import type { CommandContext } from '../program'
import { readReadFlags } from '../read-flags'
import { shortNumber } from '../text'

export interface GradcheckFlags {
  /** Numbers to check, at most. */
  readonly samples: number
  /** Rows of the table, at most. */
  readonly rows: number
  readonly seed: number
}

const nothingProven: Notice = {
  code: 'gradients-too-small',
  severity: 'warning',
  message:
    'The gradients of these numbers are too small for differences to tell them from 0, so nothing is proven. Check on other rows, or on more of them (--batch).',
  columns: []
}

/** Backpropagation against central differences, in float64, with the weights of a run on rows of a table. */
export async function gradcheck(
  folder: string,
  file: string,
  { samples, rows, seed }: GradcheckFlags,
  options: Readonly<Record<string, unknown>>,
  { output, signal }: CommandContext
): Promise<void> {
  const run = await loadRun(folder)
  const table = await readTable(file, { signal, as: readReadFlags(options, readAsFor(run.record)) })
  const subject = batchSubject(await heldRun(folder, run), run, table, rows)
  const check = await inTurns(sampledCheck(subject, samples, seed), new Turns(signal))
  const { parameters, checked, kinks, maxRelativeError, worst, tooSmall } = check
  if (tooSmall) output.notices([nothingProven])
  if (output.json) return output.line(JSON.stringify({ parameters, checked, maxRelativeError, worst }))
  const on = subject.input.shape[0] ?? 0
  await output.line(`Checked ${checked} of ${parameters} parameters on ${on} rows, in float64.`)
  if (kinks > 0) await output.line(`At a kink of the loss, where there is no derivative, and left out: ${kinks}`)
  await output.line(`Largest relative error: ${shortNumber(maxRelativeError)}`)
  if (worst === null) return
  const { parameter, index, analytic, numeric } = worst
  await output.line(
    `Where it is largest, ${parameter}[${index}]: ${shortNumber(analytic)} by backpropagation, ${shortNumber(numeric)} by differences.`
  )
}
