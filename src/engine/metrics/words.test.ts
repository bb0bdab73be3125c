import { describe, expect, it } from 'vitest'
import { metricSpecs } from './index'

const about = { rows: 30, target: 'mpg' }
const sentence = (name: string, value: number) => metricSpecs.find((spec) => spec.name === name)?.sentence(value, about)

describe('sentences about metrics', () => {
  it('are said by every metric, without a full stop', () => {
    for (const spec of metricSpecs) expect(spec.sentence(0.5, about), spec.name).toMatch(/\S.*[^.]$/)
  })

  it('say what a value means', () => {
    expect(sentence('accuracy', 29 / 30)).toBe('29 of 30 rows right')
    expect(sentence('mae', 2.1234)).toBe('on average off by 2.12 in mpg')
    expect(sentence('rmse', 2.9666)).toBe('typical miss of 2.97, large misses counted more')
    expect(sentence('r2', 0.86)).toBe('explains 86 % of how mpg varies')
    expect(sentence('precision', 0.9433)).toContain('94.3 % of the rows')
    expect(sentence('top-3-accuracy', 29 / 30)).toContain('29 of 30 rows')
    expect(sentence('log-loss', Math.log(2))).toContain('given 50 %')
    expect(sentence('roc-auc', NaN)).toContain('all of one class')
    expect(sentence('mape', 0.0833)).toContain('off by 8.33 % of the true mpg')
    expect(sentence('mape', NaN)).toContain('every true mpg is 0')
    expect(sentence('r2', -0.1)).toContain('worse than always')
  })
})
