import type { MeasuredRows } from './metric'

/** A share as people read it in a sentence: 0.943 → "94.3 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}

/** A sentence about one value or label, with what it is the mean over where there are several. */
export function meanOver(what: 'targets' | 'labels', { outputs = 1 }: MeasuredRows, sentence: string): string {
  return outputs === 1 ? sentence : `${sentence}; mean over ${outputs} ${what}`
}
