/** How layers that are no plain sums pass numbers on, and errors back: their own local rule, as TeX. */

export interface LocalRule {
  readonly forward: string
  /** ∂E/∂x from what comes back, g = ∂E/∂y; and ∂E/∂w where it learns. */
  readonly backward: readonly string[]
  /** In plain words. */
  readonly words: string
}

const maximum: LocalRule = {
  forward: 'y = \\max_{i \\in \\text{window}} x_i',
  backward: ['\\frac{\\partial E}{\\partial x_i} = g \\cdot [\\,x_i = y\\,]'],
  words: 'Only the largest number of each window is passed on, so only it gets the error back; the others get 0.'
}
const mean: LocalRule = {
  forward: 'y = \\frac{1}{n} \\textstyle\\sum_{i \\in \\text{window}} x_i',
  backward: ['\\frac{\\partial E}{\\partial x_i} = \\frac{g}{n}'],
  words: 'Every number of a window had an equal part in its mean, so the error is shared out equally.'
}
const normalized: LocalRule = {
  forward: 'y = \\gamma \\cdot \\hat x + \\beta, \\quad \\hat x = \\frac{x - \\mu}{\\sqrt{\\sigma^2 + \\varepsilon}}',
  backward: [
    '\\frac{\\partial E}{\\partial \\gamma} = \\textstyle\\sum g \\cdot \\hat x, \\quad \\frac{\\partial E}{\\partial \\beta} = \\textstyle\\sum g',
    '\\frac{\\partial E}{\\partial x} = \\frac{\\gamma g - \\overline{\\gamma g} - \\hat x \\cdot \\overline{\\gamma g \\cdot \\hat x}}{\\sqrt{\\sigma^2 + \\varepsilon}}'
  ],
  words:
    'Numbers are brought to mean 0 and deviation 1, then stretched by γ and moved by β. As mean and deviation hang on all of them, the error of each is taken less what moves all alike.'
}
const sameNumbers: LocalRule = {
  forward: 'y = x',
  backward: ['\\frac{\\partial E}{\\partial x} = g'],
  words: 'The same numbers in another order or shape. The error goes back to where each came from.'
}
const batchNorm: LocalRule = {
  ...normalized,
  words: `${normalized.words} With one row alone μ and σ² are the running ones, which the error does not move: ∂E/∂x is then γ·g / √(σ² + ε).`
}

function convolution(at: string, kernel: string): LocalRule {
  const moved = at
    .split('')
    .map((letter, i) => `${letter}+${kernel[i] ?? ''}`)
    .join(',')
  const returned = at
    .split('')
    .map((letter, i) => `${letter}-${kernel[i] ?? ''}`)
    .join(',')
  const [a, k] = [at.split('').join(','), kernel.split('').join(',')]
  return {
    forward: `z_{o,${a}} = b_o + \\textstyle\\sum_{c,${k}} w_{o,c,${k}}\\; x_{c,${moved}}, \\quad y = f(z)`,
    backward: [
      `\\frac{\\partial E}{\\partial w_{o,c,${k}}} = \\textstyle\\sum_{${a}} \\delta_{o,${a}}\\; x_{c,${moved}}`,
      `\\frac{\\partial E}{\\partial x_{c,${a}}} = \\textstyle\\sum_{o,${k}} w_{o,c,${k}}\\; \\delta_{o,${returned}}`
    ],
    words:
      'A small kernel slides over its input: the same weights at every place. So ∂E/∂w is the sum over all places of δ times what stood there, and the error goes back through the kernel turned round. (Written for stride 1 without padding.)'
  }
}

const rules: ReadonlyMap<string, LocalRule> = new Map([
  ['conv1d', convolution('i', 'u')],
  ['conv2d', convolution('ij', 'uv')],
  ['max-pool1d', maximum],
  ['max-pool2d', maximum],
  ['global-max-pool', maximum],
  ['avg-pool1d', mean],
  ['avg-pool2d', mean],
  ['global-avg-pool', mean],
  ['batch-norm', batchNorm],
  ['layer-norm', normalized],
  ['group-norm', normalized],
  ['flatten', sameNumbers],
  ['reshape', sameNumbers],
  ['permute', sameNumbers],
  [
    'activation',
    {
      forward: 'a = f(z)',
      backward: ["\\delta = \\frac{\\partial E}{\\partial a} \\cdot f'(z)"],
      words: 'Each number goes through f by itself; the error comes back times the slope of f there.'
    }
  ],
  [
    'dropout',
    {
      forward: 'y = \\frac{m \\cdot x}{1 - p}, \\quad m \\in \\{0, 1\\}',
      backward: ['\\frac{\\partial E}{\\partial x} = \\frac{m \\cdot g}{1 - p}'],
      words: 'What was left out in this step (m = 0) had no part in the error, so none comes back through it.'
    }
  ],
  [
    'select',
    {
      forward: 'y_i = x_{\\text{from} + i}',
      backward: ['\\frac{\\partial E}{\\partial x_{\\text{from} + i}} = g_i'],
      words: 'Some of the numbers are passed on; the others get no error back.'
    }
  ],
  [
    'embedding',
    {
      forward: 'y = W_{k}, \\quad k = \\text{the value of the column}',
      backward: [
        '\\frac{\\partial E}{\\partial W_k} = g, \\quad \\frac{\\partial E}{\\partial W_j} = 0 \\; (j \\ne k)'
      ],
      words: 'The vector of one value is looked up, so that vector alone gets a gradient.'
    }
  ],
  [
    'add',
    {
      forward: 'y = x_1 + x_2 + \\dots',
      backward: ['\\frac{\\partial E}{\\partial x_i} = g'],
      words: 'A sum passes the whole error to each of its inputs: this is why a residual way keeps gradients alive.'
    }
  ],
  [
    'multiply',
    {
      forward: 'y = x_1 \\cdot x_2',
      backward: [
        '\\frac{\\partial E}{\\partial x_1} = g \\cdot x_2, \\quad \\frac{\\partial E}{\\partial x_2} = g \\cdot x_1'
      ],
      words: 'Each input gets the error times the other one.'
    }
  ],
  [
    'concat',
    {
      forward: 'y = (x_1, x_2, \\dots)',
      backward: ['\\left(\\frac{\\partial E}{\\partial x_1}, \\frac{\\partial E}{\\partial x_2}, \\dots\\right) = g'],
      words: 'The inputs stand one behind the other; each gets its own piece of the error back.'
    }
  ]
])

/** Null for dense layers, whose every number is worked out, and for types that say nothing. */
export function localRule(type: string): LocalRule | null {
  return rules.get(type) ?? null
}
