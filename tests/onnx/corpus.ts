/** Reads ONNX's node tests out of `node-tests.json` and decodes them by ONNX's own schema. */
import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs/light.js'
import * as v from 'valibot'
import schema from '../../src/export/onnx/onnx-schema.json'

const index = v.pipe(v.number(), v.integer(), v.minValue(0))

/** What `scripts/make-onnx-tests.ts` writes. */
const corpusSchema = v.strictObject({
  package: v.string(),
  /** Of the package: ONNX's release and Debian's revision of it. */
  version: v.string(),
  tests: v.array(
    v.strictObject({
      /** Without `test_`. */
      name: v.string(),
      /** Places in `files`. */
      model: index,
      /** Of inputs and outputs together. */
      bytes: index,
      /** Absent where the data is too large to keep. */
      inputs: v.optional(v.array(index)),
      outputs: v.optional(v.array(index))
    })
  ),
  /** `.onnx` and `.pb` files in base64, each once. */
  files: v.array(v.string())
})
export type StoredCorpus = v.InferOutput<typeof corpusSchema>

const root = protobuf.Root.fromJSON(schema)
const bytesSchema = v.instance(Uint8Array)

const tensorProto = v.object({
  name: v.optional(v.string(), ''),
  dims: v.optional(v.array(v.number()), []),
  data_type: v.number(),
  float_data: v.optional(v.array(v.number()), []),
  int32_data: v.optional(v.array(v.number()), []),
  int64_data: v.optional(v.array(v.number()), []),
  uint64_data: v.optional(v.array(v.number()), []),
  double_data: v.optional(v.array(v.number()), []),
  raw_data: v.optional(bytesSchema)
})
type TensorProto = v.InferOutput<typeof tensorProto>

const attributeProto = v.object({
  name: v.string(),
  type: v.optional(v.number(), 0),
  f: v.optional(v.number(), 0),
  i: v.optional(v.number(), 0),
  s: v.optional(bytesSchema, new Uint8Array(0)),
  t: v.optional(tensorProto),
  floats: v.optional(v.array(v.number()), []),
  ints: v.optional(v.array(v.number()), [])
})

const nodeProto = v.object({
  op_type: v.string(),
  domain: v.optional(v.string(), ''),
  input: v.optional(v.array(v.string()), []),
  output: v.optional(v.array(v.string()), []),
  attribute: v.optional(v.array(attributeProto), [])
})

const valueInfo = v.object({
  name: v.string(),
  type: v.optional(v.object({ tensor_type: v.optional(v.object({ elem_type: v.number() })) }))
})

const modelProto = v.object({
  opset_import: v.array(v.object({ domain: v.optional(v.string(), ''), version: v.number() })),
  graph: v.object({
    node: v.array(nodeProto),
    initializer: v.optional(v.array(tensorProto), []),
    input: v.optional(v.array(valueInfo), []),
    output: v.array(valueInfo)
  })
})

export type OnnxNode = v.InferOutput<typeof nodeProto>

/** Names of `TensorProto.DataType`, by number. */
const elementTypes = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16'
] as const
export type ElementType = (typeof elementTypes)[number]

/** A tensor of a test: its values as float64, which holds those of every type below 64 bits exactly. */
export interface OnnxTensor {
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export interface NodeTest {
  readonly name: string
  readonly bytes: number
  /** Versions of the operator sets, by domain. */
  readonly opsets: ReadonlyMap<string, number>
  readonly nodes: readonly OnnxNode[]
  /** Constants of the model by name. */
  readonly initializers: ReadonlyMap<string, OnnxTensor>
  readonly inputs: readonly { readonly name: string; readonly type: ElementType | null }[]
  readonly outputs: readonly string[]
  /** The tensors of its inputs and outputs in their order; null where the data is not kept. */
  readonly data: (() => { inputs: readonly OnnxTensor[]; outputs: readonly OnnxTensor[] }) | null
}

/** All node tests of the release, those without data too. */
export function readCorpus(): { package: string; version: string; tests: readonly NodeTest[] } {
  const text = readFileSync(new URL('node-tests.json', import.meta.url), 'utf8')
  const { tests, files, ...source } = v.parse(corpusSchema, JSON.parse(text))
  const file = (place: number) => new Uint8Array(Buffer.from(files[place] ?? '', 'base64'))
  return { ...source, tests: tests.map((stored) => nodeTest(stored, file)) }
}

function nodeTest(
  { name, bytes, model, inputs, outputs }: StoredCorpus['tests'][number],
  file: (place: number) => Uint8Array
): NodeTest {
  const { graph, opset_import: opsets } = v.parse(modelProto, decoded('onnx.ModelProto', file(model)))
  const tensors = (places: readonly number[]) => places.map((place) => tensorOf(file(place)))
  return {
    name,
    bytes,
    opsets: new Map(opsets.map(({ domain, version }) => [domain, version])),
    nodes: graph.node,
    initializers: new Map(graph.initializer.map((proto) => [proto.name, fromProto(proto)])),
    inputs: graph.input.map((input) => {
      const type = input.type?.tensor_type?.elem_type
      return { name: input.name, type: type === undefined ? null : typeNamed(type) }
    }),
    outputs: graph.output.map((output) => output.name),
    data:
      inputs === undefined || outputs === undefined
        ? null
        : () => ({ inputs: tensors(inputs), outputs: tensors(outputs) })
  }
}

/** The operators of a test's model, each once. */
export function operatorsOf(test: NodeTest): string[] {
  return [...new Set(test.nodes.map((node) => node.op_type))]
}

function decoded(message: string, bytes: Uint8Array): unknown {
  const type = root.lookupType(message)
  return type.toObject(type.decode(bytes), { longs: Number, defaults: false })
}

function typeNamed(type: number): ElementType {
  const name = elementTypes[type]
  if (name === undefined) throw new Error(`ONNX has no element type ${type}`)
  return name
}

function tensorOf(bytes: Uint8Array): OnnxTensor {
  return fromProto(v.parse(tensorProto, decoded('onnx.TensorProto', bytes)))
}

/** A tensor's values, whichever of its fields hold them. @throws Error for text and complex numbers */
export function fromProto(proto: TensorProto): OnnxTensor {
  const type = typeNamed(proto.data_type)
  const listed = [proto.float_data, proto.double_data, proto.int64_data, proto.uint64_data]
  const values = listed.find((list) => list.length > 0) ?? proto.int32_data
  const data = proto.raw_data === undefined ? Float64Array.from(values) : fromRaw(type, proto.raw_data)
  const elements = proto.dims.reduce((product, size) => product * size, 1)
  if (data.length !== elements) throw new Error(`${data.length} values for shape [${proto.dims.join(', ')}]`)
  return { type, shape: proto.dims, data }
}

/** Little-endian values. */
const readers: ReadonlyMap<ElementType, readonly [width: number, read: (view: DataView, at: number) => number]> =
  new Map([
    ['float32', [4, (view, at) => view.getFloat32(at, true)]],
    ['float64', [8, (view, at) => view.getFloat64(at, true)]],
    ['float16', [2, (view, at) => fromFloat16(view.getUint16(at, true))]],
    ['int8', [1, (view, at) => view.getInt8(at)]],
    ['int16', [2, (view, at) => view.getInt16(at, true)]],
    ['int32', [4, (view, at) => view.getInt32(at, true)]],
    ['int64', [8, (view, at) => Number(view.getBigInt64(at, true))]],
    ['uint8', [1, (view, at) => view.getUint8(at)]],
    ['uint16', [2, (view, at) => view.getUint16(at, true)]],
    ['uint32', [4, (view, at) => view.getUint32(at, true)]],
    ['uint64', [8, (view, at) => Number(view.getBigUint64(at, true))]],
    ['bool', [1, (view, at) => view.getUint8(at)]]
  ])

function fromRaw(type: ElementType, bytes: Uint8Array): Float64Array {
  const reader = readers.get(type)
  if (reader === undefined) throw new Error(`no reader for ${type}`)
  const [width, read] = reader
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float64Array.from({ length: bytes.byteLength / width }, (_, i) => read(view, i * width))
}

/** IEEE 754 binary16: 1 sign bit, 5 of exponent, 10 of fraction. */
function fromFloat16(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}
