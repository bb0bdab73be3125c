/** JSON from outside: what `JSON.parse` passes over in silence is a mistake here. */

export interface StrictJsonOptions {
  /** Deepest nesting of objects and lists. */
  readonly depth: number
  /** Whether a key may stand anywhere in the text; every key, unless said. */
  readonly allows?: (key: string) => boolean
}

/**
 * The value of a JSON text in which no object has a key twice.
 * @throws SyntaxError for text that is not JSON, is nested too deeply, or has a key twice or one that is not allowed
 */
export function parseStrictJson(text: string, { depth, allows = () => true }: StrictJsonOptions): unknown {
  const value: unknown = JSON.parse(text)
  // From here on the text is known to be JSON, so that looking at quotes and brackets is enough.
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
        open.push(new Set())
        break
      case '[':
        open.push(null)
        break
      case '}':
      case ']':
        open.pop()
        break
      case '"': {
        const end = endOfText(text, at)
        const keys = open.at(-1)
        if (keys instanceof Set && isKey(text, end)) addKey(keys, text.slice(at, end), allows)
        at = end - 1
        break
      }
      default: // what lies between
    }
    if (open.length > depth) throw new SyntaxError(`it is nested deeper than ${depth} levels, at character ${at + 1}`)
  }
  return value
}

function addKey(keys: Set<string>, quoted: string, allows: (key: string) => boolean): void {
  const key = String(JSON.parse(quoted))
  const shown = JSON.stringify(key.slice(0, 60))
  if (!allows(key)) throw new SyntaxError(`the key ${shown} is not allowed`)
  if (keys.has(key)) throw new SyntaxError(`the key ${shown} stands twice in one object`)
  keys.add(key)
}

/** The place after the closing quote. */
function endOfText(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** Whether a colon follows the text that ends here. */
function isKey(text: string, end: number): boolean {
  let at = end
  while (/\s/.test(text[at] ?? '')) at++
  return text[at] === ':'
}
