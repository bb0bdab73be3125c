import { describe, expect, it } from 'vitest'
import { withNumbers } from '../../shared/formula'
import { centralDifference } from '../backprop/gradient-check'
import { lossFor } from '../losses'
import { compileModel } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { denseNode } from '../testing'
import { frozenStep } from '../train/frozen-step'
import { smallTraining, trainings } from '../train/testing/trainings'
import { createTraining, type TrainOptions } from '../train/training'
import { sumOfProducts } from './explained-line'
import { explainedLoss } from './loss-lines'
import { Microscope, type MicroscopeSubject } from './microscope'
import { strongestPaths } from './paths'
import { unitLines } from './unit-lines'
import { explainedWeight } from './weight-lines'

const hidden = [denseNode('dense1', 5, 'tanh'), denseNode('dense2', 4, 'sigmoid')]

/** One row of three numbers through 5 and 4 units to three classes, a few steps into training. */
async function oneRow(changes: Partial<TrainOptions> = {}): Promise<Microscope> {
  const options = smallTraining({
    model: compileModel(modelSpecOf(hidden, 3, 'multi-class', 'cross-entropy', 3)),
    ...{ batchSize: 1, executor: 'reference', shuffle: false },
    ...changes
  })
  return midway(options)
}

/** A few steps into a training. */
async function midway(options: TrainOptions): Promise<Microscope> {
  const training = createTraining(options)
  let steps = 0
  for await (const { type } of training.events()) if (type === 'step' && ++steps === 4) break
  return new Microscope({ ...frozenStep({ ...options, from: training.state() }), asTraining: true })
}

/** Without the weight of the row. */
function targetOf(microscope: Microscope, row: number): Float64Array {
  const target = microscope.target(row)
  return microscope.subject.problem.rowWeights === true ? target.subarray(0, -1) : target
}

describe('unitLines', () => {
  it('say the numbers of the step', async () => {
    const microscope = await oneRow()
    for (const { layer, z, a, delta } of microscope.layers(0)) {
      z?.forEach((sum, unit) => {
        const { forward, backward } = unitLines(microscope, 0, layer, unit)
        expect(forward.map(({ value }) => value)).toEqual([sum, a[unit]])
        expect(backward.at(-1)?.value).toBe(delta?.[unit])
      })
    }
  })

  it('come to their value by their own terms', async () => {
    const microscope = await oneRow()
    const [sum] = unitLines(microscope, 0, 'dense2', 1).forward
    const of = new Map(sum?.terms.map(({ name, value }) => [name, value]))
    const term = (name: string) => of.get(name) ?? NaN
    const added = [1, 2, 3, 4, 5].reduce((total, i) => total + term(`left${i}`) * term(`right${i}`), term('bias'))
    expect(added).toBeCloseTo(sum?.value ?? NaN, 14)
    const delta = unitLines(microscope, 0, 'dense1', 0).backward.at(-1)
    const back = new Map(delta?.terms.map(({ name, value }) => [name, value]))
    const arriving = [1, 2, 3, 4].reduce(
      (total, k) => total + (back.get(`left${k}`) ?? NaN) * (back.get(`right${k}`) ?? NaN),
      0
    )
    expect(arriving * (back.get('slope') ?? NaN)).toBeCloseTo(delta?.value ?? NaN, 14)
  })
})

describe('the error at the output', () => {
  it.each(trainings)('is the closed form of its loss: %s', async (_, options) => {
    const microscope = await midway({ ...options, executor: 'reference' })
    const { loss, task, model, lossSettings } = microscope.subject.problem
    const { output } = model.spec
    const layer = microscope.layer(output, 1)
    layer.delta?.forEach((delta, unit) => {
      const line = unitLines(microscope, 1, output, unit).backward.at(-1)
      if (line === undefined) throw new Error('no line')
      const share = line.terms.find(({ name }) => name === 'share')?.value ?? 1
      const row = { z: microscope.logits(1), p: microscope.answer(1), target: targetOf(microscope, 1) }
      const closed = lossFor(loss, task).deltaOf(task, row, lossSettings)
      expect(share * (closed[unit] ?? NaN)).toBeCloseTo(delta, 13)
      expect(line.value).toBe(delta)
      expect(withNumbers(line, 6)).not.toContain('@')
    })
  })
})

describe('explainedLoss', () => {
  it.each([
    ['class weights and row weights', 'w_c'],
    ['several values in raw units', '\\delta_H']
  ])('writes the law of "%s" with a letter for what is set', async (title, letter) => {
    const [, options] = trainings.find(([name]) => name === title) ?? []
    if (options === undefined) throw new Error(`no training "${title}"`)
    const { law } = explainedLoss(await midway({ ...options, executor: 'reference' }))
    expect(law).toContain(letter)
    expect(law).not.toMatch(/@|classWeight/)
  })
})

describe('sumOfProducts', () => {
  it('writes the largest out and keeps the sum', () => {
    const products = Array.from({ length: 40 }, (_, i) => ({
      left: { symbol: `w_{${i}}`, value: i % 7 },
      right: { symbol: `a_{${i}}`, value: i % 2 === 0 ? 1.5 : -2 }
    }))
    const { formula, terms } = sumOfProducts(products)
    const of = new Map(terms.map(({ name, value }) => [name, value]))
    const sum = [1, 2, 3, 4, 5, 6].reduce(
      (total, i) => total + (of.get(`left${i}`) ?? NaN) * (of.get(`right${i}`) ?? NaN),
      0
    )
    expect(sum + (of.get('rest') ?? NaN)).toBeCloseTo(
      products.reduce((total, { left, right }) => total + left.value * right.value, 0),
      12
    )
    expect(formula.endsWith('+ @rest')).toBe(true)
  })

  it('is 0 for nothing', () => {
    expect(sumOfProducts([])).toEqual({ formula: '0', terms: [] })
  })
})

describe('strongestPaths', () => {
  it('add up to δ, and begin with the strongest', async () => {
    const microscope = await oneRow()
    for (const { layer, delta } of microscope.layers(0)) {
      delta?.forEach((own, unit) => {
        const all = strongestPaths(microscope, 0, layer, unit, 1000)
        expect(all?.sum).toBe(own)
        expect(all?.strongest).toHaveLength(all?.count ?? NaN)
        const products = all?.strongest.map(({ product }) => product) ?? []
        expect(products.reduce((sum, product) => sum + product, 0)).toBeCloseTo(own, 13)
        for (const { factors, product } of all?.strongest ?? []) {
          expect(factors.reduce((sum, { value }) => sum * value, 1)).toBeCloseTo(product, 14)
        }
        const few = strongestPaths(microscope, 0, layer, unit, 3)
        expect(few?.strongest.map(({ product }) => product)).toEqual(products.slice(0, 3))
        const sizes = products.map(Math.abs)
        expect(sizes).toEqual([...sizes].sort((one, other) => other - one))
      })
    }
    expect(strongestPaths(microscope, 0, 'dense1', 0)?.count).toBe(4 * 3)
  })

  it('are not given through layers of other kinds', async () => {
    expect(strongestPaths(await oneRow({ model: smallTraining().model, batchSize: 6 }), 0, 'dense1', 0)).toBeNull()
  })
})

describe('explainedWeight', () => {
  it('is the step of that weight, checked by differences', async () => {
    const microscope = await oneRow({ optimizer: { type: 'adam', config: {} } })
    for (const name of ['dense1.weight', 'dense2.bias', 'output.weight']) {
      const parameter = microscope.parameter(name)
      parameter.before.forEach((before, index) => {
        const weight = explainedWeight(microscope, 0, name, index)
        expect(weight).toMatchObject({ before, after: parameter.after[index] })
        expect(weight.gradient[0]?.value).toBe(parameter.gradient[index])
        expect(weight.update.at(-1)?.value).toBe(parameter.after[index])
        expect(weight.check.analytic).toBe(parameter.gradient[index])
        expect(Math.abs(weight.check.numeric - weight.check.analytic)).toBeLessThan(1e-9)
      })
    }
  })

  it('sums over the rows of a batch', async () => {
    const microscope = await oneRow({ batchSize: 4 })
    const { gradient, paths } = explainedWeight(microscope, 2, 'dense2.weight', 3)
    const of = new Map(gradient[0]?.terms.map(({ name, value }) => [name, value]))
    const sum = [1, 2, 3, 4].reduce((total, i) => total + (of.get(`left${i}`) ?? NaN) * (of.get(`right${i}`) ?? NaN), 0)
    expect(sum).toBeCloseTo(gradient[0]?.value ?? NaN, 14)
    expect(paths).toBeNull()
  })

  it('tells penalties and bounds apart', async () => {
    const microscope = await oneRow({ regularization: { l2: 0.1, clipNorm: 0.01 } })
    const [gradient, taken] = explainedWeight(microscope, 0, 'dense1.weight', 4).gradient
    expect(taken?.symbol).toBe('g')
    expect(taken?.value).toBe(microscope.parameter('dense1.weight').taken[4])
    expect(taken?.value).not.toBe(gradient?.value)
  })
})

describe('the check by differences', () => {
  it('is of the loss with that one number moved', async () => {
    const microscope = await oneRow()
    const { subject } = microscope
    const before = subject.held.get('dense2.weight') ?? new Float64Array()
    const [, x = NaN] = before
    const lossAt = (changed: number) =>
      new Microscope({ ...subject, held: new Map(subject.held).set('dense2.weight', before.with(1, changed)) }).loss
    const { numeric, analytic, relativeError } = microscope.check('dense2.weight', 1)
    expect(numeric).toBe(centralDifference(lossAt, x))
    expect(relativeError).toBe(Math.abs(analytic - numeric) / Math.max(Math.abs(analytic), Math.abs(numeric)))
  })

  it('differs from backpropagation at a kink', async () => {
    const microscope = new Microscope(await atKink())
    const units = [0, 1, 2, 3, 4].map((unit) => microscope.check('dense1.bias', unit))
    for (const { analytic, numeric, relativeError } of units) {
      expect(analytic).toBe(0)
      expect(numeric).not.toBe(0)
      expect(relativeError).toBe(1)
    }
  })
})

/** A row of zeros into units of ReLU without a bias: z = 0. */
async function atKink(): Promise<MicroscopeSubject> {
  const kinked = [denseNode('dense1', 5, 'relu')]
  const { subject } = await oneRow({ model: compileModel(modelSpecOf(kinked, 3, 'multi-class', 'cross-entropy', 3)) })
  const input = { shape: subject.input.shape, data: new Float64Array(3) }
  return { ...subject, input, held: new Map(subject.held).set('dense1.bias', new Float64Array(5)) }
}
