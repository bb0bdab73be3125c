import { sameAsInput, unaryCases, unaryKernel } from './elementwise'
import { numberAttribute, type Op } from './op'

/** y = scale·x + offset, both constants. ∂L/∂x = scale·g. */
export const affine: Op<'affine'> = {
  name: 'affine',
  formula: 'scale · x + offset',
  shape: sameAsInput,
  kernel(_inputs, attributes) {
    const scale = numberAttribute(attributes, 'scale')
    const offset = numberAttribute(attributes, 'offset')
    return unaryKernel((x) => scale * x + offset)
  },
  vjp: ({ graph, gradient, attributes }) => [
    graph.apply('affine', [gradient], { scale: numberAttribute(attributes, 'scale'), offset: 0 })
  ],
  cases: [
    ...unaryCases.map((unary) => ({ ...unary, attributes: { scale: -1.5, offset: 0.25 } })),
    { shapes: [[2, 3]], attributes: { scale: 0, offset: 1 } }
  ]
}
