/** What lessons 1 to 3 say will happen happens, and the numbers in their texts are the engine's. */
import { describe, expect, it } from 'vitest'
import { compileModel, modelSpecOf, outputGradient } from '../../src/engine'
import { denseNode } from '../../src/engine/testing'
import {
  blockOf,
  blocksOf,
  expectStated,
  lessonNumber,
  lossOf,
  pageOf,
  rightOf,
  runTrial,
  stepAt,
  variantOf,
  weightsOf
} from './book'

describe('1, a neuron and its bias', () => {
  const lesson = lessonNumber(1)

  it('says 0 for 0 km without a bias, whatever the weight', () => {
    expect(rightOf(blockOf(pageOf(lesson, 'Without a bias'), 'question'))).toBe('None')
    expect([3, 1e9].map((w) => w * 0)).toEqual([0, 0])
  })

  it('learns the taxi with a bias; without one ends at the best line through the origin', async () => {
    const page = pageOf(lesson, 'Let both learn')
    const trial = blockOf(page, 'trial')
    const view = await runTrial(lesson, trial)
    const [whole, without] = [variantOf(view, 'With a bias'), variantOf(view, 'Without a bias')]
    expect(lossOf(whole)).toBeLessThan(1e-6)
    expect(weightsOf(whole, 'output.weight')[0]).toBeCloseTo(2, 2)
    expect(weightsOf(whole, 'output.bias')[0]).toBeCloseTo(3, 2)
    const [w = NaN] = weightsOf(without, 'output.weight')
    // Σ x·y / Σ x² is the best slope of a line through the origin.
    expect((1 * 5 + 2 * 7 + 3 * 9 + 4 * 11) / (1 + 4 + 9 + 16)).toBe(3)
    expect(w).toBeCloseTo(3, 4)
    expectStated(page, '3', w)
    expectStated(page, '3', lossOf(without))
    expect(rightOf(trial.predict)).toBe('On another line, wrong for most rides')
    const errors = [0, 1, 2, 3, 4].map((km) => Math.sign(Math.round(1e3 * (w * km - (2 * km + 3)))))
    expect(errors).toEqual([-1, -1, -1, 0, 1])
  })

  it('moves the bias as the weight of a constant 1', async () => {
    const page = pageOf(lesson, 'The constant input 1')
    expect(rightOf(blockOf(page, 'question'))).toBe('They are equal')
    for (const after of [0, 1, 10, 300]) {
      const step = await stepAt(lesson, { bench: 'two-ones', row: 0, after })
      const [, one = NaN] = step.parameter('output.weight').before
      const [bias = NaN] = step.parameter('output.bias').before
      expect(one).toBeCloseTo(bias, 12)
      if (after !== 300) continue
      expectStated(page, '1.5', bias)
      expectStated(pageOf(lesson, 'Two ones'), '1.5', one)
    }
  })

  it('counts 16 numbers in a layer of 4 with 3 inputs', () => {
    const page = pageOf(lesson, 'In short')
    expect(rightOf(blockOf(page, 'question'))).toBe('16')
    const { parameters } = compileModel(modelSpecOf([denseNode('dense1', 4, 'relu')], 3, 'regression', 'squared', 1))
    const sizes = parameters.filter(({ layer }) => layer === 'dense1').map(({ shape }) => shape)
    expect(sizes).toEqual([[4, 3], [4]])
    expect(sizes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0)).toBe(16)
  })
})

describe('2, the forward pass', () => {
  const lesson = lessonNumber(2)

  it('has a light that is on when exactly one switch is', async () => {
    const answers = await Promise.all(
      [0, 1, 2, 3].map(async (row) => (await stepAt(lesson, { bench: 'switches', row, after: 0 })).answer(0)[0])
    )
    expect(answers).toEqual([0, 1, 1, 0])
  })

  it('has units that give what the texts say', async () => {
    const hidden = async (row: number) =>
      (await stepAt(lesson, { bench: 'switches', row, after: 0 })).layer('dense1', 0)
    expect([...(await hidden(1)).a]).toEqual([1, 0])
    expect([...(await hidden(3)).a]).toEqual([2, 1])
    expect([...((await hidden(0)).z ?? [])]).toEqual([0, -1])
    // "This unit speaks up only when both switches are on."
    expect((await Promise.all([0, 1, 2, 3].map(hidden))).map(({ a }) => (a[1] ?? NaN) > 0)).toEqual([
      false,
      false,
      false,
      true
    ])
  })

  it('learns the light with tanh, and without activation says 0.5 to everything', async () => {
    const page = pageOf(lesson, 'Why bend at all?')
    const trial = blockOf(page, 'trial')
    const view = await runTrial(lesson, trial)
    const [bent, straight] = [variantOf(view, 'With tanh'), variantOf(view, 'Without activation')]
    expect(lossOf(bent)).toBeLessThan(0.001)
    expectStated(page, '0.25', lossOf(straight))
    // Quite soon, as one of the choices says.
    expect(straight.losses[100]).toBeCloseTo(0.25, 2)
    expect(rightOf(trial.predict)).toBe('It ends at 0.5 for every row')
    const [w1 = [], b1 = [], w2 = [], b2 = []] = ['dense1.weight', 'dense1.bias', 'output.weight', 'output.bias'].map(
      (name) => weightsOf(straight, name)
    )
    const answers = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1]
    ].map(([x1 = NaN, x2 = NaN]) =>
      w2.reduce(
        (sum, w, i) => sum + w * ((w1[2 * i] ?? NaN) * x1 + (w1[2 * i + 1] ?? NaN) * x2 + (b1[i] ?? NaN)),
        b2[0] ?? NaN
      )
    )
    for (const answer of answers) expect(answer).toBeCloseTo(0.5, 3)
  })

  it('has a row for each unit in W', () => {
    expect(rightOf(blockOf(pageOf(lesson, 'All units at once'), 'question'))).toBe('3 rows, 2 columns')
    const { parameters } = compileModel(modelSpecOf([denseNode('dense1', 3, 'relu')], 2, 'regression', 'squared', 1))
    expect(parameters.find(({ name }) => name === 'dense1.weight')?.shape).toEqual([3, 2])
  })
})

describe('3, the three losses', () => {
  const lesson = lessonNumber(3)

  it('has the answers and probabilities that its texts give', async () => {
    const fare = await stepAt(lesson, { bench: 'fare', row: 1, after: 0 })
    expect([fare.answer(0)[0], fare.target(0)[0]]).toEqual([4, 7])
    const coin = await stepAt(lesson, { bench: 'coin', row: 0, after: 0 })
    expect([coin.answer(0)[0], coin.target(0)[0]]).toEqual([0.5, 1])
    const yesNo = pageOf(lesson, 'Yes or no')
    expectStated(yesNo, '0.693', coin.loss)
    expectStated(yesNo, '0.693', Math.log(2))
    expectStated(yesNo, '4.61', -Math.log(0.01))
    const fruit = await stepAt(lesson, { bench: 'fruit', row: 0, after: 0 })
    expect([...fruit.logits(0)]).toEqual([2, 1, 0])
    expect(fruit.target(0)[0]).toBe(1)
    const several = pageOf(lesson, 'One of several')
    ;['0.665', '0.245', '0.090'].forEach((written, k) => expectStated(several, written, fruit.answer(0)[k] ?? NaN))
    expectStated(several, '1.41', fruit.loss)
    expectStated(several, '1.41', -Math.log(0.245))
  })

  it('gives each task its loss', () => {
    const [digit, rent] = blocksOf(pageOf(lesson, 'Which task needs which'), 'question')
    expect(rightOf(digit)).toBe('Cross-entropy')
    const tenDigits = compileModel(modelSpecOf([], 2, 'multi-class', 'cross-entropy', 10))
    expect(tenDigits.parameters.find(({ name }) => name === 'output.bias')?.shape).toEqual([10])
    expect(rightOf(rent)).toBe('Squared error')
    expect(() => modelSpecOf([], 2, 'regression', 'cross-entropy', 1)).toThrow()
    expect(() => modelSpecOf([], 2, 'multi-class', 'log', 10)).toThrow()
  })

  it('sends back little with squared error where the sigmoid is surely wrong, and much with log loss', () => {
    const page = pageOf(lesson, 'Surely wrong')
    const wrong = { z: -6, target: 1 } as const
    const squared = outputGradient('squared', 'binary', 2, wrong)
    const log = outputGradient('log', 'binary', 2, wrong)
    expectStated(page, '0.0025', log.p)
    expectStated(page, '0.998', log.delta)
    expectStated(page, '0.005', squared.delta)
    expect(log.delta / squared.delta).toBeGreaterThan(190)
    expect(log.delta / squared.delta).toBeLessThan(210)
    expect(rightOf(blockOf(page, 'output-gradients').predict)).toBe('Log loss')
  })

  it('is still wrong with squared error after 50 steps, and right with the others', async () => {
    const trial = blockOf(pageOf(lesson, 'Let them learn'), 'trial')
    const view = await runTrial(lesson, trial)
    expect(view.variants.map(({ label, accuracy }) => [label, accuracy])).toEqual([
      ['Squared error', 0],
      ['Log loss', 1],
      ['Cross-entropy', 1]
    ])
    expect(rightOf(trial.predict)).toBe('Squared error')
    const squared = variantOf(view, 'Squared error')
    // "It hardly moves": of all the way from −6 to above 0 it goes a hundredth or so.
    expect(weightsOf(squared, 'output.weight')[0]).toBeLessThan(-5.9)
    expect(lossOf(squared)).toBeLessThan(squared.losses[0] ?? NaN)
  })

  it('has cross-entropy begin where log loss does', async () => {
    const view = await runTrial(lesson, blockOf(pageOf(lesson, 'Let them learn'), 'trial'))
    const [log, cross] = [variantOf(view, 'Log loss'), variantOf(view, 'Cross-entropy')]
    expect(cross.losses[0]).toBeCloseTo(log.losses[0] ?? NaN, 4)
  })

  it('is answer minus target at the output, for each pair', async () => {
    const fruit = await stepAt(lesson, { bench: 'fruit', row: 0, after: 0 })
    const p = fruit.answer(0)
    const delta = fruit.layer('output', 0).delta ?? []
    ;[0, 1, 0].forEach((t, k) => expect(delta[k]).toBeCloseTo((p[k] ?? NaN) - t, 12))
    expectStated(pageOf(lesson, 'The same δ, three times'), '0.755', delta[1] ?? NaN)
    const coin = await stepAt(lesson, { bench: 'coin', row: 1, after: 0 })
    expect(coin.layer('output', 0).delta?.[0]).toBeCloseTo((coin.answer(0)[0] ?? NaN) - 0, 12)
    const fare = await stepAt(lesson, { bench: 'fare', row: 1, after: 0 })
    expect(fare.layer('output', 0).delta?.[0]).toBe(2 * (4 - 7))
  })
})
