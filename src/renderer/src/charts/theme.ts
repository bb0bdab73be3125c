/** The colours of app.css as a canvas needs them, read again when the system's theme changes. */
import type { Token } from './chart'

export type Palette = (token: Token) => string

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const known = new Map<Token, string>()
  return (token) => {
    const cached = known.get(token)
    if (cached !== undefined) return cached
    const value = style.getPropertyValue(token).trim()
    known.set(token, value)
    return value
  }
}

/** A colour with so many percent of it left. */
export function mixed(colour: string, percent: number): string {
  return percent >= 100 ? colour : `color-mix(in srgb, ${colour} ${percent}%, transparent)`
}

/** Calls back when the theme changes; the result ends it. */
export function onThemeChange(changed: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => window.matchMedia(query))
  for (const query of queries) query.addEventListener('change', changed)
  return () => {
    for (const query of queries) query.removeEventListener('change', changed)
  }
}
