/** Turns ONNX's schema (`onnx-ml.proto`) into the protobufjs descriptor that the exporter loads. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const folder = fileURLToPath(new URL('../src/export/onnx/', import.meta.url))
const { root } = protobuf.parse(readFileSync(`${folder}onnx-ml.proto`, 'utf8'), { keepCase: true })
writeFileSync(`${folder}onnx-schema.json`, JSON.stringify(root.toJSON(), null, 2) + '\n')
