/** A worked document as one HTML page: MathML, which every browser sets by itself, so that it needs no style or font from elsewhere. */
import katex from 'katex'
import type { Block, WorkedDocument } from './document'

export function documentHtml({ title, blocks }: WorkedDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(title)}</title>
<style>
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1.5rem; font: 11pt/1.5 system-ui, sans-serif; color: #15171c; background: #fff; }
  h1 { font-size: 1.6rem; }
  h2, h3 { break-after: avoid; }
  h2 { margin-top: 2.2rem; font-size: 1.3rem; }
  h3 { margin-top: 1.5rem; font-size: 1.05rem; }
  .equation { margin: 0.4rem 0; padding: 0.3rem 0; overflow: auto hidden; break-inside: avoid; }
  math { font-size: 1.05em; }
  @media print { body { margin: 0; max-width: none; } .equation { overflow: visible; font-size: 0.85em; } }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${blocks.map(htmlOf).join('\n')}
</body>
</html>
`
}

function htmlOf(block: Block): string {
  if (block.kind === 'heading') return `<h2>${escaped(block.text)}</h2>`
  if (block.kind === 'subheading') return `<h3>${escaped(block.text)}</h3>`
  if (block.kind === 'text') return `<p>${escaped(block.text)}</p>`
  const math = katex.renderToString(block.tex, { output: 'mathml', displayMode: true, throwOnError: true })
  return `<div class="equation">${math}</div>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
