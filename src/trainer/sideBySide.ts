/** Trainings that go step by step beside one another, and are looked at after the same steps. */
import { createTraining, type Parameters, type Training, type TrainOptions } from '../engine'
import { errorValue, StudioError, type ErrorValue } from '../shared/errors'

/** @param step after so many of them */
export type Look = (parameters: Parameters, step: number) => void

export interface Contestant {
  readonly options: TrainOptions
  /** Makes what it is looked at with. */
  look(): Look
  /** It goes no further: its numbers are no longer finite, or its network cannot be trained. */
  failed(error: ErrorValue): void
}

interface Running {
  readonly contestant: Contestant
  readonly look: Look
  readonly training: Training
  readonly events: ReturnType<Training['events']>
}

/**
 * @param looks after so many steps, rising; 0 is before the first. A training that ends before one is looked at where it ended
 * @param turn called often; what it throws ends all of them
 */
export async function trainSideBySide(
  contestants: readonly Contestant[],
  looks: readonly number[],
  turn: () => Promise<void>
): Promise<void> {
  let running: readonly Running[] = []
  try {
    for (const contestant of contestants) {
      const one = begun(contestant)
      if (one !== null) running = [...running, one]
      await turn()
    }
    let before = 0
    for (const step of looks) {
      const going: Running[] = []
      for (const one of running) {
        const taken = await advance(one, step - before, turn)
        if (taken === step - before) going.push(one)
        else one.training.close()
        if (taken !== null && (taken > 0 || step === 0)) one.look(one.training.parameters, before + taken)
        await turn()
      }
      running = going
      before = step
    }
  } finally {
    for (const { training } of running) training.close()
  }
}

function begun(contestant: Contestant): Running | null {
  try {
    const look = contestant.look()
    const training = createTraining(contestant.options)
    return { contestant, look, training, events: training.events() }
  } catch (thrown) {
    fail(contestant, thrown)
    return null
  }
}

/** Takes so many steps, or as many as there are, and says how many; null where it broke off. */
async function advance(
  { contestant, events }: Running,
  steps: number,
  turn: () => Promise<void>
): Promise<number | null> {
  let taken = 0
  while (taken < steps) {
    try {
      const next = await events.next()
      if (next.done === true) return taken
      if (next.value.type === 'step') taken += 1
    } catch (thrown) {
      fail(contestant, thrown)
      return null
    }
    await turn()
  }
  return taken
}

/** What is wrong with one alone does not end the others; a mistake of the program does. */
function fail(contestant: Contestant, thrown: unknown): void {
  if (!(thrown instanceof StudioError)) throw thrown
  contestant.failed(errorValue(thrown))
}

/** Steps that are looked at: the ends and so many between them. */
export function lookSteps(steps: number, most: number): number[] {
  const count = Math.min(steps, most)
  return Array.from({ length: count + 1 }, (_, place) => Math.round((place * steps) / count))
}
