/** Contrast of colours, after WCAG 2.2 (relative luminance of sRGB). Colours are `#rrggbb`. */

type Rgb = readonly [number, number, number]

function parse(colour: string): Rgb {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour)
  if (found === null) throw new RangeError(`expected #rrggbb, got ${colour}`)
  return [Number.parseInt(found[1] ?? '', 16), Number.parseInt(found[2] ?? '', 16), Number.parseInt(found[3] ?? '', 16)]
}

/** `share` of `over` laid on `under`, as CSS `color-mix(in srgb, over share, under)` gives it. */
export function mix(over: string, under: string, share: number): string {
  const top = parse(over)
  const bottom = parse(under)
  const hex = top.map((value, index) => {
    const mixed = Math.round(value * share + (bottom[index] ?? 0) * (1 - share))
    return mixed.toString(16).padStart(2, '0')
  })
  return `#${hex.join('')}`
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = parse(colour).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** (L1 + 0.05) / (L2 + 0.05), the lighter first: 1…21. Text needs 4.5. */
export function contrastRatio(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}
