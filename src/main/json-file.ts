/** Small JSON files of the studio's own in the user's folder: read with a schema, written whole or not at all. */
import { open, readFile, rename, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'

/** No file of ours comes near this; a larger one is not ours. */
const MOST_BYTES = 1_000_000

/** The file's content, or null when it is missing, damaged or of another form. */
export async function readJsonFile<T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
  try {
    const text = await readFile(path, 'utf8')
    if (text.length > MOST_BYTES) return null
    const parsed = v.safeParse(schema, JSON.parse(text))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

/** Writes beside, forces it to the disk, renames: a crash leaves the old file or the new one, never half of one. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const handle = await open(temporary, 'wx')
    try {
      await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
