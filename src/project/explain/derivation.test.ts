import katex from 'katex'
import { describe, expect, it } from 'vitest'
import { createTraining, frozenStep, Microscope, textTex } from '../../engine'
import { trainings } from '../../engine/train/testing/trainings'
import { derivation } from './derivation'
import { documentHtml } from './document-html'
import { documentLatex } from './document-latex'
import { leftOut, matrixTex, vectorTex } from './matrices'

const facts = {
  dataset: 'odd <name> & 100 % _of_ {it}.csv',
  row: 7,
  actual: ['yes'],
  answer: [
    { name: 'yes', value: 0.25 },
    { name: '~no^', value: 0.75 }
  ]
}

async function documentOf(options: (typeof trainings)[number][1]) {
  const exact = { ...options, executor: 'reference' as const }
  const training = createTraining(exact)
  for await (const { type } of training.events()) if (type === 'step') break
  const microscope = new Microscope({ ...frozenStep({ ...exact, from: training.state() }), asTraining: true })
  return { microscope, document: derivation(microscope, 1, facts) }
}

describe('the worked derivation', () => {
  it.each(trainings)('can be set, every equation of it: %s', async (_, options) => {
    const { document, microscope } = await documentOf(options)
    for (const block of document.blocks) {
      if (block.kind === 'equation') katex.renderToString(block.tex, { throwOnError: true, strict: 'error' })
    }
    const headings = document.blocks
      .filter(({ kind }) => kind === 'heading')
      .map((block) => 'text' in block && block.text)
    expect(headings).toEqual(expect.arrayContaining(['1. Forward', '2. The error', '3. Backward', '4. Descent']))
    const equations = document.blocks.map((block) => ('tex' in block ? block.tex : '')).join('\n')
    const output = microscope.subject.problem.model.spec.output
    expect(equations).toContain(vectorTex(microscope.layer(output, 1).delta ?? []))
    expect(equations).toContain(vectorTex(microscope.answer(1)))
    expect(equations).not.toContain('@')
    const html = documentHtml(document)
    expect(html).toContain('odd &lt;name&gt; &amp; 100 % _of_ {it}.csv')
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
    expect(documentLatex(document)).toContain('odd <name> \\& 100 \\% \\_of\\_ \\{it\\}.csv')
  })
})

describe('matrices', () => {
  it('write small ones out, and of large ones the corners', () => {
    expect(matrixTex([1, 2, 3, 4, 5, 6], 3)).toBe('\\begin{pmatrix} 1 & 2 & 3 \\\\ 4 & 5 & 6 \\end{pmatrix}')
    const tall = vectorTex(Array.from({ length: 20 }, (_, i) => i))
    expect(tall).toBe('\\begin{pmatrix} 0 \\\\ 1 \\\\ 2 \\\\ 3 \\\\ \\vdots \\\\ 17 \\\\ 18 \\\\ 19 \\end{pmatrix}')
    expect(leftOut(20, 1)).toBe('20 numbers')
    expect(leftOut(8, 8)).toBeNull()
  })
})

describe('names', () => {
  it.each(['a_b', '100%', 'x^2~', '{}#$&', 'back\\slash'])('%s are set as they stand', (name) => {
    const html = katex.renderToString(textTex(name), { output: 'html', throwOnError: true })
    const read = html.replace(/<[^>]+>/g, '').replaceAll('&amp;', '&')
    expect(read).toBe(name)
  })
})
