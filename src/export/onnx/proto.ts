/**
 * ONNX's messages, typed, and their bytes by ONNX's own schema.
 *
 * Field names are those of `onnx-ml.proto`. Only the fields that exporters fill are listed.
 */
import protobuf from 'protobufjs/light.js'
import schema from './onnx-schema.json'

/** `AttributeProto.AttributeType` */
export const attributeType = { float: 1, int: 2, string: 3, ints: 7, strings: 8 } as const
/** `TensorProto.DataType` */
export const dataType = { float: 1, uint8: 2, int64: 7, string: 8, bool: 9, double: 11 } as const
export type DataType = (typeof dataType)[keyof typeof dataType]

export interface AttributeProto {
  readonly name: string
  readonly type: (typeof attributeType)[keyof typeof attributeType]
  readonly f?: number
  readonly i?: number
  readonly s?: Uint8Array
  readonly ints?: readonly number[]
  readonly strings?: readonly Uint8Array[]
}

export interface NodeProto {
  readonly name: string
  readonly op_type: string
  readonly domain: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly AttributeProto[]
}

export interface TensorProto {
  readonly name: string
  readonly dims: readonly number[]
  readonly data_type: DataType
  /** Little-endian values, row-major; every type but text. */
  readonly raw_data?: Uint8Array
  readonly string_data?: readonly Uint8Array[]
}

export interface ValueInfoProto {
  readonly name: string
  readonly doc_string: string
  readonly type: {
    readonly tensor_type: {
      readonly elem_type: DataType
      readonly shape: { readonly dim: readonly ({ readonly dim_value: number } | { readonly dim_param: string })[] }
    }
  }
}

export interface GraphProto {
  readonly name: string
  readonly node: readonly NodeProto[]
  readonly initializer: readonly TensorProto[]
  readonly input: readonly ValueInfoProto[]
  readonly output: readonly ValueInfoProto[]
}

export interface ModelProto {
  readonly ir_version: number
  readonly producer_name: string
  readonly producer_version: string
  readonly doc_string: string
  readonly opset_import: readonly { readonly domain: string; readonly version: number }[]
  readonly graph: GraphProto
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[]
}

let modelType: protobuf.Type | null = null

function modelProtoType(): protobuf.Type {
  modelType ??= protobuf.Root.fromJSON(schema).lookupType('onnx.ModelProto')
  return modelType
}

/** The bytes of an `.onnx` file. */
export function encodeModel(model: ModelProto): Uint8Array {
  const type = modelProtoType()
  const fields = { ...model }
  const problem = type.verify(fields)
  if (problem !== null) throw new Error(`ONNX schema: ${problem}`)
  return type.encode(type.create(fields)).finish()
}

/** A model's fields as plain values, integers as numbers: for tests and for looking at files. */
export function decodeModel(bytes: Uint8Array): unknown {
  const type = modelProtoType()
  return type.toObject(type.decode(bytes), { longs: Number, defaults: false })
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
