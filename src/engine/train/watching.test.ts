/** Looks at the layers while a training goes on. */
import { beforeAll, describe, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import type { ExecutorName } from '../executors/training-executor'
import { provideKernels } from '../executors/wasm/kernels'
import type { Parameters } from '../model/model'
import { bitsOf, pulled, smallTraining } from './testing/trainings'
import { createTraining, type TrainEvent } from './training'

const layersOf = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'epoch' ? [event.layers] : []))
const withoutLayers = (events: readonly TrainEvent[]) =>
  events.map((event) => (event.type === 'epoch' ? { ...event, layers: null } : event))

/** ‖now − before‖ / ‖now‖ of a layer. */
function updateRatio(layer: string, now: Parameters, before: Parameters): number {
  const names = ['weight', 'bias'].map((name) => `${layer}.${name}`)
  const numbers = (from: Parameters) => names.flatMap((name) => [...(from.get(name)?.data ?? [])])
  const past = numbers(before)
  return Math.hypot(...numbers(now).map((value, i) => value - (past[i] ?? NaN))) / Math.hypot(...numbers(now))
}

beforeAll(() => provideKernels(kernelBytes))

describe.each<ExecutorName>(['reference', 'wasm'])('by the %s executor', (executor) => {
  const options = smallTraining({ executor, watch: true })

  it('are taken after every milestone, and change nothing', async () => {
    const [watched, alone] = [createTraining(options), createTraining({ ...options, watch: false })]
    const [events, expected] = [await pulled(watched), await pulled(alone)]
    expect(layersOf(expected)).toEqual([null, null, null])
    expect(layersOf(events).map((layers) => layers?.map(({ layer }) => layer))).toEqual(
      Array.from({ length: 3 }, () => ['dense1', 'bn1', 'drop1', 'dense2', 'output'])
    )
    expect(withoutLayers(events)).toEqual(expected)
    expect(bitsOf(watched.state())).toEqual(bitsOf(alone.state()))
  })

  it('know how far the last step moved the weights, at every pace', async () => {
    const training = createTraining(options)
    await pulled(training, 3)
    const before = training.parameters
    await pulled(training, 1)
    const after = training.parameters
    const slow = await pulled(training)
    const first = layersOf(slow)[0]?.find(({ layer }) => layer === 'dense2')
    expect(first?.weights?.updateRatio).toBeCloseTo(updateRatio('dense2', after, before), 12)
    expect(first?.weights?.updateRatio).toBeGreaterThan(0)
    const fast = await pulled(createTraining(options), Infinity, 64)
    expect(fast.slice(4)).toEqual(slow)
  })

  it('do not know it where the training went on after that step, and all else', async () => {
    const whole = await pulled(createTraining(options))
    for (const left of [2, 4]) {
      const training = createTraining(options)
      await pulled(training, left)
      const events = await pulled(createTraining({ ...options, from: structuredClone(training.state()) }))
      const [first, ...others] = layersOf(events)
      const [expected, ...rest] = layersOf(whole)
      expect(others).toEqual(rest)
      expect(withoutLayers(events)).toEqual(withoutLayers(whole.slice(left)))
      const unknown = expected?.map(({ weights, ...layer }) => {
        return { ...layer, weights: weights === null ? null : { ...weights, updateRatio: null } }
      })
      expect(first).toEqual(left === 4 ? unknown : expected)
    }
  })
})

it('become fewer the longer the run lasts', async () => {
  const events = await pulled(createTraining(smallTraining({ watch: true, epochs: 260, batchSize: 20 })), Infinity, 64)
  const looks = layersOf(events).flatMap((layers, i) => (layers === null ? [] : [i + 1]))
  expect(looks).toEqual([...Array.from({ length: 256 }, (_, i) => i + 1), 258, 260])
})
