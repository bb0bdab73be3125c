import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLinedJson } from './json'

function problemOf(text: string): unknown {
  const read = readLinedJson(text, 10)
  return 'problem' in read ? read.problem : null
}

describe('JSON with lines', () => {
  it('has the value, and the line of everything in it', () => {
    const read = readLinedJson('{\n  "a": [\n    1,\n    {"b": "x"}\n  ],\n\n  "c": null\n}', 5)
    if ('problem' in read) throw new Error('it is right')
    expect(read.value).toEqual({ a: [1, { b: 'x' }], c: null })
    expect([[], ['a'], ['a', 0], ['a', 1, 'b'], ['c']].map(read.lineOf)).toEqual([5, 6, 7, 8, 11])
  })

  it('has the line of what is around a missing value', () => {
    const read = readLinedJson('{\n"a": {\n"b": 1}}', 1)
    if ('problem' in read) throw new Error('it is right')
    expect(read.lineOf(['a', 'missing', 'deeper'])).toBe(2)
    expect(read.lineOf(['nothing'])).toBe(1)
  })

  it.each([
    ['', 10, 'expected a value, got the end of the block'],
    ['{\n"a": 1,\n}', 12, 'a comma stands before "}", where nothing follows; remove it'],
    ['[1,]', 10, 'a comma stands before "]", where nothing follows; remove it'],
    ['{"a": 1\n"b": 2}', 11, 'expected "," or "}" (of the "{" in line 10), got "\\""'],
    ['{"a": [1\n, 2', 11, 'expected "," or "]" (of the "[" in line 10), got the end of the block'],
    ['{a: 1}', 10, 'expected a name in double quotes, got "a"'],
    ["{'a': 1}", 10, 'expected a name in double quotes, got \', which is no quote of JSON; texts stand between "'],
    ['{"a" 1}', 10, 'expected ":" behind "a", got "1"'],
    ['{\n// note\n"a": 1}', 11, 'expected a name in double quotes, got a comment, which JSON does not have'],
    ['{"a": yes}', 10, 'expected a number, true, false, null, or a text in double quotes, got "yes"'],
    ['[.5]', 10, 'expected a number, true, false, null, or a text in double quotes, got ".5"'],
    ['[01]', 10, 'expected a number, true, false, null, or a text in double quotes, got "01"'],
    ['{} {}', 10, 'expected the end of the block, got "{"'],
    ['["a\nb"]', 10, 'a text has no closing " in its line; a line break within a text is written \\n'],
    ['["a\tb"]', 10, 'a text has a tab or another control character; write \\t for a tab'],
    ['\n["$\\sigma$"]', 11, '"\\\\s" is no sign of JSON; a backslash, as in formulas, is written twice: \\\\'],
    ['{"a": 1, "a": 2}', 10, 'the name "a" stands twice in one object'],
    ['['.repeat(60), 10, 'lists and objects are nested more than 50 deep']
  ])('tells what is wrong with %j', (text, line, message) => {
    expect(problemOf(text)).toEqual({ line, message })
  })

  it('takes what JSON.parse takes, with the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(readLinedJson(text, 1)).toMatchObject({ value: JSON.parse(text) as unknown })
      })
    )
  })

  it('refuses what JSON.parse refuses', () => {
    const signs = fc.constantFrom(...Array.from('{}[]",:\\/u019.-+eEtruefalsn \n\t#a\''))
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        let takes = true
        try {
          JSON.parse(text)
        } catch {
          takes = false
        }
        const problem = problemOf(text)
        expect(problem === null || (takes && JSON.stringify(problem).includes('stands twice'))).toBe(takes)
        expect(JSON.stringify(problem)).not.toContain('this is no JSON')
      }),
      { numRuns: 5000 }
    )
  })
})
