/** Keeps the datasets that are made in the studio as files, so that they are opened, found again and used like any other. */
import { mkdir, readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { madeFile } from '../data'
import type { MadeDataset } from '../shared/made-dataset'
import { writeFileAtomic } from './atomic'
import { writeError } from './storage-error'

/**
 * Writes the dataset into the folder, under a name that no file there has: `Spirals.csv`, `Spirals 2.csv`, …
 * @returns its path
 * @throws ConfigError as `madeFile`; StorageError; nothing is left behind then
 */
export async function keepMadeDataset(folder: string, made: MadeDataset): Promise<string> {
  const { name, text } = madeFile(made)
  const path = join(folder, await freeName(folder, name))
  await writeFileAtomic(path, new TextEncoder().encode(text))
  return path
}

async function freeName(folder: string, name: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true })
    // Some file systems take `A.csv` and `a.csv` for one.
    const taken = new Set((await readdir(folder)).map((each) => each.toLowerCase()))
    const { name: stem, ext } = parse(name)
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${stem} ${number}${ext}`
      if (!taken.has(candidate.toLowerCase())) return candidate
    }
  } catch (thrown) {
    throw writeError(folder, thrown)
  }
}
