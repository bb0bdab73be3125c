/** Forms in which a network is taken away. */
import type { Entry } from './term'

export const files: readonly Entry[] = [
  [
    'onnx',
    {
      title: 'ONNX',
      text: 'An open file format for trained models, run by many languages and devices. The file takes your raw columns: filling, encoding and standardisation are inside it.'
    }
  ]
]
