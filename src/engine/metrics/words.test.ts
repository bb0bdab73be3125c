import { describe, expect, it } from 'vitest'
import { answersApart } from '../train/samples'
import { metricSpecs, type MetricSpec } from './index'

const about = { rows: 30, target: 'mpg' }
const sentence = (name: string, value: number) => metricSpecs.find((spec) => spec.name === name)?.sentence(value, about)
const ofThree = (name: string, value: number) =>
  metricSpecs.find((spec) => spec.name === name)?.sentence(value, { ...about, outputs: 3 })

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

  it('say of what a figure is the mean where there are several values or labels', () => {
    const specs: readonly MetricSpec[] = metricSpecs
    for (const spec of specs) {
      if (!spec.tasks.some(answersApart)) continue
      const several = spec.sentence(0.5, { ...about, outputs: 3 })
      if (spec.together !== true) expect(several, spec.name).toMatch(/3 (targets|labels)|90 labels/)
      expect(several, spec.name).not.toContain('mpg')
    }
    expect(ofThree('mae', 2.1234)).toBe('on average off by 2.12 in the unit of each target; mean over 3 targets')
    expect(ofThree('accuracy', 0.9)).toBe('81 of 90 labels right')
    expect(ofThree('exact-match', 0.5)).toBe('15 of 30 rows have every label right')
    expect(ofThree('roc-auc', NaN)).toContain('for each of 3 labels')
  })
})
