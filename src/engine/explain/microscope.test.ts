import { describe, expect, it } from 'vitest'
import { defaultsOf } from '../fields'
import { optimizerSpecs } from '../optimizers'
import { frozenStep } from '../train/frozen-step'
import { stateSource } from '../train/step-graph'
import { smallTraining, trainings } from '../train/testing/trainings'
import { createTraining, type TrainOptions, type Training } from '../train/training'
import { Microscope } from './microscope'

/** @returns the loss of the last of so many steps */
async function lossAfter(training: Training, steps: number): Promise<number> {
  let taken = 0
  for await (const event of training.events()) {
    if (event.type === 'step' && ++taken === steps) return event.loss
  }
  throw new Error('Training ended before')
}

/** The next step of a training, as it will be taken. */
function nextStep(options: TrainOptions, training: Training): Microscope {
  return new Microscope({ ...frozenStep({ ...options, from: training.state() }), asTraining: true })
}

describe('Microscope', () => {
  it.each(trainings)('is the very step that training takes next: %s', async (_, options) => {
    const exact = { ...options, executor: 'reference' as const }
    const training = createTraining(exact)
    await lossAfter(training, 3)
    const microscope = nextStep(exact, training)
    expect(microscope.loss).toBe(await lossAfter(training, 1))
    const { tensors } = training.state()
    for (const { name } of microscope.subject.problem.model.parameters) {
      const { after, state } = microscope.parameter(name)
      expect(after, name).toEqual(tensors.get(name))
      for (const each of state) expect(each.after, each.slot).toEqual(tensors.get(stateSource(each.slot, name)))
    }
  })

  it.each(optimizerSpecs.map(({ type, fields }) => ({ type, config: defaultsOf(fields) })))(
    'is the very step of $type',
    async (optimizer) => {
      const options = smallTraining({ optimizer, executor: 'reference' })
      const training = createTraining(options)
      await lossAfter(training, 4)
      const microscope = nextStep(options, training)
      await lossAfter(training, 1)
      const { tensors } = training.state()
      expect(microscope.parameter('dense1.weight').after).toEqual(tensors.get('dense1.weight'))
    }
  )
})
