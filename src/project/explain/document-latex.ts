/** A worked document as LaTeX, for `pdflatex` and its like; needs amsmath alone. */
import type { Block, WorkedDocument } from './document'

export function documentLatex({ title, blocks }: WorkedDocument): string {
  return `\\documentclass[a4paper,10pt]{article}
\\usepackage[utf8]{inputenc}
\\usepackage[T1]{fontenc}
\\usepackage{amsmath,amssymb,textcomp}
\\usepackage[margin=2cm]{geometry}
\\setcounter{MaxMatrixCols}{20}
\\allowdisplaybreaks
\\title{${escaped(title)}}
\\date{}
\\begin{document}
\\maketitle
${blocks.map(latexOf).join('\n')}
\\end{document}
`
}

function latexOf(block: Block): string {
  if (block.kind === 'heading') return `\\section*{${escaped(block.text)}}`
  if (block.kind === 'subheading') return `\\subsection*{${escaped(block.text)}}`
  if (block.kind === 'text') return `${escaped(block.text)}\n`
  return `\\[ ${block.tex} \\]`
}

const special: ReadonlyMap<string, string> = new Map([
  ['\\', '\\textbackslash{}'],
  ...['&', '%', '$', '#', '_', '{', '}'].map((each) => [each, `\\${each}`] as const),
  ['~', '\\textasciitilde{}'],
  ['^', '\\textasciicircum{}'],
  // What our own sentences have.
  ['δ', '$\\delta$'],
  ['∂', '$\\partial$'],
  ['×', '$\\times$'],
  ['ᵀ', '$^{\\top}$']
])

function escaped(text: string): string {
  return text.replace(/[\\&%$#_{}~^δ∂×ᵀ]/g, (letter) => special.get(letter) ?? letter)
}
