/** The work of last time: told, brought back, forgotten. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { StudioError } from '../shared/errors'
import type { mainRoutes } from '../shared/ipc/contract'
import type { Handlers } from '../shared/rpc'
import type { SavedSessions } from './saved-session'
import type { Trainer } from './trainer'

type SessionRequest = 'session.saved' | 'session.restore' | 'session.forget'

export function sessionRequests(
  saved: SavedSessions,
  trainer: Pick<Trainer, 'reopenWork'>
): Pick<Handlers<typeof mainRoutes>, SessionRequest> {
  return {
    'session.saved': () => saved.view(),
    'session.restore': async () => {
      const work = await saved.saved()
      if (work === null) {
        throw new StudioError('no-saved-session', 'There is no work of last time to bring back. Open a dataset.')
      }
      await requireThere(work.paths)
      return trainer.reopenWork(work)
    },
    'session.forget': async () => {
      await saved.forget()
      return null
    }
  }
}

/**
 * Paths stay in main, so the message names the file alone.
 * @throws StudioError `saved-file-missing`; what was kept stays kept
 */
export async function requireThere(paths: readonly string[]): Promise<void> {
  const found = await Promise.all(paths.map((file) => stat(file).catch(() => null)))
  const missing = paths.find((_file, index) => found[index] === null)
  if (missing === undefined) return
  const fileName = path.basename(missing)
  throw new StudioError(
    'saved-file-missing',
    `"${fileName}" is not where it was when the studio ended. Put it back there, or connect the drive that it is on, and choose ` +
      '"Go on" again; your settings and the run wait for it.',
    { file: fileName }
  )
}
