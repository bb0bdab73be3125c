/** Collects the nodes and constants of one ONNX graph and gives every tensor a name of its own. */
import {
  attributeType,
  dataType,
  utf8,
  type AttributeProto,
  type DataType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto
} from './proto'

/** Attribute values as they are written in rules: whole numbers become INT, so a FLOAT is marked. */
export type AttributeValue = number | string | readonly number[] | readonly string[]

/** Domain of ONNX's classical machine learning operators. */
export const ML_DOMAIN = 'ai.onnx.ml'

/** Size of a dimension, or the name of one that is known only when the model runs. */
export type Dimension = number | 'N'

export class OnnxBuilder {
  readonly #used = new Set<string>()
  readonly #nodes: NodeProto[] = []
  readonly #initializers: TensorProto[] = []
  readonly #inputs: ValueInfoProto[] = []
  readonly #outputs: ValueInfoProto[] = []

  /** @param opset version of ONNX's own operators that the nodes are of */
  constructor(readonly opset: 13 | 20 = 13) {}

  /**
   * An input under exactly this name. Inputs and outputs are declared before anything else is added, so that no
   * name made up here can be one of theirs.
   */
  input(name: string, type: DataType, shape: readonly Dimension[], help: string): string {
    this.#inputs.push(this.#declare(name, type, shape, help))
    return name
  }

  /** An output under exactly this name; a node given it as `output` computes it. */
  output(name: string, type: DataType, shape: readonly Dimension[], help: string): string {
    this.#outputs.push(this.#declare(name, type, shape, help))
    return name
  }

  /** A node with one output, which is returned; `output` is a name from `output()` or a hint for a new one. */
  node(
    operator: string,
    inputs: readonly string[],
    options: {
      readonly attributes?: readonly (readonly [string, AttributeValue])[]
      readonly domain?: string
      readonly hint?: string
      readonly output?: string
    } = {}
  ): string {
    const output = options.output ?? this.#unique(options.hint ?? operator)
    this.#nodes.push({
      name: output,
      op_type: operator,
      domain: options.domain ?? '',
      input: inputs,
      output: [output],
      attribute: (options.attributes ?? []).map(([name, value]) => attribute(name, value))
    })
    return output
  }

  float32(hint: string, shape: readonly number[], values: Iterable<number>): string {
    return this.#numbers(hint, dataType.float, shape, values, 4, (view, at, value) => view.setFloat32(at, value, true))
  }

  float64(hint: string, shape: readonly number[], values: Iterable<number>): string {
    return this.#numbers(hint, dataType.double, shape, values, 8, (view, at, value) => view.setFloat64(at, value, true))
  }

  int64(hint: string, shape: readonly number[], values: Iterable<number>): string {
    return this.#numbers(hint, dataType.int64, shape, values, 8, (view, at, value) =>
      view.setBigInt64(at, BigInt(value), true)
    )
  }

  texts(hint: string, values: readonly string[]): string {
    const name = this.#unique(hint)
    this.#initializers.push({ name, dims: [values.length], data_type: dataType.string, string_data: values.map(utf8) })
    return name
  }

  graph(name: string): GraphProto {
    return { name, node: this.#nodes, initializer: this.#initializers, input: this.#inputs, output: this.#outputs }
  }

  #declare(name: string, type: DataType, shape: readonly Dimension[], help: string): ValueInfoProto {
    // ONNX takes a tensor without a name for one that is left out.
    if (name === '' || this.#used.has(name) || this.#nodes.length + this.#initializers.length > 0) {
      throw new Error(`ONNX tensor "${name}" is declared twice, too late or without a name`)
    }
    this.#used.add(name)
    return valueInfo(name, type, shape, help)
  }

  #numbers(
    hint: string,
    type: DataType,
    shape: readonly number[],
    values: Iterable<number>,
    width: number,
    set: (view: DataView, at: number, value: number) => void
  ): string {
    const name = this.#unique(hint)
    const elements = shape.reduce((product, size) => product * size, 1)
    const bytes = new Uint8Array(elements * width)
    const view = new DataView(bytes.buffer)
    let at = 0
    for (const value of values) {
      set(view, at, value)
      at += width
    }
    if (at !== bytes.byteLength)
      throw new Error(`ONNX constant "${name}" has ${at / width} values for shape [${shape.join(', ')}]`)
    this.#initializers.push({ name, dims: shape, data_type: type, raw_data: bytes })
    return name
  }

  #unique(wanted: string): string {
    let name = wanted
    for (let i = 2; this.#used.has(name); i++) name = `${wanted}_${i}`
    this.#used.add(name)
    return name
  }
}

/** Blocks [N, …] side by side. */
export function concatenate(builder: OnnxBuilder, names: readonly string[], hint: string): string {
  const [first] = names
  if (names.length === 1 && first !== undefined) return first
  return builder.node('Concat', names, { attributes: [['axis', 1]], hint })
}

function valueInfo(name: string, type: DataType, shape: readonly Dimension[], help: string): ValueInfoProto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }))
  return { name, doc_string: help, type: { tensor_type: { elem_type: type, shape: { dim } } } }
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number') return { name, type: attributeType.int, i: value }
  if (typeof value === 'string') return { name, type: attributeType.string, s: utf8(value) }
  const texts = value.filter((each) => typeof each === 'string')
  const numbers = value.filter((each) => typeof each === 'number')
  return texts.length > 0
    ? { name, type: attributeType.strings, strings: texts.map(utf8) }
    : { name, type: attributeType.ints, ints: numbers }
}
