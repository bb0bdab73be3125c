/** What a formula in TeX comes to, so that what people read is tested against what is computed. */

const TOKENS = /\s+|\\[,;:!]|\\(?:left|right)(?=[()|[\]])|(\\[A-Za-z]+|\\\\|@[A-Za-z][A-Za-z0-9]*|\d+(?:\.\d+)?|[^\s])/g

const FUNCTIONS: ReadonlyMap<string, (x: number) => number> = new Map([
  ['\\tanh', Math.tanh],
  ['\\ln', Math.log],
  ['sign', Math.sign],
  ['erf', erf]
])

/**
 * The number that a formula comes to. Understood are sums, products (\cdot, or nothing between factors), powers, \frac, \sqrt,
 * \max, \tanh, \ln, sign, erf, e, \pi, | |, [a < b], and cases with the conditions `x > c`, `x \le c` and so on.
 * @param of the values of its `@name`s @throws Error at what is not understood
 */
export function valueOfTex(tex: string, of: (name: string) => number): number {
  const tokens = Array.from(tex.matchAll(TOKENS), ([, token]) => token).filter((token) => token !== undefined)
  let at = 0
  const next = () => tokens[at]
  const take = (expected?: string): string => {
    const token = tokens[at]
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`${tex}: expected ${expected ?? 'more'} at token ${at}, got ${String(token)}`)
    }
    at++
    return token
  }
  const within = (open: string, close: string): number => {
    take(open)
    const value = sum()
    take(close)
    return value
  }
  /** In braces: a word, not a formula. */
  const word = (): string => {
    take('{')
    let letters = ''
    while (next() !== '}') letters += take()
    take('}')
    return letters
  }
  const condition = (): boolean => {
    const left = sum()
    const relation = take()
    const right = sum()
    switch (relation) {
      case '>':
        return left > right
      case '<':
        return left < right
      case '=':
        return left === right
      case '\\ge':
        return left >= right
      case '\\le':
        return left <= right
      default:
        throw new Error(`${tex}: no relation ${relation}`)
    }
  }
  const cases = (): number => {
    let found: number | undefined
    for (;;) {
      const value = sum()
      take('&')
      if (condition()) found ??= value
      if (next() !== '\\\\') break
      take()
    }
    take('\\end')
    word()
    if (found === undefined) throw new Error(`${tex}: no case holds`)
    return found
  }
  const atom = (): number => {
    const token = take()
    if (token.startsWith('@')) return of(token.slice(1))
    if (/^\d/.test(token)) return Number(token)
    const named = FUNCTIONS.get(token === '\\operatorname' ? word() : token)
    if (named !== undefined) return named(within('(', ')'))
    switch (token) {
      case 'e':
        return Math.E
      case '\\pi':
        return Math.PI
      case '\\sqrt':
        return Math.sqrt(within('{', '}'))
      case '\\frac': {
        const above = within('{', '}')
        return above / within('{', '}')
      }
      case '\\max': {
        take('(')
        const first = sum()
        take(',')
        const second = sum()
        take(')')
        return Math.max(first, second)
      }
      case '\\begin':
        word()
        return cases()
      case '[': {
        const holds = condition()
        take(']')
        return Number(holds)
      }
      case '|': {
        const value = sum()
        take('|')
        return Math.abs(value)
      }
      case '(':
      case '{':
        at--
        return within(token, token === '(' ? ')' : '}')
      default:
        throw new Error(`${tex}: ${token} is not understood`)
    }
  }
  const power = (): number => {
    const base = atom()
    if (next() !== '^') return base
    take()
    return base ** atom()
  }
  const product = (): number => {
    let value = power()
    for (;;) {
      const token = next()
      if (token === '\\cdot') {
        take()
        value *= power()
      } else if (token === '/') {
        take()
        value /= power()
      } else if (token !== undefined && /^(?:[@\d({e]|\\(?:frac|sqrt|pi|tanh|ln|max|operatorname)$)/.test(token)) {
        value *= power()
      } else return value
    }
  }
  const sum = (): number => {
    let value = 0
    let sign = 1
    if (next() === '-') {
      take()
      sign = -1
    }
    for (;;) {
      value += sign * product()
      if (next() !== '+' && next() !== '-') return value
      sign = take() === '+' ? 1 : -1
    }
  }
  const value = sum()
  if (at < tokens.length) throw new Error(`${tex}: ${tokens.slice(at).join(' ')} is left over`)
  return value
}

/** The power series, good to about 1e-14 for |x| ≤ 3. */
function erf(x: number): number {
  let term = x
  let total = x
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n
    total += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * total
}
