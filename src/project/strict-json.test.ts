import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictJson } from './strict-json'

const options = { depth: 8 }

describe('parseStrictJson', () => {
  it('gives what JSON.parse gives, however it is spaced', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, spaces) => {
        const text = JSON.stringify(value, null, spaces)
        expect(parseStrictJson(text, options)).toEqual(JSON.parse(text))
      })
    )
  })

  it.each([
    ['{"a":1,"a":2}', /"a" stands twice/],
    ['{"b":[{"x":1},{"x":1, "\\u0078" :2}]}', /"x" stands twice/],
    ['{"a":{"__proto__":1}, "__proto__" :{}, "__proto__":{}}', /"__proto__" stands twice/],
    ['[[[[[[[[[1]]]]]]]]]', /deeper than 8 levels, at character 9/],
    ['{"a":', /JSON/],
    ['', /JSON/]
  ])('refuses %s', (text, message) => {
    expect(() => parseStrictJson(text, options)).toThrow(SyntaxError)
    expect(() => parseStrictJson(text, options)).toThrow(message)
  })

  it.each(['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', '["a","a"]', '{"a":"b","b":"a\\"a\\":"}', '{"k":"{[","l":":"}'])(
    'takes %s',
    (text) => {
      expect(parseStrictJson(text, options)).toEqual(JSON.parse(text))
    }
  )

  it('refuses keys that are not allowed, wherever they stand, and not such values', () => {
    const allows = (key: string) => key !== 'constructor'
    expect(() => parseStrictJson('[{"a":{"constr\\u0075ctor":1}}]', { ...options, allows })).toThrow(
      /"constructor" is not/
    )
    expect(parseStrictJson('{"a":"constructor"}', { ...options, allows })).toEqual({ a: 'constructor' })
  })

  it('answers a text of great depth or length in time', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000)
    expect(() => parseStrictJson(deep, options)).toThrow(/deeper/)
    expect(parseStrictJson(`"${'\\\\'.repeat(1_000_000)}"`, options)).toHaveLength(1_000_000)
  })
})
