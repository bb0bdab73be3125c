/** Reading what a command is given: one file, or files for training, validation and test as one table. */
import { basename } from 'node:path'
import { readTables, type ReadOptions, type Table } from '../data'
import type { SplitSetting } from '../shared/column-setting'
import { usageError } from './failure'
import type { PartFiles } from './split-flags'

export interface PartTables {
  readonly table: Table
  /** What the files say of the split; undefined where there is one file. */
  readonly split: SplitSetting | undefined
}

/** @throws StudioError of `readTables` */
export async function readParts(file: string, parts: PartFiles, options: ReadOptions): Promise<PartTables> {
  const paths = [file, parts.validation ?? [], parts.test ?? []].flat()
  const table = await readTables(paths, options)
  if (paths.length === 1) return { table, split: undefined }
  const names = table.joined?.files.map(({ fileName }) => fileName) ?? []
  if (table.joined === undefined || names.length < paths.length) {
    throw usageError(
      `--validation-data and --test-data: one of the files holds the labels of "${basename(file)}"; name the files of the images, their labels are found beside them`
    )
  }
  const [, ...others] = names
  const validationNames = parts.validation === undefined ? [] : others.slice(0, 1)
  const split = {
    by: 'fixed' as const,
    column: table.joined.column,
    validation: validationNames,
    test: parts.test === undefined ? [] : others.slice(validationNames.length)
  }
  return { table, split }
}
