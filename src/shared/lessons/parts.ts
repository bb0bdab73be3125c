/** A lesson's file, line by line: headings of one and two #, fenced blocks, and the text between them. */

export interface Part {
  readonly kind: 'title' | 'page' | 'fence' | 'unclosed' | 'text'
  /** Of the part's first line, from 1. */
  readonly line: number
  /** Behind a fence; empty for other parts. */
  readonly word: string
  /** What the heading says, or stands within the fence, or is the text. Unclosed: what is not closed. */
  readonly text: string
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/
const HEADING = /^ {0,3}(##?)(?:[ \t]|$)/
const COMMENT = /^ {0,3}<!--/

/** Comments that begin a line, and the lines to their end, are left out. */
export function partsOf(text: string): readonly Part[] {
  const lines = text.split('\n')
  const parts: Part[] = []
  let prose: string[] = []
  let proseFrom = 1
  const endProse = (next: number): void => {
    if (prose.some((line) => line.trim() !== ''))
      parts.push({ kind: 'text', line: proseFrom, word: '', text: prose.join('\n') })
    prose = []
    proseFrom = next + 1
  }

  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const fence = FENCE.exec(line)
    const [, mark = '', info = ''] = fence ?? []
    const [, level] = HEADING.exec(line) ?? []
    // Behind the fence of a code span there are backticks again.
    const opens = fence !== null && !(mark.startsWith('`') && info.includes('`'))
    if (!opens && level === undefined && !COMMENT.test(line)) {
      prose.push(line)
      continue
    }
    const from = index
    if (level !== undefined) {
      endProse(index + 1)
      parts.push({ kind: level === '#' ? 'title' : 'page', line: from + 1, word: '', text: headingText(line) })
      continue
    }
    const ends = opens ? (each: string) => closes(each, mark) : (each: string) => each.includes('-->')
    if (opens) index++
    while (index < lines.length && !ends(lines[index] ?? '')) index++
    endProse(index + 1)
    if (index >= lines.length) parts.push({ kind: 'unclosed', line: from + 1, word: '', text: opens ? mark : '<!--' })
    else if (opens)
      parts.push({ kind: 'fence', line: from + 1, word: info.trim(), text: lines.slice(from + 1, index).join('\n') })
  }
  endProse(lines.length)
  return parts
}

/** As CommonMark has it: the same sign, as many of them or more, alone in the line. */
function closes(line: string, mark: string): boolean {
  const text = line.trim()
  return text.length >= mark.length && text === mark.charAt(0).repeat(text.length) && line.search(/\S/) <= 3
}

/** Without the signs before, and those that may stand behind: `## Title ##`. */
function headingText(line: string): string {
  const text = line.trim().replace(/^#+/, '')
  const end = withoutHashes(text)
  return (end === '' || end.endsWith(' ') || end.endsWith('\t') ? end : text).trim()
}

function withoutHashes(text: string): string {
  let end = text.length
  while (text[end - 1] === '#') end--
  return text.slice(0, end)
}
