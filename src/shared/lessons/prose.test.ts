import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proseOf, readProse } from './prose'

describe('the text of a lesson', () => {
  it('is paragraphs with bold, emphasis, code and formulas', () => {
    expect(proseOf('A **bold *and* $w_1$** `x < y`\nline.')).toEqual([
      {
        kind: 'paragraph',
        inlines: [
          { kind: 'text', text: 'A ' },
          {
            kind: 'strong',
            inlines: [
              { kind: 'text', text: 'bold ' },
              { kind: 'em', inlines: [{ kind: 'text', text: 'and' }] },
              { kind: 'text', text: ' ' },
              { kind: 'math', text: 'w_1' }
            ]
          },
          { kind: 'text', text: ' ' },
          { kind: 'code', text: 'x < y' },
          { kind: 'text', text: ' line.' }
        ]
      }
    ])
  })

  it('is lists', () => {
    expect(proseOf('- a\n- $b$\n\n1. one\n\n2. two')).toEqual([
      {
        kind: 'list',
        ordered: false,
        items: [[{ kind: 'text', text: 'a' }], [{ kind: 'math', text: 'b' }]]
      },
      { kind: 'list', ordered: true, items: [[{ kind: 'text', text: 'one' }], [{ kind: 'text', text: 'two' }]] }
    ])
  })

  it('is formulas on their own lines, in a paragraph or apart', () => {
    const z = { kind: 'formula', tex: 'z = \\sum_i w_i x_i\n\n+ b' }
    expect(proseOf('Then\n$$\nz = \\sum_i w_i x_i\n\n+ b\n$$\nfollows')).toEqual([
      { kind: 'paragraph', inlines: [{ kind: 'text', text: 'Then' }] },
      z,
      { kind: 'paragraph', inlines: [{ kind: 'text', text: 'follows' }] }
    ])
    expect(proseOf('$$ \\text{5\\$} $$')).toEqual([{ kind: 'formula', tex: '\\text{5\\$}' }])
  })

  it.each([
    ['$a * b$ and $c * d$', ['a * b', 'c * d']],
    ['*$x_1*$ is* $y_2$', ['x_1*', 'y_2']],
    ['$\\{a\\}$, $\\$5$', ['\\{a\\}', '\\$5']],
    ['It costs $5 and $6, or $ 7 $, or \\$x\\$', []],
    ['`$x$`', []],
    ['**$a**$b**', ['a**']]
  ])('has the formulas of %j', (text, expected) => {
    const found: string[] = []
    const { problems } = readProse(text)
    JSON.stringify(proseOf(text), (_key, each: unknown) => {
      if (typeof each === 'object' && each !== null && 'kind' in each && 'text' in each && each.kind === 'math')
        found.push(String(each.text))
      return each
    })
    expect(problems).toEqual([])
    expect(found).toEqual(expected)
  })

  it.each([
    ['a\n\nx<br>y', 3, 'HTML is not read in lessons.'],
    ['<div>', 1, 'HTML is not read in lessons.'],
    ['a\nb [c](d)', 2, 'Links are not followed in lessons.'],
    ['see https://example.org', 1, 'Links are not followed in lessons.'],
    ['[a]: b', 1, 'Links are not followed in lessons.'],
    ['![a](b)', 1, 'Images are not shown in lessons.'],
    ['|a|b|\n|-|-|\n|1|2|', 1, 'Tables are not drawn in lessons.'],
    ['> a', 1, 'Quotations (>) are not drawn in lessons.'],
    ['a\n\n***', 3, 'Lines across the page are not drawn in lessons.'],
    ['    a', 1, 'Code is not shown as a block in lessons.'],
    ['```\na\n```', 1, 'Code is not shown as a block in lessons.'],
    ['~~a~~', 1, 'Text that is struck out (~) is not drawn in lessons.'],
    ['### a', 1, 'A heading of 3 # was found within text.'],
    ['a\n---', 1, 'A line of = or - under text makes a heading of it.'],
    ['- a\n  - b', 1, 'An entry of a list is one line of text in lessons'],
    ['- a\n- b\n\n  c', 2, 'An entry of a list is one line of text in lessons'],
    ['- [ ] a', 1, 'An entry of a list is one line of text in lessons'],
    ['- ```\n  a\n  ```', 1, 'An entry of a list is one line of text in lessons'],
    ['3. a', 1, 'A list begins with 3; lists are numbered from 1.'],
    ['a $$x b', 1, 'A formula between $$ and $$ begins and ends its own lines'],
    ['$$\nx', 1, 'A formula between $$ and $$ begins and ends its own lines'],
    ['$$ $$', 1, 'There is nothing between $$ and $$.'],
    ['a\n&lt;', 2, '"&lt;" is a name of HTML, which is not read.'],
    ['*a **b *c **d *e* d** c* b** a*', 1, 'Bold and emphasis are nested more than 4 deep.']
  ])('tells what lessons do not have: %j', (text, line, message) => {
    expect(readProse(text, 1).problems).toEqual([{ line, message: expect.stringContaining(message) as string }])
    expect(readProse(text, 41).problems).toMatchObject([{ line: line + 40 }])
  })

  it('is no longer than can be read quickly, nor deeper', () => {
    expect(readProse(`a\n\n${'x'.repeat(4000)}\n\nb`).problems).toEqual([
      { line: 3, message: 'A paragraph has 4001 characters; at most 4000 are read. Part it by empty lines.' }
    ])
    expect(readProse('> '.repeat(1900))).toMatchObject({ prose: [], problems: [{ line: 1 }] })
  })

  it('comes of any text, in time', () => {
    const signs = fc.constantFrom(...'*_`$\\[]()<>!#-+1.|~&: \n\tab'.split(''), '$$', '**', '- ', '1. ', '\n\n', '```')
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 60 }), (pieces) => {
        const { prose, problems } = readProse(pieces.join(''), 7)
        const last = 7 + pieces.join('').split('\n').length - 1
        expect(problems.every(({ line }) => line >= 7 && line <= last)).toBe(true)
        expect(Array.isArray(prose)).toBe(true)
      }),
      { numRuns: 3000 }
    )
  })
})
