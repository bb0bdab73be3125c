/**
 * Windows inside the ONNX file: inputs [N, T], the oldest row first, are prepared cell by cell as [N · T, 1], and put
 * together again as [N, F, T].
 */
import type { Preparation } from '../../data'
import type { OnnxBuilder } from './builder'

/** The features under the names of their inputs as single cells; as they are where there are no windows. */
export function cellFeatures(builder: OnnxBuilder, { features, window }: Preparation): Preparation['features'] {
  if (window === undefined) return features
  const shape = builder.int64('window.cells', [2], [-1, 1])
  return features.map((feature) => {
    const name = builder.node('Reshape', [feature.name, shape], { hint: `${feature.name}.cells` })
    return { ...feature, name }
  })
}

/** @param cells [N · T, F] @param width F */
export function stackWindows(builder: OnnxBuilder, cells: string, steps: number, width: number): string {
  const shape = builder.int64('window.shape', [3], [-1, steps, width])
  const rows = builder.node('Reshape', [cells, shape], { hint: 'window.rows' })
  return builder.node('Transpose', [rows], { attributes: [['perm', [0, 2, 1]]], hint: 'window.channels' })
}
