/** Gradient checks in words, and as lengths of bars. */
import { GRADIENT_TOLERANCE, type CheckOutcome } from '../../../../engine/catalog'
import { errorDecades, errorText, type ChecksSummary } from '../../../../shared/gradient-checks'
import { formatCount, plural } from '../../state/format'

interface OutcomeText {
  /** On a chip. */
  readonly short: string
  /** A class of app.css, of hints and chips. */
  readonly look: 'ok' | 'warn' | 'error'
  readonly icon: 'check' | 'error' | 'info'
}

export const outcomeTexts: Readonly<Record<CheckOutcome, OutcomeText>> = {
  agrees: { short: 'agree', look: 'ok', icon: 'check' },
  differs: { short: 'do not agree', look: 'error', icon: 'error' },
  'nothing-proven': { short: 'nothing proven', look: 'warn', icon: 'info' }
}

/** A gradient with as many digits as a comparison needs. */
export function longNumber(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(12).replaceAll('-', '−') : 'not a number'
}

export interface ErrorBin {
  readonly label: string
  /** The upper bound, under the bar; empty where there is no room for one. */
  readonly tick: string
  readonly count: number
  readonly isWrong: boolean
}

/** The bins of a check's histogram, the smallest errors first. */
export function binsOf(histogram: readonly number[]): ErrorBin[] {
  return histogram.map((count, i) => {
    const [from, to] = [errorDecades[i - 1], errorDecades[i]]
    const label =
      from === undefined ? `below 1e−${-(to ?? 0)}` : to === undefined ? 'from 1 on' : `1e−${-from} to ${power(to)}`
    return {
      label,
      tick: to !== undefined && to % 2 === 0 ? power(to) : '',
      count,
      isWrong: (from ?? -Infinity) >= Math.log10(GRADIENT_TOLERANCE)
    }
  })
}

function power(decade: number): string {
  return decade === 0 ? '1' : `1e−${-decade}`
}

const [LEAST] = errorDecades

/** Where an error lies between the least decade and 1, in percent. */
export function shareOf(error: number): { readonly percent: number; readonly isWrong: boolean } {
  const decade = error > 0 ? Math.log10(error) : Number.isNaN(error) ? 0 : -Infinity
  const percent = 100 * Math.min(1, Math.max(0, (decade - LEAST) / -LEAST))
  return { percent, isWrong: !(error <= GRADIENT_TOLERANCE) }
}

/** What all checks of a run come to. */
export function summarySentence(summary: ChecksSummary | null): string {
  if (summary === null) return 'Its gradients have not been checked yet.'
  const { checks, failed, largest } = summary
  const all = `${plural(checks, 'gradient check')}, ${failed === 0 ? 'none failed' : `${formatCount(failed)} failed`}.`
  if (largest === null) return all
  return `${all} Largest relative error: ${errorText(largest.error)}, at epoch ${formatCount(largest.epoch)}.`
}
