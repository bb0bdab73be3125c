/** What runs are called, for people and as folders. */
import { readdir } from 'node:fs/promises'

/** Characters of a dataset's name in that of a folder: file systems allow 255 bytes, and a character may take four. */
const NAME_LENGTH = 40

/** The name of a file without its ending. */
export function stem(fileName: string): string {
  return fileName.replace(/\.[^.]*$/, '') || 'dataset'
}

/** For people: the dataset's name, numbered from the second run on that is kept of it. */
export async function freshTitle(runsFolder: string, fileName: string): Promise<string> {
  const name = stem(fileName)
  const beginning = `${name.slice(0, NAME_LENGTH)}-`
  const folders = await readdir(runsFolder).catch(() => [])
  const before = folders.filter(
    (folder) => folder.startsWith(beginning) && STAMPED.test(folder.slice(beginning.length))
  ).length
  return before === 0 ? name : `${name} ${before + 1}`
}

/** What follows the dataset's name in that of a folder. */
const STAMPED = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-[0-9a-f]{4}$/

/** Of the folder of a run: dataset, time in UTC, and the beginning of its id. */
export function folderName(fileName: string, runId: string, now = new Date()): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-')
  return `${stem(fileName).slice(0, NAME_LENGTH)}-${stamp}-${runId.slice(0, 4)}`
}
