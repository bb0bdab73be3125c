/** Contract of every loss: a new one is tested here without touching this file. */
import { describe, expect, it } from 'vitest'
import { gradientCheck } from '../backprop/gradient-check'
import { gradients } from '../backprop/gradients'
import { ReferenceProgram } from '../executors/reference/program'
import { GraphBuilder } from '../graph/builder'
import { RandomStream } from '../random/stream'
import { tasks } from '../spec'
import {
  answersFor,
  answersTried,
  drawFor,
  drawTargets,
  drawWeights,
  lossDefaults,
  lossVariants,
  targetWidth
} from '../testing'
import { rowsFrom } from '../train/row-source'
import { answersApart } from '../train/samples'
import { defaultLoss, lossesFor, lossFor, lossSpecs, meanWeight, type LossName, type LossSpec } from '.'
import { applyLink } from './loss'

const ROWS = 7
/** As in the contract of primitives. */
const GRADIENT_TOLERANCE = 1e-6

/** A loss, a task, a number of answers, and whether rows have weights. */
const bases = lossSpecs.flatMap((loss: LossSpec<LossName>) =>
  loss.tasks.flatMap((task) =>
    answersTried[task].flatMap((answers) =>
      [false, true].map((rowWeights) => {
        const title = `${loss.name} for ${task}, ${answers} answers${rowWeights ? ', weighted rows' : ''}`
        return { loss, task, answers, rowWeights, title }
      })
    )
  )
)
const entries = bases.map((base) => ({ ...base, settings: lossDefaults(base.loss.name) }))
const variants = bases.flatMap((base) =>
  lossVariants(base.loss, base.task).map((settings) => ({
    ...{ ...base, settings },
    title: `${base.title}, ${JSON.stringify(settings)}`
  }))
)

function built(
  { loss, task, answers, rowWeights, settings }: Omit<(typeof variants)[number], 'title'>,
  draw: (units: number) => Float64Array,
  rows = ROWS
) {
  const units = loss.outputUnits(task, answers)
  const width = targetWidth(task, answers)
  const graph = new GraphBuilder()
  const logits = graph.input('logits', [rows, units])
  const wanted = graph.input('targets', [rows, width])
  const weight = rowWeights ? graph.input('weights', [rows, 1]) : null
  const value = loss.build(graph, task, logits, wanted, settings, weight)
  const output = applyLink(graph, loss.link(task), logits)
  const targets = {
    shape: [rows, width],
    data: drawTargets(new RandomStream(2, 'targets'), task, answers, rows)
  }
  const weights = rowWeights ? drawWeights(new RandomStream(4, 'weights'), rows) : new Float64Array(rows).fill(1)
  const feeds = new Map([
    ['logits', draw(units)],
    ['targets', targets.data],
    ['weights', weights]
  ])
  return { graph, logits, value, output, feeds, targets, weights, units }
}

const moderate = (units: number) => drawFor(new RandomStream(3, 'logits'), [ROWS, units])

describe.each(variants)('$title', (variant) => {
  it('is a scalar', () => {
    const { graph, value } = built(variant, moderate)
    expect(graph.shapeOf(value)).toEqual([])
  })

  it('has the gradient that central differences see', () => {
    const { graph, logits, value, feeds } = built(variant, moderate)
    const check = gradientCheck(graph, value, [logits], feeds)
    expect(check.relativeError, JSON.stringify(check.worst)).toBeLessThanOrEqual(GRADIENT_TOLERANCE)
  })

  it('stays finite at logits of ±1000, and so does its gradient', () => {
    const draw = (units: number) => new Float64Array(ROWS * units).map((_, i) => (i % 3 === 0 ? 1000 : -1000))
    const { graph, logits, value, output, feeds } = built(variant, draw)
    const [gradient = -1] = gradients(graph, value, [logits])
    const program = new ReferenceProgram(graph.graph, [value, gradient, output])
    program.run(feeds)
    expect(program.firstNonFinite()).toBeNull()
  })

  it('is the mean of its parts, each by what its rows count', () => {
    const whole = built(variant, moderate)
    const program = new ReferenceProgram(whole.graph.graph, [whole.value])
    program.run(whole.feeds)
    const { loss, settings } = variant
    let [sum, weight] = [0, 0]
    for (const [start, end] of [
      [0, 3],
      [3, ROWS]
    ] as const) {
      const part = built(
        variant,
        () => moderate(whole.units).slice(start * whole.units, end * whole.units),
        end - start
      )
      const targets = rowsFrom(whole.targets, start, end - start)
      const ofPart = new ReferenceProgram(part.graph.graph, [part.value])
      const weights = whole.weights.slice(start, end)
      ofPart.run(new Map([...part.feeds, ['targets', targets.data], ['weights', weights]]))
      const counts = meanWeight(loss, settings, targets)
      sum += counts * (ofPart.value(part.value)[0] ?? NaN)
      weight += counts
    }
    expect(weight).toBeCloseTo(meanWeight(loss, settings, whole.targets), 12)
    expect(sum / weight / (program.value(whole.value)[0] ?? NaN)).toBeCloseTo(1, 12)
  })

  it('works for a single row', () => {
    const { graph, value, feeds } = built(variant, (units) => new Float64Array(units).fill(0.5), 1)
    const program = new ReferenceProgram(graph.graph, [value])
    program.run(feeds)
    expect(program.value(value)[0]).toBeGreaterThanOrEqual(0)
  })
})

interface Row {
  /** Probabilities, or the value. */
  readonly p: readonly number[]
  /** The network's raw outputs. */
  readonly z: readonly number[]
  /** What is wanted of each output. */
  readonly wanted: readonly number[]
}

/** The mean over outputs of what each comes to. */
const meanOf = ({ p, wanted }: Row, of: (p: number, t: number) => number) =>
  sum(p.map((value, k) => of(value, wanted[k] ?? NaN))) / p.length

/** Textbook formulas of one row. */
const formulas: ReadonlyMap<string, (row: Row) => number> = new Map([
  ['squared', (row) => meanOf(row, (p, t) => (p - t) ** 2)],
  ['absolute', (row) => meanOf(row, (p, t) => Math.abs(p - t))],
  ['huber', (row) => meanOf(row, (p, t) => (Math.abs(p - t) <= 1 ? (p - t) ** 2 / 2 : Math.abs(p - t) - 0.5))],
  ['log', (row) => meanOf(row, (p, t) => -Math.log(t === 1 ? p : 1 - p))],
  ['cross-entropy', ({ p, wanted }) => -Math.log(p[wanted.indexOf(1)] ?? NaN)],
  [
    'hinge',
    ({ z, wanted }) => {
      const [first = NaN] = z
      if (z.length === 1) return Math.max(0, 1 - (wanted[0] === 1 ? first : -first))
      const right = z[wanted.indexOf(1)] ?? NaN
      return sum(z.map((value, k) => (wanted[k] === 1 ? 0 : Math.max(0, 1 - right + value)))) / z.length
    }
  ]
])

it('has a textbook formula for every loss', () => {
  expect([...formulas.keys()].sort()).toEqual(lossSpecs.map(({ name }) => name).sort())
})

describe.each(entries)('$title', (entry) => {
  it('equals the textbook formula at moderate logits', () => {
    const { loss, task } = entry
    const { graph, logits, value, output, feeds, targets, weights, units } = built(entry, moderate)
    const program = new ReferenceProgram(graph.graph, [value, output, logits])
    program.run(feeds)
    const ofRow = (node: number, row: number) => [...program.value(node).slice(row * units, (row + 1) * units)]
    const rows = [...weights].map((weight, row) => {
      const given = [...rowsFrom(targets, row, 1).data]
      const oneHot = Array.from({ length: units }, (_, k) => Number(k === given[0]))
      const wanted = answersApart(task) || units === 1 ? given : oneHot
      const ofThis = formulas.get(loss.name)?.({ p: ofRow(output, row), z: ofRow(logits, row), wanted }) ?? NaN
      return weight * ofThis
    })
    // 1e-12: the rounding of the formulas themselves.
    expect(Math.abs((program.value(value)[0] ?? NaN) / (sum(rows) / ROWS) - 1)).toBeLessThan(1e-12)
  })
})

describe('kinks', () => {
  /** The loss of one row and its slope by the logit. */
  function at(name: LossName, logit: number, target: number): readonly number[] {
    const graph = new GraphBuilder()
    const logits = graph.input('logits', [1, 1])
    const task = name === 'hinge' ? 'binary' : 'regression'
    const value = lossFor(name, task).build(
      graph,
      task,
      logits,
      graph.input('targets', [1, 1]),
      lossDefaults(name),
      null
    )
    const [slope = -1] = gradients(graph, value, [logits])
    const program = new ReferenceProgram(graph.graph, [value, slope])
    program.run(
      new Map([
        ['logits', Float64Array.of(logit)],
        ['targets', Float64Array.of(target)]
      ])
    )
    return [program.value(value)[0] ?? NaN, program.value(slope)[0] ?? NaN]
  }

  it('have the slopes that PyTorch gives them', () => {
    expect(at('absolute', 2, 2)).toEqual([0, 0])
    expect(at('huber', 2, 2)).toEqual([0, 0])
    expect(at('huber', 3, 2)).toEqual([0.5, 1])
    expect(at('huber', -5, 2)).toEqual([6.5, -1])
    expect(at('hinge', 1, 1)[0]).toBe(0)
    expect(at('hinge', 0, 0)).toEqual([1, 1])
  })
})

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

it.each(lossSpecs.map((loss: LossSpec<LossName>) => loss))(
  '$name gives every row its own weight: 0 takes it out, 2 counts it twice',
  (loss) => {
    for (const task of loss.tasks) {
      const entry = { loss, task, answers: answersFor[task], rowWeights: true, settings: lossDefaults(loss.name) }
      const { graph, value, feeds } = built(entry, moderate)
      const program = new ReferenceProgram(graph.graph, [value])
      const at = (weights: readonly number[]) => {
        program.run(new Map([...feeds, ['weights', Float64Array.from(weights)]]))
        return program.value(value)[0] ?? NaN
      }
      const alone = Array.from({ length: ROWS }, (_, row) =>
        at(Array.from({ length: ROWS }, (_, i) => Number(i === row)))
      )
      const weights = Array.from({ length: ROWS }, (_, row) => row % 3)
      expect(at(weights) / sum(alone.map((each, row) => each * (weights[row] ?? NaN)))).toBeCloseTo(1, 12)
      expect(new Set(alone).size).toBeGreaterThan(1)
    }
  }
)

describe('registry', () => {
  it('has a loss for every task, its default first', () => {
    for (const task of tasks) expect(lossesFor(task)[0]).toBe(defaultLoss(task))
    expect(lossesFor('binary')).toEqual(expect.arrayContaining(['log', 'squared', 'cross-entropy']))
    expect(lossesFor('multi-label')).toEqual(['log', 'squared'])
  })

  it('says what serves a task', () => {
    expect(() => lossFor('log', 'regression')).toThrow(
      'does not serve regression (it serves binary, multi-label); use squared or'
    )
    expect(() => lossFor('poisson', 'binary')).toThrow('There is no loss "poisson"; for binary use log or')
  })

  it.each([
    ['squared', 'regression', 1],
    ['squared', 'binary', 1],
    ['squared', 'multi-class', 3],
    ['squared', 'multi-label', 3],
    ['log', 'binary', 1],
    ['log', 'multi-label', 3],
    ['cross-entropy', 'multi-class', 3],
    ['cross-entropy', 'binary', 2],
    ['absolute', 'regression', 1],
    ['huber', 'regression', 1],
    ['hinge', 'binary', 1],
    ['hinge', 'multi-class', 3]
  ] as const)('%s for %s needs %d outputs', (name, task, units) => {
    expect(lossFor(name, task).outputUnits(task, answersFor[task])).toBe(units)
  })
})
