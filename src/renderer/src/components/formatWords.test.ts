import { describe, expect, it } from 'vitest'
import { formatText } from './formatWords'

describe('formatText', () => {
  it.each([
    [
      { kind: 'delimited', delimiter: ';', encoding: 'windows-1252', header: true } as const,
      'Semicolon-separated text, Latin-1 (Windows-1252), columns named by the first line'
    ],
    [
      { kind: 'delimited', delimiter: '~', encoding: 'utf-8', header: false } as const,
      'Text parted by “~”, UTF-8, no line names the columns'
    ],
    [{ kind: 'excel', sheet: 'May', sheets: ['April', 'May'] } as const, 'Excel workbook, sheet “May” of 2'],
    [{ kind: 'json', layout: 'lines' } as const, 'JSON, one object a line']
  ])('%o', (format, text) => expect(formatText(format)).toBe(text))
})
