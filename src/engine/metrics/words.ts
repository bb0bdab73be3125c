/** A share as people read it in a sentence: 0.943 → "94.3 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}
