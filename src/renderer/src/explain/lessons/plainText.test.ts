import { describe, expect, it } from 'vitest'
import { proseOf } from '../../../../shared/lessons/prose'
import { hasFormula, plainTex, plainText } from './plainText'

describe('texts without typesetting', () => {
  it('say formulas in one line', () => {
    expect(plainText(proseOf('$w = 3$'))).toBe('w = 3')
    expect(plainText(proseOf('About $10 \\cdot g$, **not** `1`'))).toBe('About 10 · g, not 1')
    expect(plainTex('\\frac{1}{1 - \\mu}')).toBe('1 / (1 - μ)')
    expect(plainTex('\\frac{\\partial E}{\\partial w}')).toBe('(∂ E) / (∂ w)')
    expect(plainTex('-\\ln p_{c}\\,!')).toBe('- ln p_c !')
  })

  it('know whether they have any', () => {
    expect(hasFormula(proseOf('A very large one'))).toBe(false)
    expect(hasFormula(proseOf('**Only $g$**'))).toBe(true)
  })
})
