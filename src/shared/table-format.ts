/** What a file was read as, and which of its rows could not be read. */
import type { Encoding } from './read-as'

/** What was detected, or what the person said. */
export type TableFormat =
  | {
      readonly kind: 'delimited'
      readonly delimiter: string
      readonly encoding: Encoding
      /** The first record names the columns. */
      readonly header: boolean
    }
  | { readonly kind: 'json'; readonly layout: 'rows' | 'columns' | 'lines' }
  | { readonly kind: 'parquet' }
  | { readonly kind: 'arrow' }
  | { readonly kind: 'excel'; readonly sheet: string; readonly sheets: readonly string[] }
  | { readonly kind: 'arff' }
  | { readonly kind: 'npy' }
  | { readonly kind: 'npz'; readonly arrays: readonly string[] }
  /** A folder or archive of images, brought to one size. */
  | {
      readonly kind: 'images'
      readonly width: number
      readonly height: number
      readonly channels: 1 | 3
      readonly fit: 'stretch' | 'crop' | 'pad'
    }
  | {
      readonly kind: 'idx'
      /** As the file has them, the rows first. */
      readonly shape: readonly number[]
      /** Name of the file beside it that the labels are from. */
      readonly labels: string | null
    }
  /** Made in the studio. */
  | { readonly kind: 'memory' }

/** Rows of the file that could not be read and were left out, as the person wished. */
export interface SkippedRows {
  readonly count: number
  /** The first of them, at most 1000: the line where each begins, from 1, and what is wrong with it. */
  readonly rows: readonly { readonly line: number; readonly reason: string }[]
}
