import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { StepColumns } from '../project'
import type { LiveMessage } from '../shared/ipc/contract'
import type { RunFacts } from '../shared/run-views'
import { setupSchema, trainingSettings } from '../shared/setup'
import type { EpochPoint, RunProgress, SetupView } from '../shared/views'
import { CREDIT, FRAME_MS, LiveStream, type LivePort } from './liveStream'

const session = {
  dataset: null,
  setup: null,
  run: null,
  crossValidation: null,
  rateTest: null,
  depthExperiment: null,
  lossLab: null,
  gradientCheck: null
}
const setupView: SetupView = {
  setup: v.parse(setupSchema, {
    ...trainingSettings(),
    target: 'y',
    task: 'regression',
    loss: 'squared',
    ignored: [],
    layers: [],
    optimizer: { type: 'sgd', config: {} }
  }),
  prepared: null,
  findings: [],
  associations: [],
  checking: false,
  error: null
}
const now: RunProgress = {
  status: 'running',
  epoch: 1,
  epochs: 10,
  step: 1,
  stepsPerEpoch: 4,
  elapsedMs: 1,
  remainingMs: null,
  remainingRangeMs: null,
  rowsPerSecond: null
}
const progress = () => now
const oneStep = (step: number, loss: number): StepColumns => ({
  first: step,
  positions: Float64Array.of(step / 10),
  elapsedMs: Float64Array.of(step),
  losses: Float64Array.of(loss),
  rates: Float64Array.of(0.1)
})
const epochPoint = (epoch: number): EpochPoint => ({
  epoch,
  trainLoss: 1,
  validationLoss: 1,
  trainMetrics: {},
  metrics: {},
  learningRate: 0.1,
  best: true,
  step: 10 * epoch,
  elapsedMs: 10 * epoch,
  layers: null
})

const noFacts: RunFacts = {
  title: '',
  startedAt: '',
  parent: null,
  changes: [],
  moments: [],
  baselines: { models: [], working: false, verdict: null, error: null },
  findings: [],
  kept: { name: null, checkpointStep: null, problem: null, weightsSha256: null },
  gradientChecks: { summary: null, asked: [] },
  repeats: null
}

function connected() {
  let time = 1000
  const sent: LiveMessage[] = []
  const port: LivePort = { postMessage: (message) => sent.push(message), close: () => undefined }
  const stream = new LiveStream(() => time)
  stream.connect(port, session)
  return { stream, port, sent, advance: (ms: number) => (time += ms) }
}

describe('LiveStream', () => {
  it('begins with hello and the whole state, and numbers every message', () => {
    const { stream, sent } = connected()
    stream.frame({ runId: 'a', progress })
    expect(sent.map((message) => [message.type, message.seq])).toEqual([
      ['hello', 1],
      ['frame', 2]
    ])
  })

  it('stops at the credit of a window that does not answer, and loses no epoch', () => {
    const { stream, port, sent, advance } = connected()
    for (let epoch = 1; epoch <= 5000; epoch += 1) {
      advance(FRAME_MS)
      stream.frame({ runId: 'a', progress, epoch: epochPoint(epoch), steps: oneStep(epoch, epoch === 4000 ? 99 : 1) })
    }
    expect(sent).toHaveLength(CREDIT)
    advance(FRAME_MS)
    stream.acknowledge(port)
    expect(sent).toHaveLength(CREDIT + 1)
    const epochs = sent.flatMap((message) =>
      message.type === 'frame' ? message.epochs.map((point) => point.epoch) : []
    )
    expect(epochs).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1))
    const last = sent.at(-1)
    if (last?.type !== 'frame') throw new Error('expected a frame')
    expect(last.steps.loss.length).toBeLessThanOrEqual(64)
    expect(last.steps.loss).toContain(99)
  })

  it('sends at most one frame in FRAME_MS', () => {
    const { stream, port, sent, advance } = connected()
    for (let step = 0; step < 100; step += 1) {
      advance(1)
      stream.frame({ runId: 'a', progress })
      stream.acknowledge(port)
    }
    expect(sent.filter((message) => message.type === 'frame').length).toBeLessThanOrEqual(Math.ceil(100 / FRAME_MS))
  })

  it('sends the whole state to a window that connects anew, and nothing to the old one', () => {
    const { stream, sent } = connected()
    const again: LiveMessage[] = []
    const second: LivePort = { postMessage: (message) => again.push(message), close: () => undefined }
    stream.connect(second, session)
    stream.run(null)
    expect(sent).toHaveLength(1)
    expect(again.map((message) => message.type)).toEqual(['hello', 'run'])
  })

  it('sends only the newest of what a reading tells, and no check of a dataset that was closed', () => {
    const { stream, port, sent } = connected()
    for (let count = 1; count < CREDIT; count += 1) stream.run(null)
    const reading = (rows: number) => ({ fileName: 'a.csv', bytes: rows, totalBytes: 9, rows, rowsPerSecond: null })
    stream.reading(reading(1))
    stream.reading(reading(2))
    stream.setup(setupView)
    stream.dataset(null, null)
    for (let count = 0; count < CREDIT; count += 1) stream.acknowledge(port)
    expect(sent.slice(CREDIT).map(({ type }) => type)).toEqual(['dataset', 'reading'])
    expect(sent.at(-1)).toMatchObject({ reading: { rows: 2 } })
    stream.setup(setupView)
    expect(sent.at(-1)).toMatchObject({ type: 'setup', setup: setupView })
  })

  it('sends only the newest of what a cross-validation tells', () => {
    const { stream, port, sent } = connected()
    for (let count = 1; count < CREDIT; count += 1) stream.run(null)
    const view = { state: 'running', folds: 3, fold: 1, epochs: 9, elapsedMs: 1, results: [], summary: null } as const
    for (const epoch of [1, 2, 3]) stream.crossValidation({ ...view, epoch, error: null })
    stream.acknowledge(port)
    stream.acknowledge(port)
    expect(sent.slice(CREDIT)).toMatchObject([{ type: 'cross-validation', crossValidation: { epoch: 3 } }])
  })

  it('lets a whole run replace the frame that was waiting', () => {
    const { stream, port, sent } = connected()
    for (let count = 1; count < CREDIT; count += 1) stream.run(null)
    stream.frame({ runId: 'a', progress, epoch: epochPoint(1) })
    stream.run(null)
    stream.acknowledge(port)
    stream.acknowledge(port)
    expect(sent.filter((message) => message.type === 'frame')).toHaveLength(0)
    expect(sent.filter((message) => message.type === 'run')).toHaveLength(CREDIT)
  })

  it('sends facts as they are when they are sent, once for all the times they changed, and not beside a whole run', () => {
    const { stream, port, sent } = connected()
    for (let count = 1; count < CREDIT; count += 1) stream.run(null)
    let title = 'before'
    const facts = () => ({ ...noFacts, title })
    stream.facts('a', facts)
    stream.facts('a', facts)
    stream.runs()
    title = 'after'
    for (let count = 0; count < 3; count += 1) stream.acknowledge(port)
    expect(sent.slice(CREDIT)).toMatchObject([{ type: 'facts', facts: { title: 'after' } }, { type: 'runs' }])
    for (let count = 0; count < 2; count += 1) stream.runs()
    stream.facts('a', facts)
    stream.run(null)
    for (let count = 0; count < CREDIT; count += 1) stream.acknowledge(port)
    expect(sent.slice(CREDIT + 2).map(({ type }) => type)).not.toContain('facts')
  })
})
