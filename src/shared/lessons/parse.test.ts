import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MAX_LESSON_BYTES } from './lesson-file'
import { parseLesson } from './parse'

const HEAD = '# A neuron\n\n```lesson\n{ "summary": "What one does.", "minutes": 3 }\n```\n'

const BENCH = `\`\`\`bench
{
  "name": "tiny",
  "data": { "kind": "rows", "columns": ["x", "y"], "rows": [[1, 2], [3, 4]] },
  "setup": {
    "target": "y",
    "task": "regression",
    "loss": "squared",
    "layers": [{ "name": "dense1", "type": "dense", "config": { "units": 2 } }],
    "optimizer": { "type": "sgd", "config": { "learningRate": 0.1 } }
  }
}
\`\`\`
`

function block(word: string, value: unknown): string {
  return `\`\`\`${word}\n${typeof value === 'string' ? value : JSON.stringify(value)}\n\`\`\`\n`
}

function problemsOf(text: string): readonly (readonly [number, string])[] {
  const parsed = parseLesson(text)
  return 'problems' in parsed ? parsed.problems.map(({ line, message }) => [line, message] as const) : []
}

/** Of one page, whose first line is line 7. */
function problemsOfPage(text: string, before = HEAD): readonly (readonly [number, string])[] {
  return problemsOf(`${before}## Page\n${text}`)
}

const question = {
  ask: 'Which?',
  choices: [
    { text: 'A', right: true, because: 'So.' },
    { text: 'B', because: 'No.' }
  ]
}

describe('a lesson', () => {
  it('has a head, pages, benches from anywhere, and blocks in their order', () => {
    const text = `${HEAD}## One ##\n\nText.\n\n${block('question', question)}\n\`\`\`math\nx^2\n\`\`\`\n## Two\n${block('microscope', { bench: 'tiny' })}\n${BENCH}`
    const parsed = parseLesson(text)
    expect(parsed).toMatchObject({
      lesson: {
        title: 'A neuron',
        summary: 'What one does.',
        minutes: 3,
        benches: [{ name: 'tiny' }],
        pages: [
          {
            title: 'One',
            blocks: [
              { kind: 'prose', prose: [{ kind: 'paragraph', inlines: [{ kind: 'text', text: 'Text.' }] }] },
              { kind: 'question', block: { ask: 'Which?' } },
              { kind: 'prose', prose: [{ kind: 'formula', tex: 'x^2' }] }
            ]
          },
          { title: 'Two', blocks: [{ kind: 'microscope', block: { bench: 'tiny', row: 0, after: 0 } }] }
        ]
      }
    })
    const kinds = 'lesson' in parsed ? parsed.lesson.pages.map(({ blocks }) => blocks.length) : []
    expect(kinds).toEqual([3, 1])
  })

  it('may have a byte order mark, the line ends of any system, other fences and comments', () => {
    const text = `${HEAD}<!-- for colleagues:\n\`\`\`wrong\n\`\`\`\n-->\n## Page\n~~~~question\n${JSON.stringify(question)}\n~~~~\n`
    const plain = parseLesson(text)
    expect(plain).toHaveProperty('lesson')
    expect(parseLesson(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(plain)
    expect(parseLesson(text.replaceAll('\n', '\r'))).toEqual(plain)
  })
})

describe('problems of a file', () => {
  const BEGINNING = 'A lesson begins with "# Title", then a block ```lesson with its "summary" and "minutes".'

  it.each([
    ['', [[1, `The file is empty. ${BEGINNING}`]]],
    [
      'x'.repeat(MAX_LESSON_BYTES + 1),
      [[1, 'The file has 262145 characters; at most 262144 are read. Make it two lessons.']]
    ],
    [
      '# T',
      [
        [1, `There is no block "lesson". ${BEGINNING}`],
        [1, 'There is no page. Begin one with "## Title"; text and blocks follow.']
      ]
    ],
    [
      'Text\n## Page\nText',
      [
        [1, 'Text stands before the first page. Begin a page with "## Title" above it.'],
        [1, `There is no title. ${BEGINNING}`],
        [1, `There is no block "lesson". ${BEGINNING}`]
      ]
    ],
    [`${HEAD}## \ntext`, [[6, 'A # without a title. Write the title behind it.']]],
    [
      `${HEAD}## **Bold**\ntext`,
      [[6, 'The title "**Bold**" has signs of Markdown. A title is plain text: leave out **, `, $ and the like.']]
    ],
    [
      `${HEAD}## ${'x'.repeat(121)}\ntext`,
      [[6, 'A title of 121 characters; at most 120 are shown. Write a shorter one.']]
    ],
    [
      `${HEAD}# Again\n## Page\ntext`,
      [[6, 'A second title, "# Again". A lesson has one; pages begin with "## Title".']]
    ],
    [
      '```lesson\n{"summary": "x", "minutes": 1}\n```\n# T\n## Page\ntext',
      [[4, 'The title stands behind other parts of the lesson. Write it in the first line.']]
    ],
    [
      `# T\n## Page\ntext\n${block('lesson', { summary: 'x', minutes: 1 })}`,
      [[4, 'The block "lesson" stands within the pages. Write it below the title, before the first "## Title".']]
    ],
    [
      `${HEAD}${block('lesson', { summary: 'x', minutes: 1 })}## Page\ntext`,
      [[6, 'A second block "lesson". A lesson has one, below its title; remove this one.']]
    ],
    [
      `${HEAD}## One\n\n## Two\ntext`,
      [[6, 'This page has nothing to show. Write text or a block below its title, or remove it.']]
    ],
    [
      `${HEAD}${block('question', question)}## Page\ntext`,
      [[6, 'A block that is shown stands before the first page. Begin a page with "## Title" above it.']]
    ],
    [
      `${HEAD}## Page\ntext\n\`\`\`\`question\n{}\n\`\`\`\n`,
      [[8, 'A block begins here and has no end. Close it with ```` in a line of its own.']]
    ],
    [`${HEAD}## Page\ntext\n<!-- a\nb`, [[8, 'A comment begins here and has no end. Close it with -->.']]],
    [
      `${HEAD}## Page\n${'a\n\n'.repeat(17_000)}`,
      [[7, 'The lesson has more than 50000 characters of text by here. Make it two lessons.']]
    ],
    [
      `${HEAD}## Page\na\n\nb <br>\n`,
      [[9, 'HTML is not read in lessons. Write **bold**, *emphasis*, `code` or $formulas$; a plain < is written \\<.']]
    ]
  ])('%#', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems)
  })

  it('are told all at once, in their order', () => {
    const text = `${HEAD}## Page\n<br>\n\n${block('foo', {})}\n${block('question', '{')}`
    expect(problemsOf(text).map(([line]) => line)).toEqual([7, 9, 14])
  })

  it('are at most a hundred', () => {
    const problems = problemsOf(`${HEAD}## Page\n${'<br>\n\n'.repeat(150)}`)
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toEqual([207, 'From here on there are 50 more. Mend those above first.'])
  })
})

describe('problems of a block', () => {
  const known = 'lesson, bench, question, microscope, trial, race, depth, output-gradients, math'

  it.each([
    [block('', 'x = 1'), [[7, `A block without a word behind its fence. Write which it is; known are ${known}.`]]],
    [block('quiz', {}), [[7, `There is no block "quiz". Known are ${known}.`]]],
    [
      block('question easy', question),
      [
        [
          7,
          '"question easy" stands behind a fence, where "question" stands alone. Settings are written within the block, as JSON.'
        ]
      ]
    ],
    [block('question', ''), [[7, 'The block "question" is empty. It is to hold JSON: {"name": value, …}.']]],
    [block('math', ' '), [[7, 'A block "math" is empty. Write a formula in TeX in it.']]],
    [
      block('question', '{\n"ask": "x",\n}'),
      [
        [
          10,
          'The block "question" cannot be read as JSON here: a comma stands before "}", where nothing follows; remove it.'
        ]
      ]
    ],
    [
      block('question', [1]),
      [[8, 'The block "question": expected an object {"setting": value, …}, got something else.']]
    ],
    [
      block('question', { ask: 'x' }),
      [[8, 'The block "question": expected either "choices" or "answer", got an object.']]
    ],
    [
      block('question', '{\n"ask": "x",\n"choices": [\n{"text": "a"},\n{"text": "b", "because": "", "hint": 1}]}'),
      [
        [11, 'In the block "question", "choices.0.because": it is missing, expected "because".'],
        [12, 'In the block "question", "choices.1.because": expected at least 1 character, got "".'],
        [12, 'In the block "question", "choices.1.hint": this key is not known here; remove it.']
      ]
    ],
    [
      block('question', { ask: 'x', choices: question.choices.map((each) => ({ ...each, right: true })) }),
      [[8, 'In the block "question", "choices": expected exactly one choice with "right": true, got a list of 2.']]
    ],
    [
      block('question', { ...question, ask: 'x\n\n<br>', then: '[a](b)' }),
      [
        [
          8,
          'In the block "question", "ask": HTML is not read in lessons. Write **bold**, *emphasis*, `code` or $formulas$; a plain < is written \\<.'
        ],
        [
          8,
          'In the block "question", "then": Links are not followed in lessons. Leave the address out, or write it as `code`.'
        ]
      ]
    ],
    [
      block(
        'output-gradients',
        '{\n"predict": {"ask": "x", "choices": [\n{"text": "a", "right": true, "because": "b"},\n{"text": "# c", "because": "d"}]}}'
      ),
      [
        [
          11,
          'In the block "output-gradients", "predict.choices.1.text": A heading of 1 # was found within text. Pages begin with "## Title" in a line of the file; smaller headings are not drawn: write **bold**.'
        ]
      ]
    ],
    [
      block('microscope', { bench: 'big' }),
      [
        [
          8,
          'In the block "microscope", "bench": there is no bench "big" in this lesson. None is declared; declare it in a block ```bench.'
        ]
      ]
    ],
    [
      block('race', {
        surface: 'hills',
        start: [0, 0],
        steps: 10,
        lanes: [{ type: 'sgd', config: { learningRate: -1, speed: 1 } }, { type: 'newton' }]
      }),
      [
        [
          8,
          'In the block "race", "surface": there is no surface "hills". Write one of "two-valleys", "bowl", "ravine", "rosenbrock", "saddle", "beale", "himmelblau".'
        ],
        [8, expect.stringContaining('In the block "race", "lanes.0.config.learningRate": must be a number') as string],
        [
          8,
          expect.stringContaining(
            'In the block "race", "lanes.0.config.speed": sgd has no such setting. Its settings are "learningRate",'
          ) as string
        ],
        [
          8,
          'In the block "race", "lanes.1.type": there is no optimizer "newton". Write one of "sgd", "adam", "adamw", "rmsprop", "adagrad", "lion".'
        ]
      ]
    ]
  ])('%#', (text, problems) => {
    expect(problemsOfPage(text)).toEqual(problems)
  })

  const answer = (bench: string, row: number): unknown => ({
    ask: 'x',
    answer: { bench, row, number: { of: 'loss' } }
  })

  it.each([
    [block('question', answer('tiny', 1)), []],
    [
      block('question', answer('tiny', 2)),
      [
        [
          21,
          'In the block "question", "answer.row": the bench "tiny" has 2 rows, which are counted from 0, so there is no row 2.'
        ]
      ]
    ],
    [
      block('microscope', { bench: 'tiny', row: 9 }),
      [
        [
          21,
          'In the block "microscope", "row": the bench "tiny" has 2 rows, which are counted from 0, so there is no row 9.'
        ]
      ]
    ],
    [
      block('question', answer('small', 0)),
      [
        [
          21,
          'In the block "question", "answer.bench": there is no bench "small" in this lesson. Declared are "tiny"; declare it in a block ```bench.'
        ]
      ]
    ],
    [
      block('question', {
        ask: 'x',
        answer: { bench: 'tiny', number: { of: 'gradient', parameter: 'dense2.weight', index: 0 } }
      }),
      [
        [
          21,
          'In the block "question", "answer.number.parameter": the bench "tiny" has no layer "dense2". Its layers are "dense1", "output".'
        ]
      ]
    ],
    [
      block('microscope', {
        ...{ bench: 'tiny', at: { phase: 'forward', layer: 'input' } },
        choose: { kind: 'unit', layer: 'hidden', unit: 0 }
      }),
      [
        [
          21,
          'In the block "microscope", "at.layer": the bench "tiny" has no layer "input". Its layers are "dense1", "output".'
        ],
        [
          21,
          'In the block "microscope", "choose.layer": the bench "tiny" has no layer "hidden". Its layers are "dense1", "output".'
        ]
      ]
    ],
    [
      block('microscope', {
        ...{ bench: 'tiny', at: { phase: 'backward', layer: 'output' } },
        choose: { kind: 'weight', parameter: 'dense1.bias', index: 0 }
      }),
      []
    ],
    [
      block('depth', {
        bench: 'tiny',
        choice: { depth: 5, width: 4, steps: 10, kinds: [{ activation: 'sigmoid', initializer: 'glorotUniform' }] }
      }),
      [[21, expect.stringContaining('"choice.kinds.0.initializer": must be one of auto, glorot-uniform,') as string]]
    ],
    [
      block('trial', {
        bench: 'tiny',
        steps: 5,
        variants: [
          { label: 'a', setup: { batchSize: 'all' } },
          { label: 'a', setup: { optimizer: { type: 'sgd', config: { speed: 1 } } } }
        ]
      }),
      [
        [21, 'In the block "trial", "variants.0.setup.batchSize": expected a number, got "all".'],
        [21, 'In the block "trial", "variants.1.label": there are two variants "a". Give each a label of its own.'],
        [21, expect.stringContaining('"variants.1.setup.optimizer.config.speed": sgd has no such setting.') as string]
      ]
    ]
  ])('on a bench: %#', (text, problems) => {
    expect(problemsOfPage(text, `${HEAD}${BENCH}`)).toEqual(problems)
  })

  it.each([
    [
      BENCH.replace('"target": "y"', '"target": "z"'),
      11,
      '"setup.target": there is no column "z". Write one of "x", "y".'
    ],
    [BENCH.replace(', [3, 4]', ''), 9, '"data.rows": there is one row; training needs at least two.'],
    [BENCH.replace('"type": "dense"', '"type": "thick"'), 14, '"setup.layers.0.type": there is no layer "thick".'],
    [BENCH.replace('"units": 2', '"units": 0'), 14, '"setup.layers.0.config.units": must be a whole number from 1'],
    [BENCH.replace('"squared"', '"square"'), 13, '"setup.loss": expected "squared",'],
    [BENCH.replace('"tiny"', '"Tiny!"'), 8, '"name": expected small letters, digits and "-", got "Tiny!".']
  ])('of a bench: %#', (bench, line, message) => {
    const problems = problemsOfPage('text', `${HEAD}${bench}`)
    expect(problems.some(([at, words]) => at === line && words.startsWith(`In the block "bench", ${message}`))).toBe(
      true
    )
  })

  it('of two benches of one name', () => {
    expect(problemsOfPage('text', `${HEAD}${BENCH}${BENCH}`)).toEqual([
      [21, 'In the block "bench", "name": there is a bench "tiny" above. Give each a name of its own.']
    ])
  })

  it('do not follow from a bench that cannot be read', () => {
    const problems = problemsOfPage(block('microscope', { bench: 'tiny' }), `${HEAD}${block('bench', '{')}`)
    expect(problems).toHaveLength(1)
  })
})

describe('any file', () => {
  const folder = join(import.meta.dirname, '../../../resources/lessons')
  const lessons = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  const sources = [`${HEAD}${BENCH}## Page\ntext *a* $b$\n- c\n\n${block('question', question)}`, ...lessons]

  const takenWell = (text: string): void => {
    const parsed = parseLesson(text)
    if ('lesson' in parsed) {
      expect(parsed.lesson.pages.length).toBeGreaterThan(0)
      return
    }
    const last = text.split(/\r\n?|\n/).length
    expect(parsed.problems.length).toBeGreaterThan(0)
    for (const { line, message } of parsed.problems) {
      expect(line >= 1 && line <= last).toBe(true)
      expect(message).toMatch(/\.$/)
    }
  }

  it('is a lesson or has problems', () => {
    const pieces = fc.constantFrom(
      ...['# ', '## ', '```', '~~~', 'lesson', 'bench', '\n', '\r', '{', '}', '"', '$', '$$']
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 40 }).map((each) => each.join(''))
    )
    fc.assert(fc.property(texts, takenWell), { numRuns: 2000 })
  })

  it('of real ones that something was done to, too', () => {
    const edits = fc.array(
      fc.record({
        at: fc.nat(),
        remove: fc.nat({ max: 40 }),
        insert: fc.oneof(
          fc.constant(''),
          fc.constantFrom('"', '}', '[', ',', '`', '\n', '```\n', '$', '<', '# '),
          fc.string()
        )
      }),
      { minLength: 1, maxLength: 5 }
    )
    fc.assert(
      fc.property(fc.constantFrom(...sources), edits, (source, all) => {
        let text = source
        for (const { at, remove, insert } of all) {
          const from = at % (text.length + 1)
          text = text.slice(0, from) + insert + text.slice(from + remove)
        }
        takenWell(text)
      }),
      { numRuns: 300 }
    )
  })

  it('is read in a few seconds, however it is made', () => {
    const whole = (piece: string, length: number): string =>
      `${HEAD}## Page\n${piece.repeat(Math.floor(length / piece.length))}`
    for (const piece of [
      `${'*a **b '.repeat(280)}${'b** a*'.repeat(280)}\n\n`,
      `${'_a'.repeat(1900)}\n\n`,
      `${'> '.repeat(1900)}\n\n`,
      `${'$'.repeat(3900)}\n\n`,
      `${'['.repeat(3900)}\n\n`,
      'a\n\n',
      '```\n```\n',
      '# ',
      '#',
      '`',
      '<!--',
      '$$\n',
      '- a\n\n'
    ]) {
      const began = performance.now()
      takenWell(whole(piece, MAX_LESSON_BYTES - 200))
      takenWell(whole(piece, 49_900))
      expect(performance.now() - began, JSON.stringify(piece.slice(0, 20))).toBeLessThan(10_000)
    }
  })
})
