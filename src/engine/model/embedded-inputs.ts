/** Layers in front of a network that learn vectors for some of its inputs: those follow from the data, as the output layer does. */
import { INPUT, type LayerNode, type ModelSpec } from '../spec'
import { MAX_INPUTS, RESERVED } from './checks'

/** An input that holds the entry of a category: whole numbers from 0, where 0 is any that is not known. */
export interface EmbeddedInput {
  /** What it is the category of, which names its layers. */
  readonly column: string
  /** Its place among the features, or channels, of a row. */
  readonly at: number
  /** 0 included. */
  readonly entries: number
  /** Numbers of each vector, d. */
  readonly size: number
}

/** As many letters of a column as names of layers, which have at most 64, can hold with what is put around them. */
const SLUG = 48

/**
 * The network with each embedded input in place of itself: select → embedding → flatten gives d features instead of one,
 * in the order of the inputs, and whoever took the network's input takes those. Rows are [F], or [F, T] where each step
 * has a category of its own.
 * @param embedded by their place, each once; without any the network stays as it is
 */
export function withEmbeddings(spec: ModelSpec, embedded: readonly EmbeddedInput[]): ModelSpec {
  if (embedded.length === 0) return spec
  const named = namesBeside(spec)
  const layers: LayerNode[] = []
  const add = (name: string, type: string, inputs: readonly string[], config: LayerNode['config'] = {}): string => {
    const node = { name: named(name), type, inputs, config }
    layers.push(node)
    return node.name
  }
  const [width = 0, ...steps] = spec.inputShape
  const select = (name: string, from: number, count: number) => add(name, 'select', [INPUT], { from, count })
  const parts: string[] = []
  let next = 0
  const plainUntil = (end: number): void => {
    if (end > next) parts.push(select('numbers', next, end - next))
    next = end + 1
  }
  for (const input of embedded) {
    plainUntil(input.at)
    const slug = slugOf(input.column)
    const config = { numEmbeddings: input.entries, embeddingDim: input.size, unknownEntry: true }
    const entry = select(`select_${slug}`, input.at, 1)
    if (steps.length === 0) {
      parts.push(add(`flat_${slug}`, 'flatten', [add(`embed_${slug}`, 'embedding', [entry], config)]))
      continue
    }
    const sequence = add(`flat_${slug}`, 'flatten', [entry])
    parts.push(add(`turn_${slug}`, 'permute', [add(`embed_${slug}`, 'embedding', [sequence], config)]))
  }
  plainUntil(width)
  const features = joined(parts, (some) => add('features', 'concat', some))
  return {
    ...spec,
    layers: [
      ...layers,
      ...spec.layers.map((layer) => ({
        ...layer,
        inputs: layer.inputs.map((name) => (name === INPUT ? features : name))
      }))
    ]
  }
}

/** One name for all of them; in turns where they are more than a layer may join. */
function joined(parts: readonly string[], join: (some: readonly string[]) => string): string {
  const [first = INPUT] = parts
  if (parts.length <= 1) return first
  if (parts.length <= MAX_INPUTS) return join(parts)
  const groups: string[] = []
  for (let at = 0; at < parts.length; at += MAX_INPUTS) {
    groups.push(joined(parts.slice(at, at + MAX_INPUTS), join))
  }
  return joined(groups, join)
}

/** Makes a name that no layer has: with a number at its end where another has it already. */
function namesBeside({ layers }: ModelSpec): (wanted: string) => string {
  const taken = new Set([...RESERVED, ...layers.map(({ name }) => name)])
  return (wanted) => {
    let name = wanted
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`
    taken.add(name)
    return name
  }
}

/** What of a column's name can stand in a layer's, accents left out. */
function slugOf(column: string): string {
  const plain = column
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
  return plain.slice(0, SLUG) || 'column'
}
