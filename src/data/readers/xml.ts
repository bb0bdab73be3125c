/**
 * The XML that programs write into documents: elements, attributes and text, read in pieces. Document types, and with
 * them entities of a file's own, are refused; so nothing can grow while it is read.
 */
import { TextDecoder } from 'node:util'
import { SaxesParser } from 'saxes'
import type { Turns } from '../turns'

/** By their names, with the prefix of a namespace where the file has one. */
export type XmlAttributes = Readonly<Partial<Record<string, string>>>

export interface XmlHandler {
  /** @param name without the prefix of its namespace */
  open(name: string, attributes: XmlAttributes): void
  close(name: string): void
  /** Several pieces may follow each other. */
  text(text: string): void
}

/** Levels of elements; documents of any sense have ten. */
const deepest = 64

/**
 * @param pieces the bytes of the document, UTF-8 or, with its byte order mark, UTF-16
 * @throws SyntaxError where it is no well-formed XML, and what the handler throws; Cancelled
 */
export async function readXml(
  pieces: AsyncIterable<Uint8Array>,
  turns: Turns,
  handler: Partial<XmlHandler>
): Promise<void> {
  const parser = parserFor(handler)
  let decoder: TextDecoder | null = null
  for await (const bytes of pieces) {
    decoder ??= new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8', { fatal: true })
    parser.write(decoded(decoder, bytes))
    await turns.take()
  }
  if (decoder !== null) parser.write(decoded(decoder))
  parser.close()
}

function parserFor({ open, close, text }: Partial<XmlHandler>): SaxesParser {
  const parser = new SaxesParser({ xmlns: false, position: false })
  let depth = 0
  parser.on('error', ({ message }) => {
    throw new SyntaxError(message)
  })
  parser.on('doctype', () => {
    throw new SyntaxError('it has a document type, which no workbook has')
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (++depth > deepest) throw new SyntaxError(`elements are nested over ${deepest} levels deep`)
    open?.(localName(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    depth--
    close?.(localName(name))
  })
  if (text !== undefined) {
    parser.on('text', text)
    parser.on('cdata', text)
  }
  return parser
}

/** The value of an attribute that has a prefix of the file's own choice. */
export function prefixedAttribute(attributes: XmlAttributes, name: string): string | undefined {
  return Object.entries(attributes).find(([each]) => localName(each) === name)?.[1]
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function decoded(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
  } catch {
    throw new SyntaxError('some of its bytes are no character')
  }
}
