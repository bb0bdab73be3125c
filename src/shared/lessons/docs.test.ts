import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generators } from '../../data/generators'
import { lossSpecs, optimizerSpecs, surfaceSpecs } from '../../engine/catalog'
import { tasks } from '../../engine/spec'
import { openBench } from '../../project/explain/bench'
import { blockSchemas } from './lesson'
import { parseLesson } from './parse'
import { partsOf } from './parts'

const doc = readFileSync(join(import.meta.dirname, '../../../docs/lessons.md'), 'utf8')
const fences = partsOf(doc).filter(({ kind }) => kind === 'fence')
const fenced = (word: string): readonly string[] => fences.filter((each) => each.word === word).map(({ text }) => text)
const blocks = (words: readonly string[]): string =>
  words.flatMap((word) => fenced(word).map((text) => `\`\`\`${word}\n${text}\n\`\`\`\n`)).join('\n')

const shown = Object.keys(blockSchemas)
const examples = `# Examples\n\n${blocks(['lesson', 'bench'])}\n## Page\n\n${blocks(['math', ...shown])}`

describe('docs/lessons.md', () => {
  it('has a whole lesson that can be read', () => {
    const [whole = ''] = fenced('markdown')
    expect(parseLesson(whole)).toMatchObject({ lesson: { pages: [{ title: 'Forward' }, { title: 'Backward' }] } })
  })

  it('has text that can be read', () => {
    const [, text = ''] = fenced('markdown')
    const parsed = parseLesson(`${examples}\n${text}`)
    expect('problems' in parsed ? parsed.problems : []).toEqual([])
    expect(JSON.stringify(parsed)).toContain('\\\\sigma(z)')
  })

  it('has an example of every block that can be read', () => {
    for (const word of ['lesson', 'bench', 'math', ...shown]) expect(fenced(word), word).not.toEqual([])
    const parsed = parseLesson(examples)
    expect('problems' in parsed ? parsed.problems : []).toEqual([])
  })

  it('has benches that can be trained on', () => {
    const lessons = [examples, ...fenced('markdown').slice(0, 1)].map(parseLesson)
    const benches = lessons.flatMap((each) => ('lesson' in each ? each.lesson.benches : []))
    expect(benches.map(({ name }) => name)).toEqual(['paper', 'moons', 'neuron'])
    for (const bench of benches) expect(openBench(bench).trainOptions.initial).toBeDefined()
  })

  it('says what the studio says of mistakes', () => {
    const [wrong = ''] = fenced('md')
    const parsed = parseLesson(wrong)
    const said = 'problems' in parsed ? parsed.problems.map(({ line, message }) => `line ${line}: ${message}`) : []
    expect(fenced('text')).toEqual([said.join('\n')])
  })

  it('names everything that there is to choose from', () => {
    const names = [generators, lossSpecs, surfaceSpecs].flatMap((specs) => specs.map(({ name }) => name))
    for (const name of [...names, ...tasks, ...optimizerSpecs.map(({ type }) => type)])
      expect(doc).toContain(`\`${name}\``)
  })
})
