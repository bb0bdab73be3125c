/** Each rule by real trainings: one that has what it looks for, and the same one cured, or a healthy one. */
import { describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { provideKernels } from '../executors/wasm/kernels'
import { layerSpecs } from '../layers'
import { activations } from '../activations'
import { scheduleSpecs } from '../schedules'
import { weightInitializers } from '../initializers'
import { compileModel, initializeParameters, type Parameters } from '../model/model'
import { modelSpecOf } from '../model/spec-of'
import { RandomStream } from '../random/stream'
import type { LayerNode, Task } from '../spec'
import { denseNode } from '../testing'
import type { Samples } from '../train/samples'
import type { TrainOptions } from '../train/training'
import { doctorRules, examine, type Finding, type Patient } from '.'
import { curedBy, patientsOf } from './testing'

provideKernels(kernelBytes)

interface Kind {
  readonly task: Task
  readonly features: number
  /** Row → features and target. */
  readonly draw: (random: RandomStream, row: number) => { readonly x: readonly number[]; readonly y: number }
}

const uniform = (random: RandomStream) => 2 * random.uniform() - 1

/** Class 1 where both coordinates have the same sign. */
const cross: Kind = {
  task: 'binary',
  features: 2,
  draw(random) {
    const x = [1.7 * uniform(random), 1.7 * uniform(random)]
    return { x, y: Number((x[0] ?? 0) * (x[1] ?? 0) > 0) }
  }
}

/** Classes by the toss of a coin: nothing to learn but the rows by heart. */
const coins: Kind = {
  task: 'binary',
  features: 8,
  draw: (random) => ({ x: Array.from({ length: 8 }, () => random.normal()), y: random.below(2) })
}

/** One row in twenty is of the second class, which lies a little aside. */
const rare: Kind = {
  task: 'binary',
  features: 2,
  draw: (random, row) => {
    const y = Number(row % 20 === 0)
    return { x: [random.normal() + 0.7 * y, random.normal() + 0.7 * y], y }
  }
}

/** y = sin 3x₀ + x₁ */
const wave: Kind = {
  task: 'regression',
  features: 2,
  draw(random) {
    const x = [1.7 * uniform(random), 1.7 * uniform(random)]
    return { x, y: Math.sin(3 * (x[0] ?? 0)) + (x[1] ?? 0) }
  }
}

function samplesOf({ features, draw }: Kind, rows: number, seed: number, scale = 1): Samples {
  const random = new RandomStream(seed, 'doctor')
  const drawn = Array.from({ length: rows }, (_, row) => draw(random, row))
  const data = Float64Array.from(drawn.flatMap(({ x }) => x.map((value) => scale * value)))
  return {
    features: { shape: [rows, features], data },
    targets: { shape: [rows, 1], data: Float64Array.from(drawn, ({ y }) => y) }
  }
}

function optionsOf(
  kind: Kind,
  hidden: readonly LayerNode[],
  rate: number,
  changes: Partial<TrainOptions> = {}
): TrainOptions {
  const { task, features } = kind
  const answers = task === 'regression' ? 1 : 2
  const loss = task === 'regression' ? 'squared' : 'cross-entropy'
  return {
    model: compileModel(modelSpecOf(hidden, features, task, loss, answers)),
    ...{ task, answers, loss, batchSize: 16, epochs: 40, seed: 1 },
    optimizer: { type: 'sgd', config: { learningRate: rate, momentum: 0.9 } },
    training: samplesOf(kind, 240, 1),
    validation: samplesOf(kind, 80, 2),
    ...changes
  }
}

const relus = [denseNode('dense1', 16, 'relu'), denseNode('dense2', 8, 'relu')]
const stack = (count: number, activation: string) =>
  Array.from({ length: count }, (_, i) => denseNode(`dense${i + 1}`, 12, activation))

/** First weights times a factor. */
function enlarged(options: TrainOptions, factor: number): Parameters {
  return new Map(
    [...initializeParameters(options.model, options.seed)].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => factor * value) }
    ])
  )
}

/** Findings by the epoch at which they were found first; the rules of the last epoch too. */
async function course(options: TrainOptions, inputs: Patient['inputs'] = null) {
  const found: Finding[] = []
  let last: readonly string[] = []
  for await (const patient of patientsOf(options, inputs)) {
    const findings = examine(patient)
    for (const finding of findings) if (!found.some(({ rule }) => rule === finding.rule)) found.push(finding)
    last = findings.map(({ rule }) => rule)
  }
  return { found, rules: found.map(({ rule }) => rule), last }
}

const unscaled = (features: number, deviation: number): NonNullable<Patient['inputs']> => ({
  prepared: false,
  features: Array.from({ length: features }, (_, i) => ({ name: `f${i}`, mean: 0, deviation }))
})

const wideInputs = (scale: number) => ({
  training: samplesOf(cross, 240, 1, scale),
  validation: samplesOf(cross, 80, 2, scale)
})

interface Trial {
  readonly ill: () => TrainOptions
  readonly inputs?: Patient['inputs']
  /** The same without its trouble. */
  readonly well: () => TrainOptions
  readonly wellInputs?: Patient['inputs']
}

/** Weights that somebody chose, as the studio's settings have them. */
const constants = (count: number, activation: string, initialWeight: number) =>
  stack(count, activation).map((node) => ({
    ...node,
    config: { ...node.config, initializer: 'constant', initialWeight }
  }))

/** What has each rule's trouble. */
const trials: Record<string, Trial> = {
  'unscaled-inputs': {
    ill: () => optionsOf(cross, relus, 0.05, wideInputs(1000)),
    inputs: unscaled(2, 1000),
    well: () => optionsOf(cross, relus, 0.05),
    wellInputs: unscaled(2, 1)
  },
  'exploding-gradients': {
    ill: () => optionsOf(wave, constants(8, 'identity', 1), 0.001),
    well: () => optionsOf(wave, stack(4, 'tanh'), 0.01)
  },
  'rate-too-high': {
    ill: () => optionsOf(cross, relus, 5),
    well: () => optionsOf(cross, relus, 0.05)
  },
  'dead-units': {
    ill: () => {
      const options = optionsOf(wave, relus, 0.01)
      const first = new Map(initializeParameters(options.model, 1))
      first.set('dense1.bias', { shape: [16], data: new Float64Array(16).fill(-20) })
      return { ...options, initial: first }
    },
    well: () => optionsOf(wave, relus, 0.01)
  },
  saturation: {
    ill: () => {
      const options = optionsOf(cross, stack(2, 'tanh'), 0.001)
      return { ...options, initial: enlarged(options, 40) }
    },
    well: () => optionsOf(cross, stack(2, 'tanh'), 0.05)
  },
  'vanishing-gradients': {
    ill: () => optionsOf(cross, stack(7, 'sigmoid'), 0.1),
    well: () => optionsOf(cross, stack(7, 'relu'), 0.01)
  },
  'rate-too-low': {
    ill: () => optionsOf(cross, relus, 1e-5),
    well: () => optionsOf(wave, relus, 0.01)
  },
  overfitting: {
    ill: () => optionsOf(coins, [denseNode('dense1', 64, 'relu')], 0.02, { epochs: 80 }),
    well: () => optionsOf(cross, relus, 0.05)
  },
  'class-collapse': {
    ill: () => optionsOf(rare, relus, 0.01, { epochs: 40 }),
    well: () => optionsOf(cross, relus, 0.05)
  },
  underfitting: {
    ill: () => optionsOf(cross, [], 0.05, { epochs: 60 }),
    well: () => optionsOf(cross, relus, 0.05)
  },
  plateau: {
    ill: () =>
      optionsOf(cross, stack(1, 'tanh'), 0.05, { epochs: 100, batchSize: 2, validation: samplesOf(cross, 0, 2) }),
    well: () => optionsOf(wave, stack(1, 'tanh'), 0.01, { epochs: 100 })
  }
}

function trialOf(rule: string): Trial {
  const trial = trials[rule]
  if (trial === undefined) throw new Error(`no trial of ${rule}`)
  return trial
}

describe('the doctor', () => {
  it('has a trial of each rule, and no name twice', () => {
    expect(Object.keys(trials)).toEqual(doctorRules.map(({ name }) => name))
    expect(new Set(doctorRules.map(({ name }) => name)).size).toBe(doctorRules.length)
  })

  it('hides rules that come later alone, by names that there are', () => {
    const names = doctorRules.map(({ name }) => name)
    doctorRules.forEach(({ hides }, i) => {
      for (const each of hides) expect(names.indexOf(each)).toBeGreaterThan(i)
    })
  })
})

it.each([
  ['leaps about a valley that was reached', 4, 'the loss leaps about'],
  ['a step that threw it off', 2, 'one step threw the loss up']
])('tells %s', async (_what, seed, words) => {
  const { found } = await course(optionsOf(cross, relus, 0.3, { epochs: 100, seed }))
  expect(found.find(({ rule }) => rule === 'rate-too-high')?.sentence).toContain(words)
})

/** Mostly noise, in steps of a row each: single losses are far above the first one all the time. */
const noise: Kind = {
  task: 'regression',
  features: 2,
  draw(random) {
    const x = [random.normal(), random.normal()]
    return { x, y: 0.5 * (x[0] ?? 0) + random.normal() }
  }
}

it.each([1, 2, 4])(
  'takes the loss of a batch of %d for no sign that a step threw the network off',
  async (batchSize) => {
    for (const seed of [1, 2, 3]) {
      const { rules } = await course(optionsOf(noise, relus, 0.0005, { batchSize, seed, epochs: 20 }))
      expect(rules).not.toContain('rate-too-high')
    }
  }
)

it('takes a fall from far above for no leaping', async () => {
  const losses = [14, 5, 2.2, 2, 2.1, 1.9, 2, 0.9]
  let seen = 0
  for await (const patient of patientsOf(optionsOf(cross, relus, 0.05, { epochs: losses.length }))) {
    const epochs = patient.epochs.map((epoch, i) => ({ ...epoch, trainLoss: losses[i] ?? NaN }))
    const steps = { position: [0.1], loss: [20], learningRate: [0.05] }
    expect(examine({ ...patient, epochs, steps, constantLoss: 1 }).map(({ rule }) => rule)).not.toContain(
      'rate-too-high'
    )
    seen = epochs.length
  }
  expect(seen).toBe(losses.length)
})

/** As one that was seen, of a noisy sine: it stands still for 45 of 100 epochs, and learns after that. */
it('takes a flat stretch of not quite half the planned epochs for no underfitting', async () => {
  const lossAt = (i: number) => (i < 45 ? 0.83 + 0.012 * Math.sin(7 * i) : 0.83 - 0.011 * (i - 44))
  const hidden = [denseNode('dense1', 12, 'tanh')]
  const told: number[] = []
  for await (const patient of patientsOf(optionsOf(cross, hidden, 0.03, { epochs: 100 }))) {
    const epochs = patient.epochs.map((epoch, i) => ({ ...epoch, trainLoss: lossAt(i) }))
    if (examine({ ...patient, epochs, constantLoss: 1 }).some(({ rule }) => rule === 'underfitting')) {
      told.push(epochs.length)
    }
    // Had it gone on like that it would have been told.
    const flat = patient.epochs.map((epoch, i) => ({ ...epoch, trainLoss: lossAt(i % 45) }))
    const rules = examine({ ...patient, epochs: flat, constantLoss: 1 }).map(({ rule }) => rule)
    expect(rules.includes('underfitting')).toBe(epochs.length > 60)
  }
  expect(told).toEqual([])
})

it('says nothing of dead units where the others learn it all the same', async () => {
  const options = optionsOf(cross, [denseNode('dense1', 64, 'relu')], 0.05, { epochs: 60 })
  const first = new Map(initializeParameters(options.model, 1))
  first.set('dense1.bias', { shape: [64], data: Float64Array.from({ length: 64 }, (_, unit) => (unit < 50 ? -20 : 0)) })
  const { found, last } = await course({ ...options, initial: first })
  expect(found.map(({ rule }) => rule)).toEqual(['dead-units'])
  expect(last).toEqual([])
})

it('advises no rate far above the usual one where gradients are small', async () => {
  // As if the small steps of a small rate were taken at a rate that is none.
  const config = { learningRate: 0.01, momentum: 0.9 }
  let advised = 0
  for await (const patient of patientsOf(optionsOf(wave, relus, 1e-6))) {
    const epochs = patient.epochs.map((epoch) => ({ ...epoch, learningRate: config.learningRate }))
    const plan = { ...patient.plan, optimizer: { type: 'sgd', config } }
    for (const { cure } of examine({ ...patient, epochs, plan })) {
      if (cure.kind === 'learning-rate') advised = Math.max(advised, cure.value)
    }
  }
  // Three times that of the settings is more than the optimizer’s own with momentum 0.9.
  expect(advised).toBe(0.03)
})

it('tells the cause alone: inputs that are not scaled, not the saturation that comes of them', async () => {
  const options = optionsOf(cross, stack(2, 'tanh'), 0.01, wideInputs(1000))
  expect((await course(options)).rules).toContain('saturation')
  expect((await course(options, unscaled(2, 1000))).rules).not.toContain('saturation')
  expect((await course(options, unscaled(2, 1000))).rules).toContain('unscaled-inputs')
})

describe.each(doctorRules)('$name', ({ name }) => {
  it('is found where it is', async () => {
    const { ill, inputs = null } = trialOf(name)
    const { found, rules } = await course(ill(), inputs)
    expect(rules).toContain(name)
    for (const finding of found) wellFormed(finding)
  })

  it('is not found where it is not, nor anything else', async () => {
    const { well, wellInputs = null } = trialOf(name)
    const { found } = await course(well(), wellInputs)
    expect(found.map(({ rule, sentence }) => `${rule}: ${sentence}`)).toEqual([])
  })
})

/** Means over the last five epochs of as many as there were, Infinity where training broke off; and what was answered. */
async function outcomeOf(options: TrainOptions, inputs: Patient['inputs'] = null) {
  let last: Patient | null = null
  for await (const patient of patientsOf(options, inputs)) last = patient
  if (last === null) throw new Error('no epoch ended')
  const { epochs, diverged, classes } = last
  const meanOf = (losses: readonly (number | null)[]) =>
    diverged ? Infinity : losses.slice(-5).reduce<number>((sum, loss) => sum + (loss ?? NaN) / 5, 0)
  return {
    training: meanOf(epochs.map(({ trainLoss }) => trainLoss)),
    validation: meanOf(epochs.map(({ validationLoss }) => validationLoss)),
    rareAnswers: classes?.answers?.[1] ?? 0
  }
}

describe.each(doctorRules)('the cure of $name', ({ name }) => {
  it.each([1, 2, 3])('helps: seed %d', async (seed) => {
    const { ill, inputs = null } = trialOf(name)
    const options = { ...ill(), seed }
    const { found } = await course(options, inputs)
    const finding = found.find(({ rule }) => rule === name)
    if (finding === undefined) throw new Error(`${name} was not found`)
    // Rows without the trouble are drawn like those with it.
    const scaled = { training: samplesOf(cross, 240, 1), validation: samplesOf(cross, 80, 2) }
    const cured = curedBy(options, finding.cure, scaled)
    const [before, after] = [await outcomeOf(options, inputs), await outcomeOf(cured)]
    if (name === 'class-collapse') {
      // Its loss counts other rows more, so that only the answers can be compared.
      expect(before.rareAnswers).toBeLessThan(2)
      expect(after.rareAnswers).toBeGreaterThan(8)
    } else if (name === 'overfitting') {
      expect(after.validation).toBeLessThan(0.8 * before.validation)
    } else {
      expect(after.training).toBeLessThan(0.8 * before.training)
    }
    expect((await course(cured)).last).not.toContain(name)
  })
})

it('bounds the gradient where first weights of a file are too large', async () => {
  const options = optionsOf(wave, stack(8, 'identity'), 0.01)
  const ill = { ...options, initial: enlarged(options, 2) }
  const [finding] = (await course(ill)).found
  expect(finding).toMatchObject({ rule: 'exploding-gradients', cure: { kind: 'gradient-norm-clip' } })
  if (finding === undefined) throw new Error('nothing was found')
  const [before, after] = [await outcomeOf(ill), await outcomeOf(curedBy(ill, finding.cure))]
  expect(after.training).toBeLessThan(0.1 * before.training)
})

describe('units that steps too large have brought to where they are stuck', () => {
  const adam = (learningRate: number) => ({ type: 'adam', config: { learningRate } })
  it.each([
    ['dead-units', 'relu', 1],
    ['dead-units', 'relu', 2],
    ['saturation', 'tanh', 1],
    ['saturation', 'tanh', 2]
  ])('%s: the cure is a lower rate, and it helps (%s, seed %d)', async (rule, activation, seed) => {
    const options = { ...optionsOf(cross, stack(2, activation), 0, { seed }), optimizer: adam(0.7) }
    const finding = (await course(options)).found.find((each) => each.rule === rule)
    expect(finding?.cure).toMatchObject({ kind: 'learning-rate', anew: true })
    expect(finding?.sentence).toMatch(/too large/)
    if (finding === undefined) throw new Error('nothing was found')
    const [before, after] = [await outcomeOf(options), await outcomeOf(curedBy(options, finding.cure))]
    expect(after.training).toBeLessThan(0.5 * before.training)
  })

  it('names one cure once', async () => {
    const options = { ...optionsOf(cross, stack(2, 'relu'), 0), optimizer: adam(0.7) }
    for await (const patient of patientsOf(options)) {
      const kinds = examine(patient).map(({ cure }) => cure.kind)
      expect(new Set(kinds).size).toBe(kinds.length)
    }
  })
})

describe('a run that is paused or ends before much is known', () => {
  const settledAt = async (options: TrainOptions, epochs: number, inputs: Patient['inputs'] = null) => {
    for await (const patient of patientsOf(options, inputs))
      if (patient.epochs.length === epochs || patient.diverged) return examine({ ...patient, settled: true })
    throw new Error('it was not trained so long')
  }

  it.each([
    'unscaled-inputs',
    'exploding-gradients',
    'dead-units',
    'saturation',
    'vanishing-gradients',
    'rate-too-low'
  ])('is told of %s after its first epoch', async (rule) => {
    const { ill, inputs = null } = trialOf(rule)
    const findings = await settledAt(ill(), 1, inputs)
    expect(findings.map((each) => each.rule)).toEqual([rule])
    for (const finding of findings) wellFormed(finding)
  })

  it('is told of a rate too high after its first epoch, by the loss or by the units that it has killed', async () => {
    const [deep] = await settledAt(trialOf('rate-too-high').ill(), 1)
    const [line] = await settledAt(optionsOf(wave, [], 20), 1)
    expect(deep?.cure.kind).toBe('learning-rate')
    expect(line).toMatchObject({ rule: 'rate-too-high', cure: { kind: 'learning-rate', anew: true } })
  })

  it('is told nothing where all is well, at whatever epoch', async () => {
    for (const { well, wellInputs = null } of Object.values(trials))
      for await (const patient of patientsOf(well(), wellInputs))
        expect(examine({ ...patient, settled: true })).toEqual([])
  })
})

/** A sentence with numbers and without NaN, a chart with points, a cure that there is. */
function wellFormed({ sentence, evidence, cure }: Finding): void {
  expect(sentence).toMatch(/\d.*\.$/)
  expect(sentence).not.toMatch(/NaN|Infinity|undefined/)
  expect(evidence.lines.length).toBeGreaterThan(0)
  for (const { x, y } of evidence.lines) {
    expect(x).toHaveLength(y.length)
    expect([...x, ...y].every(Number.isFinite)).toBe(true)
  }
  expect(evidence.lines.some(({ x }) => x.length > 0)).toBe(true)
  if (cure.kind === 'activation') expect(activations.map((each) => each.name as string)).toContain(cure.to)
  if (cure.kind === 'initializer') expect(weightInitializers.map((each) => each.name)).toContain(cure.to)
  if (cure.kind === 'schedule') {
    const fields = scheduleSpecs.find(({ type }) => type === cure.type)?.fields.map(({ key }) => key)
    expect(Object.keys(cure.config).sort()).toEqual([...(fields ?? [])].sort())
  }
  if (cure.kind === 'dropout') expect(layerSpecs.map(({ type }) => type)).toContain('dropout')
}
