/** Where images come from: a folder, or a zip archive, with a folder inside for each class; or what a table names. */
import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Cancelled, DataFormatError } from '../../shared/errors'
import { compareCodePoints } from '../numbers'
import type { ZipArchive } from '../zip'
import { readError } from './read-error'
import { readWholeFile } from './whole-file'

export interface ImageFile {
  /** Inside the folder or archive, with `/` between folders. */
  readonly name: string
  readonly bytes: number
  /** Differs when the content does; null where that is not certain. */
  readonly version: string | null
  /** @throws DataFormatError; Cancelled */
  read(signal?: AbortSignal): Promise<Buffer>
}

export interface FoundFiles {
  /** Those with the name of an image, by code point. */
  readonly images: readonly ImageFile[]
  /** Names of other files, which are passed over. */
  readonly others: readonly string[]
}

export const mostImageFiles = 200_000
/** Folders inside folders. */
const deepest = 16
/** A larger file is no image to learn from. */
export const mostFileBytes = 128 * 2 ** 20
/** Milliseconds: a file that was written to this lately may be written to again in the same tick of the disk's clock. */
const settled = 2000

/** Names that images have, of kinds that cannot be read too: those are told of rather than passed over. */
const imageName = /\.(png|jpe?g|jfif|webp|bmp|dib|tiff?|gif|svg|avif|heic)$/i
/** What systems put into folders unasked. */
const litter = /^(\..*|thumbs\.db|desktop\.ini|__macosx)$/i

/** @throws DataFormatError `too-many-files`, `unreadable-file`; Cancelled */
export async function filesOfFolder(folder: string, folderName: string, signal?: AbortSignal): Promise<FoundFiles> {
  const found: ImageFile[] = []
  const visit = async (inside: string, depth: number): Promise<void> => {
    if (signal?.aborted) throw new Cancelled()
    for (const entry of await readdir(join(folder, inside), { withFileTypes: true })) {
      if (litter.test(entry.name)) continue
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`
      const path = join(folder, name)
      if (entry.isDirectory()) {
        if (depth < deepest) await visit(name, depth + 1)
        continue
      }
      // A link counts as the file it leads to; links to folders may lead in a circle.
      const stats = await stat(path).catch(() => null)
      if (stats?.isFile() !== true) continue
      if (found.length >= mostImageFiles) throw tooMany(folderName)
      found.push(imageFile(name, path, stats))
    }
  }
  try {
    await visit('', 0)
  } catch (thrown) {
    throw readError(thrown, folderName)
  }
  return parted(found)
}

/** A file on the disk. */
export function imageFile(name: string, path: string, stats: Stats): ImageFile {
  const { size, mtimeMs, ctimeMs, ino } = stats
  return {
    name,
    bytes: size,
    version: Date.now() - mtimeMs < settled ? null : `${ino} ${size} ${mtimeMs} ${ctimeMs}`,
    read: async () => Buffer.from(await readWholeFile(path, mostFileBytes))
  }
}

export function filesOfZip(zip: ZipArchive): FoundFiles {
  return parted(
    zip.entries
      .filter(({ name }) => !name.split('/').some((part) => litter.test(part)))
      .map((entry) => ({
        name: entry.name,
        bytes: entry.bytes,
        version: `${entry.bytes} ${entry.crc32}`,
        read: (signal) => zip.read(entry, signal)
      }))
  )
}

function parted(found: readonly ImageFile[]): FoundFiles {
  const sorted = [...found].sort((a, b) => compareCodePoints(a.name, b.name))
  return {
    images: sorted.filter(({ name }) => imageName.test(name)),
    others: sorted.filter(({ name }) => !imageName.test(name)).map(({ name }) => name)
  }
}

/**
 * The class of each file: the outermost folder that it lies in, or null where it lies in none. A folder that all lie in is
 * no class.
 */
export function classesOf(names: readonly string[]): (string | null)[] {
  let paths = names.map((name) => name.split('/'))
  for (;;) {
    const first = paths[0]?.[0]
    const isAround = paths.every((path) => path.length > 2 && path[0] === first)
    if (paths.length === 0 || !isAround) break
    paths = paths.map((path) => path.slice(1))
  }
  return paths.map((path) => (path.length > 1 ? (path[0] ?? null) : null))
}

function tooMany(folderName: string): DataFormatError {
  return new DataFormatError(
    'too-many-files',
    `"${folderName}" holds over ${mostImageFiles} files. Choose a folder with fewer.`,
    { file: folderName }
  )
}
