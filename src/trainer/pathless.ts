/** What a window may read: it sees names of files and runs, never where they lie. */
import { basename, dirname, isAbsolute, sep } from 'node:path'
import type { ErrorValue } from '../shared/errors'

/** Hides where the studio's folders are, and the folders of the paths in a request. */
export class Pathless {
  private readonly folders: readonly string[]

  /** @param folders absolute paths */
  constructor(folders: readonly string[]) {
    // The longest first: one may lie in another.
    this.folders = [...new Set(folders)].sort((one, other) => other.length - one.length)
  }

  /** @param args of the request that is answered; the paths in it stand by themselves or in an array */
  with(args: unknown): Pathless {
    const paths = (Array.isArray(args) ? args.flat(1) : []).filter(
      (arg): arg is string => typeof arg === 'string' && isAbsolute(arg)
    )
    return paths.length === 0 ? this : new Pathless([...this.folders, ...paths.map((path) => dirname(path))])
  }

  text(text: string): string {
    return this.folders.reduce((left, folder) => {
      // The root of a disk is no secret, and stands in every path.
      if (folder === dirname(folder)) return left
      return left.replaceAll(folder + sep, '').replaceAll(folder, basename(folder))
    }, text)
  }

  error(error: ErrorValue): ErrorValue {
    const details = Object.entries(error.details).map(
      ([key, value]) => [key, typeof value === 'string' ? this.text(value) : value] as const
    )
    return { code: error.code, message: this.text(error.message), details: Object.fromEntries(details) }
  }

  errorOrNull(error: ErrorValue | null): ErrorValue | null {
    return error === null ? null : this.error(error)
  }
}
