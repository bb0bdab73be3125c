import * as v from 'valibot'
import { StorageError } from '../shared/errors'

const versionSchema = v.object({ formatVersion: v.pipe(v.number(), v.integer(), v.minValue(1)) })

/**
 * Refuses what a newer studio has written, before it is taken for damage.
 * @param json of a file of the run
 * @param known the newest format of that file that this studio reads
 * @throws StorageError `run-too-new`
 */
export function requireKnownFormat(folder: string, json: unknown, known: number): void {
  const version = v.safeParse(versionSchema, json)
  if (!version.success || version.output.formatVersion <= known) return
  throw new StorageError(
    'run-too-new',
    `The run "${folder}" has format ${version.output.formatVersion}; this studio reads up to ${known}. Open it with a newer studio.`,
    { path: folder, formatVersion: version.output.formatVersion }
  )
}
