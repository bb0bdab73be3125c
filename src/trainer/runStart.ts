/** What a kept run was begun with, of this studio or an earlier one. */
import { loadRun, readPlan, type Plan } from '../project'
import { StorageError } from '../shared/errors'
import type { ReadAs } from '../shared/read-as'
import type { Setup } from '../shared/setup'

export interface RunStart {
  readonly id: string
  readonly title: string
  readonly startedAt: string
  readonly setup: Setup
  readonly parent: Plan['parent']
  /** Name of the folder of the run that it repeats. */
  readonly repeats: Plan['repeats']
  readonly initialWeights: Plan['initialWeights']
  /** Null where that was not kept. */
  readonly executor: Plan['executor']['name'] | null
  readonly data: {
    readonly fileName: string
    readonly sha256: string
    readonly readAs: ReadAs
    /** None where they were not kept, as in runs of earlier studios. */
    readonly paths: readonly string[]
  }
}

/** @throws StorageError as `readPlan` and `loadRun` */
export async function startOfRun(folder: string): Promise<RunStart> {
  try {
    const { data, executor, ...plan } = await readPlan(folder)
    return { ...plan, executor: executor.name, data: { ...data, readAs: data.readAs ?? {} } }
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.code !== 'plan-missing') throw thrown
    const { record } = await loadRun(folder)
    const { id, createdAt, setup, initialWeights, executor, data } = record
    const title = data.fileName.replace(/\.[^.]*$/, '')
    return {
      ...{ id, title, startedAt: createdAt, setup, initialWeights, parent: null, repeats: null },
      executor: executor?.name ?? null,
      data: { ...data, readAs: data.readAs ?? {}, paths: [] }
    }
  }
}
