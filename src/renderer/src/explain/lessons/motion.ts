/** Whether the person wants things to be there at once rather than to move. */
export function calm(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches
}
