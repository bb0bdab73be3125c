/** Brings work back into a trainer that knows nothing of it: after its death, or at the next start of the studio. */
import { isDeepStrictEqual } from 'node:util'
import type { trainerRoutes } from '../shared/ipc/contract'
import { errorFromValue, errorValue, type ErrorValue } from '../shared/errors'
import type { RpcClient } from '../shared/rpc'
import type { Setup } from '../shared/setup'
import type { SessionView } from '../shared/views'
import { goesOn, type Work } from './open-work'

type Asked = Pick<RpcClient<Pick<typeof trainerRoutes, 'dataset.open' | 'train.continue' | 'setup.update'>>, 'call'>

export interface Reopened {
  readonly session: SessionView
  /** Whether the run of the work is in the session. */
  readonly resumed: boolean
  /** Why the run is not, or not with the settings as they were edited. */
  readonly problem: ErrorValue | null
}

/**
 * A run that had not ended is resumed from its last checkpoint, and beside it the settings are as they were edited last; without a
 * run, or where it cannot be resumed, the dataset is opened with those settings.
 * @param running the run trains on; else it waits, paused
 * @throws StudioError as `dataset.open`, when even the dataset cannot be opened; or `trainer-gone`
 */
export async function reopen(trainer: Asked, work: Work, running: boolean): Promise<Reopened> {
  const { paths, readAs, setup, run } = work
  let problem: ErrorValue | null = null
  if (goesOn(run) && run.name !== null) {
    try {
      const { session } = await trainer.call('train.continue', run.name, null, running)
      return { resumed: true, ...(await edited(trainer, session, setup)) }
    } catch (error) {
      problem = problemOf(error)
    }
  }
  return { session: await trainer.call('dataset.open', paths, setup, readAs), resumed: false, problem }
}

/** The session with the settings as they were edited, which are others than those of the run. */
async function edited(trainer: Asked, session: SessionView, setup: Setup | null): Promise<Omit<Reopened, 'resumed'>> {
  if (setup === null || isDeepStrictEqual(session.setup?.setup, setup)) return { session, problem: null }
  try {
    return { session: { ...session, setup: await trainer.call('setup.update', setup) }, problem: null }
  } catch (error) {
    return { session, problem: problemOf(error) }
  }
}

/** What can be lived with. @throws StudioError `trainer-gone`, after which nothing more can be asked */
function problemOf(error: unknown): ErrorValue {
  const value = errorValue(error)
  if (value.code === 'trainer-gone') throw errorFromValue(value)
  return value
}
