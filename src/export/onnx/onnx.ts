import type { Exporter } from '../exporter'
import { onnxFile } from './model'
import { verifyOnnx } from './verify'

/** ONNX: the open exchange format of neural networks. */
export const onnx: Exporter = {
  format: 'onnx',
  label: 'ONNX',
  extension: '.onnx',
  description:
    'One file that takes raw columns and gives predictions; filling, encoding and standardising are inside. Read by onnxruntime in Python, C++, C#, Java, JavaScript and on phones.',
  write: onnxFile,
  verify: verifyOnnx
}
