/** TeX of a loss in letters alone, of any row. @param value as the loss writes it, with `@name` for each term */
export function lawOf(value: string): string {
  return value.replace(/@([A-Za-z]+)/g, (_, name: string) => symbols.get(name) ?? name)
}

const symbols = new Map([
  ['classWeight', 'w_c'],
  ['labelSmoothing', '\\varepsilon'],
  ['delta', '\\delta_H']
])
