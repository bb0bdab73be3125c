/** How a file was read, in words. */
import type { Encoding } from '../../../shared/read-as'
import type { TableFormat } from '../../../shared/table-format'

export const encodingLabels: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  'windows-1252': 'Latin-1 (Windows-1252)'
}

export const delimiterLabels: readonly (readonly [delimiter: string, label: string])[] = [
  [',', 'Comma'],
  [';', 'Semicolon'],
  ['\t', 'Tab'],
  ['|', 'Vertical bar']
]

const layouts = { rows: 'a list of rows', columns: 'columns', lines: 'one object a line' } as const

/** `Comma-separated text, UTF-8, columns named by the first line`. */
export function formatText(format: TableFormat): string {
  switch (format.kind) {
    case 'delimited': {
      const label = delimiterLabels.find(([delimiter]) => delimiter === format.delimiter)?.[1]
      const parted = label === undefined ? `Text parted by “${format.delimiter}”` : `${label}-separated text`
      const header = format.header ? 'columns named by the first line' : 'no line names the columns'
      return `${parted}, ${encodingLabels[format.encoding]}, ${header}`
    }
    case 'json':
      return `JSON, ${layouts[format.layout]}`
    case 'excel':
      return `Excel workbook, sheet “${format.sheet}”${format.sheets.length > 1 ? ` of ${format.sheets.length}` : ''}`
    case 'npz':
      return `NumPy archive, ${format.arrays.length === 1 ? '1 array' : `${format.arrays.length} arrays`}`
    case 'parquet':
      return 'Parquet'
    case 'arrow':
      return 'Arrow'
    case 'arff':
      return 'ARFF'
    case 'npy':
      return 'NumPy array'
    case 'images':
      return `Images, ${format.width}×${format.height}, ${format.channels === 1 ? 'grey' : 'colour'}`
    case 'idx':
      return `IDX, ${format.shape.join(' × ')}${format.labels === null ? '' : `, labels from “${format.labels}”`}`
    case 'memory':
      return 'Made in the studio'
  }
}
