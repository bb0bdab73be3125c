/** Which nodes of a graph are worth computing. */

/** The nodes that the wanted ones need, themselves included, in the order of evaluation. */
export function needed<Node extends { readonly id: number; readonly inputs: readonly number[] }>(
  nodes: readonly Node[],
  wanted: readonly number[]
): readonly Node[] {
  const reached = new Set(wanted)
  for (const { id, inputs } of [...nodes].reverse()) {
    if (reached.has(id)) inputs.forEach((input) => reached.add(input))
  }
  return nodes.filter(({ id }) => reached.has(id))
}
