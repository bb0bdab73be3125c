/** Small JSON files of the studio's own in the user's folder: read with a schema, written whole or not at all. */
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { writeWhole } from './whole-file'

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

export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`)
}
