/** What runs are called, for people and as folders. */

/** Characters of a dataset's name in that of a folder: file systems allow 255 bytes, and a character may take four. */
const NAME_LENGTH = 40

/** The name of a file without its ending. */
export function stem(fileName: string): string {
  return fileName.replace(/\.[^.]*$/, '') || 'dataset'
}

/** Of the folder of a run: dataset, time in UTC, and the beginning of its id. */
export function folderName(fileName: string, runId: string, now = new Date()): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-')
  return `${stem(fileName).slice(0, NAME_LENGTH)}-${stamp}-${runId.slice(0, 4)}`
}
