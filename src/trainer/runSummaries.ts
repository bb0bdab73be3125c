/** What was read of the kept runs last: a list of thousands is made anew from the few whose folders have changed since. */
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { listRuns, summaryOf } from '../project'
import type { RunSummary } from '../shared/run-views'

/**
 * In a run's folder. What is put in place by renaming, as whole files are, shows in the time of the folder itself; the log is
 * appended to; what people can read they may also edit.
 */
const WATCHED = ['.', 'checkpoints', 'events.log', 'notes.json', 'plan.json', 'run.json']
/** Clocks of file systems go in steps of up to 2 s (FAT): what changes within the step in which it was read goes unseen. */
const CLOCK_STEP_MS = 2500

interface Read {
  readonly signature: string
  readonly summary: RunSummary | null
}

export class RunSummaries {
  private read: ReadonlyMap<string, Read> = new Map()
  /** Settings that are alike are one object for all runs: it is kept once, and sent once to a window. */
  private readonly settings = new Map<string, RunSummary['settings'][number]>()

  constructor(private readonly folder: string) {}

  /** As `listRuns`. */
  async list(): Promise<RunSummary[]> {
    const read = new Map<string, Read>()
    const runs = await listRuns(this.folder, async (path, name) => {
      const now = Date.now()
      const { signature, changedMs } = await stateOf(path)
      const known = this.read.get(name)
      const summary = known?.signature === signature ? known.summary : this.shared(await summaryOf(path, name))
      // That its owner has died shows in no file.
      if (summary?.status !== 'running' && changedMs < now - CLOCK_STEP_MS) read.set(name, { signature, summary })
      return summary
    })
    this.read = read
    return runs
  }

  private shared(summary: RunSummary | null): RunSummary | null {
    if (summary === null) return null
    const settings = summary.settings.map((setting) => {
      const id = JSON.stringify([setting.key, setting.label, setting.value])
      const known = this.settings.get(id)
      if (known === undefined) this.settings.set(id, setting)
      return known ?? setting
    })
    return { ...summary, settings }
  }
}

async function stateOf(path: string): Promise<{ signature: string; changedMs: number }> {
  const states = await Promise.all(
    WATCHED.map((name) =>
      lstat(join(path, name)).then(
        ({ ino, size, mtimeMs, ctimeMs }) => ({ text: `${ino} ${size} ${mtimeMs} ${ctimeMs}`, mtimeMs }),
        () => ({ text: 'none', mtimeMs: 0 })
      )
    )
  )
  return {
    signature: states.map(({ text }) => text).join(','),
    changedMs: Math.max(...states.map(({ mtimeMs }) => mtimeMs))
  }
}
