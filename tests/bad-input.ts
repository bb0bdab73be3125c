/** The corpus of files as people, programs and attackers write them: tests/golden/bad. */
import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { DuckDBInstance } from '@duckdb/node-api'
import * as v from 'valibot'
import { ZipFile } from 'yazl'
import { readAsSchema } from '../src/shared/read-as'

const npyEntries = {
  /** The header's text, as numpy would write it. */
  header: v.string(),
  version: v.optional(v.number(), 1),
  /** Bytes of value 0 after the header. */
  zeros: v.number()
}

const zipEntrySchema = v.strictObject({
  name: v.string(),
  text: v.optional(v.string()),
  /** How often the text stands there. */
  times: v.optional(v.number(), 1),
  base64: v.optional(v.string()),
  zeros: v.optional(v.number()),
  npy: v.optional(v.strictObject(npyEntries))
})

/** Files too long, or too much of one program, to stand in the corpus as they are. */
const madeSchema = v.variant('kind', [
  /** `line` again and again, `#` being its number from 0 on. */
  v.strictObject({
    kind: v.literal('lines'),
    first: v.optional(v.string(), ''),
    line: v.string(),
    times: v.number(),
    last: v.optional(v.string(), '')
  }),
  /** What DuckDB writes of a statement. */
  v.strictObject({ kind: v.literal('parquet'), sql: v.string(), options: v.optional(v.string(), '') }),
  v.strictObject({ kind: v.literal('npy'), ...npyEntries }),
  v.strictObject({ kind: v.literal('zip'), entries: v.array(zipEntrySchema), mode: v.optional(v.number()) })
])

/** Damage: bytes put in place, counted from `find` where that is given, from the end where negative; or a file cut short. */
const editSchema = v.union([
  v.strictObject({ find: v.optional(v.string()), last: v.optional(v.boolean()), at: v.number(), hex: v.string() }),
  v.strictObject({ replace: v.tuple([v.string(), v.string()]) }),
  /** In the footer of a Parquet file, hexadecimal; of any length. */
  v.strictObject({ footer: v.tuple([v.string(), v.string()]) }),
  v.strictObject({ cut: v.number() })
])
type Edit = v.InferOutput<typeof editSchema>

const expectSchema = v.union([
  v.strictObject({
    rows: v.number(),
    columns: v.optional(v.array(v.tuple([v.string(), v.picklist(['number', 'category', 'image'])]))),
    /** Codes of all notices. */
    notices: v.optional(v.array(v.string())),
    first: v.optional(v.array(v.nullable(v.string()))),
    last: v.optional(v.array(v.nullable(v.string())))
  }),
  v.strictObject({ error: v.string(), line: v.optional(v.number()) })
])

const caseSchema = v.strictObject({
  /** Of the file. */
  name: v.string(),
  /** What is bad about it, where its name does not tell. */
  about: v.optional(v.string()),
  text: v.optional(v.string()),
  base64: v.optional(v.string()),
  /** In the folder of the corpus's tables. */
  file: v.optional(v.string()),
  made: v.optional(madeSchema),
  edits: v.optional(v.array(editSchema), []),
  /** What a person says of the file. */
  read: v.optional(readAsSchema),
  expect: expectSchema
})
export type BadInput = v.InferOutput<typeof caseSchema>

export const formats = ['csv', 'json', 'parquet', 'npy', 'idx', 'zip', 'images'] as const

export function badInputs(format: (typeof formats)[number]): BadInput[] {
  const text = readFileSync(new URL(`golden/bad/${format}.json`, import.meta.url), 'utf8')
  return v.parse(v.array(caseSchema), JSON.parse(text))
}

/** The bytes of a case. @param scratch a path for what other programs have to write first */
export async function bytesOfCase({ text, base64, file, made, edits }: BadInput, scratch: string): Promise<Buffer> {
  let bytes: Buffer
  if (text !== undefined) bytes = Buffer.from(text)
  else if (base64 !== undefined) bytes = Buffer.from(base64, 'base64')
  else if (file !== undefined) bytes = readFileSync(new URL(file, import.meta.url))
  else if (made !== undefined) bytes = await makeFile(made, scratch)
  else throw new Error('a case has neither text, base64, file nor made')
  return edits.reduce(edited, bytes)
}

function edited(bytes: Buffer, edit: Edit): Buffer {
  if ('cut' in edit) return bytes.subarray(0, edit.cut)
  if ('replace' in edit) {
    const [from, to] = edit.replace
    if (from.length !== to.length || !bytes.includes(from, 0, 'latin1')) throw new Error(`${from} cannot be replaced`)
    return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')
  }
  if ('footer' in edit) return withFooter(bytes, ...edit.footer)
  const { find, last = false, at } = edit
  const found =
    find === undefined ? 0 : last ? bytes.lastIndexOf(find, undefined, 'latin1') : bytes.indexOf(find, 0, 'latin1')
  if (found < 0) throw new Error(`${String(find)} is not in the file`)
  const start = find === undefined && at < 0 ? bytes.length + at : found + at
  const copy = Buffer.from(bytes)
  copy.write(edit.hex, start, 'hex')
  return copy
}

/** A Parquet file ends with its footer, the footer's length and four letters. */
function withFooter(bytes: Buffer, from: string, to: string): Buffer {
  const start = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)
  const footer = bytes.toString('hex', start, bytes.length - 8)
  if (footer.split(from).length !== 2) throw new Error(`${from} is not once in the footer`)
  const changed = Buffer.from(footer.replace(from, to), 'hex')
  const length = Buffer.alloc(4)
  length.writeUInt32LE(changed.length)
  return Buffer.concat([bytes.subarray(0, start), changed, length, bytes.subarray(-4)])
}

async function makeFile(made: v.InferOutput<typeof madeSchema>, scratch: string): Promise<Buffer> {
  switch (made.kind) {
    case 'lines': {
      const lines = Array.from({ length: made.times }, (_, index) => made.line.replaceAll('#', String(index)))
      return Buffer.from(made.first + lines.join('') + made.last)
    }
    case 'parquet':
      return parquetFile(made.sql, made.options, scratch)
    case 'npy':
      return npyFile(made.header, made.version, Buffer.alloc(made.zeros))
    case 'zip':
      return zipFile(
        made.entries.map(({ name, text, times, base64, zeros, npy }) => {
          if (npy !== undefined) return [name, npyFile(npy.header, npy.version, Buffer.alloc(npy.zeros))]
          if (zeros !== undefined) return [name, Buffer.alloc(zeros)]
          return [name, base64 === undefined ? Buffer.from((text ?? '').repeat(times)) : Buffer.from(base64, 'base64')]
        }),
        made.mode
      )
  }
}

async function parquetFile(sql: string, options: string, path: string): Promise<Buffer> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    await connection.run(`SET force_mbedtls_unsafe = 'true'`)
    await connection.run(`PRAGMA add_parquet_key('key', '0123456789112345')`)
    await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet${options})`)
    return readFileSync(path)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

function npyFile(header: string, version: number, data: Buffer): Buffer {
  const text = Buffer.from(`${header}\n`, version === 3 ? 'utf8' : 'latin1')
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  length.writeUIntLE(text.length, 0, length.length)
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.from([version, 0]), length, text, data])
}

/** The same bytes on every day. */
const mtime = new Date(2020, 0, 1)

export async function zipFile(entries: readonly (readonly [string, Buffer])[], mode?: number): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of entries)
    zip.addBuffer(content, name, { mtime, ...(mode === undefined ? {} : { mode }) })
  zip.end()
  return buffer(zip.outputStream)
}
