/** Files that are opened together. */

/** Files that one dataset may be made of. */
export const MAX_FILES = 100

/** What the dataset is called: by its file, by both of two, else by how many there are. */
export function nameOfFiles(fileNames: readonly string[]): string {
  return fileNames.length <= 2 ? fileNames.join(' + ') : `${fileNames.length} files`
}

/** The message for more of them. */
export function tooManyFiles(files: number): string {
  return `${files} files were given; a dataset is made of at most ${MAX_FILES}. Put their rows into fewer files, or images into one folder.`
}
