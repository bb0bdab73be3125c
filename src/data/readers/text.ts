/** Files of text: how it is encoded, and the text itself. */
import { isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { DataFormatError } from '../../shared/errors'
import type { Encoding } from '../../shared/read-as'
import type { Notice } from '../../shared/views'
import { chunksOf, openFile, type Source } from './source'

export interface TextSource extends Source {
  readonly encoding: Encoding
}

/**
 * Finds out how the text of a file is encoded: UTF-16 by its byte order mark, UTF-8 where all bytes are, else
 * Windows-1252. Every byte is looked at.
 * @param encoding what a person says it is; then it is only checked that it can be
 * @throws DataFormatError `not-a-table` (its bytes are no text), `unsupported-encoding`, `wrong-encoding`
 * @throws Cancelled
 */
export async function openText(source: Source, encoding?: Encoding, signal?: AbortSignal): Promise<TextSource> {
  const check = new EncodingCheck(source, encoding)
  const pieces = async (look: (chunk: Buffer) => void): Promise<void> => {
    const file = await openFile(source.path, source.fileName)
    try {
      for await (const chunk of chunksOf(file, signal)) look(chunk)
    } finally {
      await file.close()
    }
  }
  await pieces((chunk) => check.push(chunk))
  const found = check.finish()
  if (found !== null) return { ...source, encoding: found }
  if (encoding === 'utf-8') {
    throw new DataFormatError(
      'wrong-encoding',
      `"${source.fileName}" is not UTF-8: some of its bytes are no character. Choose another encoding, or let it be detected.`,
      { file: source.fileName, encoding }
    )
  }
  const eightBit = new EightBitCheck(source)
  await pieces((chunk) => eightBit.push(chunk))
  return { ...source, encoding: 'windows-1252' }
}

/** Says that the encoding was only taken for what it is, where no person said it. */
export function encodingNotices(source: TextSource, said: Encoding | undefined): Notice[] {
  if (source.encoding !== 'windows-1252' || said !== undefined) return []
  return [
    {
      code: 'not-utf-8',
      severity: 'info',
      message:
        'The file is not UTF-8; it is read as Windows-1252 (Western European). Save it as UTF-8 if letters look wrong.',
      columns: []
    }
  ]
}

/** The text of the file in pieces, without its byte order mark. */
export async function* textOf(source: TextSource, signal?: AbortSignal): AsyncGenerator<string> {
  const decoder = decoderOf(source)
  const file = await openFile(source.path, source.fileName)
  try {
    for await (const chunk of chunksOf(file, signal)) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } finally {
    await file.close()
  }
}

/** The text of the first bytes. */
export function sampleText(source: TextSource): string {
  return decoderOf(source).decode(source.sample, { stream: source.bytes > source.sample.length })
}

/** The text of the file as UTF-8 in pieces, without its byte order mark. Each piece is overwritten by the next. */
export async function* bytesOf(source: TextSource, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  if (source.encoding !== 'utf-8') {
    for await (const text of textOf(source, signal)) yield Buffer.from(text)
    return
  }
  const file = await openFile(source.path, source.fileName)
  try {
    let start = markLength(source)
    for await (const chunk of chunksOf(file, signal)) {
      yield chunk.subarray(start)
      start = 0
    }
  } finally {
    await file.close()
  }
}

/** The first bytes as UTF-8, without the byte order mark. Its last character may lack bytes. */
export function sampleOf(source: TextSource): Buffer {
  return source.encoding === 'utf-8' ? source.sample.subarray(markLength(source)) : Buffer.from(sampleText(source))
}

/** Bytes of the byte order mark of UTF-8. */
function markLength({ sample }: Source): number {
  return sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf ? 3 : 0
}

function decoderOf({ encoding }: TextSource): Decoder {
  return encoding === 'windows-1252' ? { decode: windows1252Text } : new TextDecoder(encoding)
}

type Decoder = { decode: (bytes?: Uint8Array, options?: { stream: boolean }) => string }

/** What Windows-1252 has where Latin-1 has control characters, 0x80 to 0x9f; the five unused bytes stay those. */
const letters1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Of our own: the decoder of Node 20 takes Windows-1252 for Latin-1. */
function windows1252Text(bytes: Uint8Array = new Uint8Array()): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return latin.replace(/[\x80-\x9f]/g, (control) => letters1252.charAt(control.charCodeAt(0) - 0x80))
}

/** Well-known first bytes of files that are no text, to say what a file is instead. */
const signatures: readonly (readonly [bytes: string, what: string])[] = [
  ['504b0304', 'a zip archive; unpack it and open what is inside'],
  ['504b0506', 'an empty zip archive'],
  ['d0cf11e0', 'a document of an old Office, perhaps an Excel workbook (.xls); in Excel, save it as .xlsx'],
  ['1f8b', 'a compressed file; unpack it first'],
  ['89504e47', 'a PNG picture'],
  ['ffd8ff', 'a JPEG picture'],
  ['25504446', 'a PDF document']
]

function notATable({ fileName, sample }: Source, byte: number, why: string): DataFormatError {
  const hex = sample.toString('hex', 0, 8)
  const known = signatures.find(([bytes]) => hex.startsWith(bytes))
  const what = known === undefined ? `it holds bytes that are no text (${why} at byte ${byte})` : `it is ${known[1]}`
  return new DataFormatError(
    'not-a-table',
    `"${fileName}" is no table: ${what}. Choose a file of another kind, such as CSV, Excel (.xlsx) or Parquet.`,
    {
      file: fileName,
      byte
    }
  )
}

/** Looks at every byte once: byte order marks, NUL bytes, valid UTF-8. */
class EncodingCheck {
  private position = 0
  /** Bytes of a character that the last chunk broke off in. */
  private carry: Buffer = Buffer.alloc(0)
  private utf8 = true
  private readonly utf16: 'utf-16le' | 'utf-16be' | null

  constructor(
    private readonly source: Source,
    private readonly wanted: Encoding | undefined
  ) {
    const { sample, fileName } = source
    const marked = sample[0] === 0xff && sample[1] === 0xfe ? 'utf-16le' : null
    if (marked !== null && wanted === undefined && sample[2] === 0 && sample[3] === 0) {
      throw new DataFormatError(
        'unsupported-encoding',
        `"${fileName}" is encoded in UTF-32, which the studio does not read. Save it as UTF-8.`,
        { file: fileName, encoding: 'UTF-32' }
      )
    }
    if (wanted === undefined) this.utf16 = marked ?? (sample[0] === 0xfe && sample[1] === 0xff ? 'utf-16be' : null)
    else this.utf16 = wanted === 'utf-16le' || wanted === 'utf-16be' ? wanted : null
  }

  push(chunk: Buffer): void {
    if (this.utf16 === null) {
      const nul = chunk.indexOf(0)
      if (nul >= 0) throw notATable(this.source, this.position + nul, 'a NUL byte')
      if (this.utf8 && this.wanted !== 'windows-1252') this.checkUtf8(chunk)
    }
    this.position += chunk.length
  }

  /** The encoding, or null when the text is neither UTF-16 nor UTF-8 nor said to be Windows-1252. */
  finish(): Encoding | null {
    if (this.utf16 !== null) {
      if (this.position % 2 === 0) return this.utf16
      throw notATable(this.source, this.position, 'half a UTF-16 character')
    }
    if (this.wanted === 'windows-1252') return this.wanted
    return this.utf8 && this.carry.length === 0 ? 'utf-8' : null
  }

  private checkUtf8(chunk: Buffer): void {
    const whole = this.carry.length === 0 ? chunk : Buffer.concat([this.carry, chunk])
    const end = whole.length - unfinishedBytes(whole)
    this.carry = Buffer.from(whole.subarray(end))
    this.utf8 = isUtf8(whole.subarray(0, end))
  }
}

/** How many bytes at the end begin a UTF-8 character that does not end there. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0b1100_0000) === 0b1000_0000) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}

/** Bytes that stand for no character in Windows-1252. */
const unusedBytes = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])

/** Windows-1252, of which Latin-1 is a part: every byte is a character of it and none controls a terminal. */
class EightBitCheck {
  private position = 0

  constructor(private readonly source: Source) {}

  push(chunk: Buffer): void {
    for (const [i, byte] of chunk.entries()) {
      const isControl = (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f
      if (isControl || unusedBytes.has(byte)) {
        throw notATable(this.source, this.position + i, 'neither UTF-8, UTF-16 nor Windows-1252')
      }
    }
    this.position += chunk.length
  }
}
