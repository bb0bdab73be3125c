import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordScanner } from './records'

interface Seen {
  readonly line: number
  readonly cells: readonly string[]
  readonly problem: string | null
}

/** Reads a text that comes in pieces of so many bytes. */
function scan(text: string, delimiter = ',', pieceBytes = Infinity): Seen[] {
  const seen: Seen[] = []
  const scanner = new RecordScanner(delimiter)
  const drain = (): void => {
    while (scanner.next()) {
      const cells = Array.from({ length: scanner.fields }, (_, field) => scanner.textOf(field))
      seen.push({ line: scanner.line, cells, problem: scanner.problem })
    }
  }
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    scanner.push(bytes.subarray(from, from + pieceBytes))
    drain()
  }
  scanner.finish()
  drain()
  return seen
}

const cellsOf = (text: string, delimiter?: string) => scan(text, delimiter).map(({ cells }) => cells)

describe('RecordScanner', () => {
  it('reads quotes, spaces around them, and line ends of every kind', () => {
    expect(cellsOf('a, "b,""c""" ,d\r\n\n"x\r\ny",,\rz,5" z, q')).toEqual([
      ['a', 'b,"c"', 'd'],
      ['x\r\ny', '', ''],
      ['z', '5" z', ' q']
    ])
    expect(scan('a\r\n\r\n"b\r\nc"\nd\re').map(({ line }) => line)).toEqual([1, 3, 5, 6])
  })

  it('takes any character for a delimiter, one of several bytes or the space among them', () => {
    expect(cellsOf('a§b¶c§"d§e"\nñ§§', '§')).toEqual([
      ['a', 'b¶c', 'd§e'],
      ['ñ', '', '']
    ])
    expect(cellsOf('1 "2 3" \n4  5', ' ')).toEqual([
      ['1', '2 3', ''],
      ['4', '', '5']
    ])
  })

  it('says what is wrong with a record, and goes on after it', () => {
    expect(scan('a,"b"c,d\n1,2\n"x\ny')).toEqual([
      { line: 1, cells: ['a', 'b', 'd'], problem: 'text-after-quote' },
      { line: 2, cells: ['1', '2'], problem: null },
      { line: 3, cells: ['x\ny'], problem: 'quote-not-closed' }
    ])
  })

  it('can leave out the line alone in which a quote is opened that is never closed', () => {
    const scanner = new RecordScanner(',')
    scanner.push(Buffer.from('a,"b\r\n\nc,d\ne'))
    expect(scanner.next()).toBe(false)
    scanner.finish()
    expect(scanner.next()).toBe(true)
    expect(scanner.problem).toBe('quote-not-closed')
    scanner.dropPresentLine()
    const rest: [number, string][] = []
    while (scanner.next()) rest.push([scanner.line, scanner.textOf(0)])
    expect(rest).toEqual([
      [3, 'c'],
      [4, 'e']
    ])
  })

  it('reads the same whatever pieces the bytes come in', () => {
    const token = fc.constantFrom('a', 'é', '😀', '"', '""', ',', '\r', '\n', '\r\n', ' ', '§', '1.5')
    fc.assert(
      fc.property(
        fc.array(token, { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(',', '§', ' '),
        (tokens, size, delimiter) => {
          expect(scan(tokens.join(''), delimiter, size)).toEqual(scan(tokens.join(''), delimiter))
        }
      ),
      { numRuns: 500 }
    )
  })
})
