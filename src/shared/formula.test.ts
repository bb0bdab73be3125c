import fc from 'fast-check'
import katex from 'katex'
import { describe, expect, it } from 'vitest'
import type { Term, WorkedLine } from '../engine/catalog'
import { numberTex, withNumbers, withSymbols } from './formula'

function line(formula: string, terms: readonly Term[]): WorkedLine {
  return { symbol: 'y', formula, terms, value: 0 }
}

function numbers(formula: string, values: Readonly<Record<string, number>>, digits = 4): string {
  const terms = Object.entries(values).map(([name, value]) => ({ name, symbol: name, value }))
  return withNumbers(line(formula, terms), digits)
}

function symbols(formula: string, by: Readonly<Record<string, string>>): string {
  const terms = Object.entries(by).map(([name, symbol]) => ({ name, symbol, value: 0 }))
  return withSymbols(line(formula, terms))
}

describe('numberTex', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [0.25, '0.25'],
    [-1.5, '-1.5'],
    [0.123456, '0.1235'],
    [0.99999, '1'],
    [1234.56, '1235'],
    [12345.67, '1.235\\times 10^{4}'],
    [0.00012, '0.00012'],
    [0.00012346, '0.0001235'],
    [0.000012, '1.2\\times 10^{-5}'],
    [-1.2e-7, '-1.2\\times 10^{-7}'],
    [1e-8, '10^{-8}'],
    [-1e-8, '-10^{-8}'],
    [0.000099999, '0.0001'],
    [123456, '123456'],
    [-3, '-3'],
    [1e9, '10^{9}'],
    [5e-324, '4.941\\times 10^{-324}'],
    [NaN, '\\text{NaN}'],
    [Infinity, '\\infty'],
    [-Infinity, '-\\infty']
  ])('%d is %s', (value, tex) => {
    expect(numberTex(value, 4)).toBe(tex)
  })

  it('is the number to its digits, for every number', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 1, max: 17 }),
        (value, digits) => {
          const read = numberTex(value, digits)
            .replace('\\times 10^{', 'e')
            .replace(/^(-?)10\^\{/, '$11e')
            .replace('}', '')
          if (Number.isInteger(value) && Math.abs(value) < 1e9) expect(Number(read)).toBe(value + 0)
          else expect(Number(read)).toBe(Number(value.toPrecision(digits)))
        }
      )
    )
  })
})

describe('withNumbers', () => {
  it('puts a negative number in parentheses where a sign or a factor stands before it, or a power after', () => {
    const all = { a: -2, b: -3 }
    expect(numbers('@a \\cdot @b + @a', all)).toBe('-2 \\cdot (-3) + (-2)')
    expect(numbers('@a - @b', all)).toBe('-2 - (-3)')
    expect(numbers('-@a', all)).toBe('-(-2)')
    expect(numbers('e^{-@a}', all)).toBe('e^{-(-2)}')
    expect(numbers('e^{@a}', all)).toBe('e^{-2}')
    expect(numbers('@a^2', all)).toBe('(-2)^2')
    expect(numbers('\\frac{@a}{1 - @b}', all)).toBe('\\frac{-2}{1 - (-3)}')
    expect(numbers('\\max(0, @a)', all)).toBe('\\max(0, -2)')
    expect(numbers('(@a + 1)\\,@b', all)).toBe('(-2 + 1)\\,(-3)')
    expect(numbers('\\left(@a\\right)', all)).toBe('\\left(-2\\right)')
    expect(numbers('1 & @a > 0 \\\\ @b & 0 \\le @b', all)).toBe('1 & -2 > 0 \\\\ -3 & 0 \\le -3')
    expect(numbers('\\ln @a', all)).toBe('\\ln (-2)')
    expect(numbers('2 @a', all)).toBe('2 (-2)')
    expect(numbers('|@a|', all)).toBe('|(-2)|')
  })

  it('keeps a power of ten apart from a power', () => {
    expect(numbers('@a^2 + @b', { a: 1.2e-7, b: 1.2e-7 })).toBe('(1.2\\times 10^{-7})^2 + 1.2\\times 10^{-7}')
    expect(numbers('@a^2', { a: 1e-8 })).toBe('(10^{-8})^2')
  })

  it('has words for what is no number', () => {
    expect(numbers('@a + @b - @c', { a: NaN, b: -Infinity, c: Infinity })).toBe('\\text{NaN} + (-\\infty) - \\infty')
  })
})

describe('withSymbols', () => {
  it('writes the symbols', () => {
    expect(symbols('@w - @rate \\cdot @v', { w: "w'", rate: '\\eta', v: 'v' })).toBe("w' - \\eta \\cdot v")
  })

  it('keeps marks and letters apart', () => {
    expect(symbols('@a^2', { a: 'w^{(1)}' })).toBe('{w^{(1)}}^2')
    expect(symbols('@a^2', { a: "m'" })).toBe("{m'}^2")
    expect(symbols('@a^{@t}', { a: '\\beta_1', t: 't' })).toBe('\\beta_1^{t}')
    expect(symbols('@a_k', { a: 'p_1' })).toBe('{p_1}_k')
    expect(symbols('@a_k', { a: 'p' })).toBe('p_k')
    expect(symbols('@a{}x @b', { a: '\\eta', b: '\\mu' })).toBe('\\eta{}x \\mu')
    expect(symbols('@a@b', { a: '\\eta', b: '\\mu' })).toBe('\\eta\\mu')
  })
})

describe('names', () => {
  it('are matched whole', () => {
    const by = { v: 'v', velocity: '\\nu', v2: 'u' }
    expect(symbols('@velocity + @v + @v2 + @v^2 + @v_2', by)).toBe('\\nu + v + u + v^2 + v_2')
    expect(numbers('@velocity+@v', { v: 1, velocity: 2 })).toBe('2+1')
  })

  it('must be known', () => {
    expect(() => symbols('@v + @speed', { v: 'v' })).toThrow('names @speed, which is none of its terms')
  })

  it('are replaced once each and in place, whatever they are and whatever stands around them', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,5}$/)
    const text = fc.stringMatching(/^[-+ (){}^_.\\]{0,4}$/)
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(text, fc.nat()), { minLength: 1, maxLength: 8 }),
        (names, parts) => {
          // The symbols hold `@` and `$1`: what was put in is not looked at again, nor read as a pattern.
          const terms = names.map((each, i) => ({ name: each, symbol: `@${each}$1$&<${i}>`, value: i + 0.5 }))
          const used = parts.map(([before, pick]) => [before, terms[pick % terms.length]] as const)
          const tex = used.map(([before, term]) => `${before}@${term?.name ?? ''}`).join(' ')
          const written = withSymbols(line(tex, terms))
          expect(written).toBe(used.map(([before, term]) => `${before}${term?.symbol ?? ''}`).join(' '))
          expect(withNumbers(line(tex, terms), 4)).toBe(
            used.map(([before, term]) => `${before}${String(term?.value)}`).join(' ')
          )
        }
      )
    )
  })

  it('leave TeX that KaTeX understands, whatever the numbers', () => {
    const formula = '\\frac{@a^2 - @b}{\\sqrt{@c} + @a^{@b}} \\cdot @c'
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.double(), (a, b, c) => {
        expect(() => katex.renderToString(numbers(formula, { a, b, c }), { throwOnError: true })).not.toThrow()
      })
    )
  })
})
