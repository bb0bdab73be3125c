/** Files of the datasets that are made in the studio: what each is called, and what stands in it. */
import type { Config } from '../engine/catalog'
import { className, type MadeDataset } from '../shared/made-dataset'
import { csvText, generatedRows, generatorNamed, writtenRow } from './generators'
import { tableOfRows } from './memory-table'
import type { Table } from './table'

export interface MadeFile {
  /** Plain name with its extension; it is free to be numbered where there is one like it. */
  readonly name: string
  readonly text: string
}

/** @throws ConfigError `unknown-generator`, `invalid-config` */
export function madeFile(made: MadeDataset): MadeFile {
  switch (made.kind) {
    case 'generated': {
      const generator = generatorNamed(made.generator)
      const text = csvText(generator.columns, generatedRows(generator, made.config))
      return { name: `${generator.label}.csv`, text }
    }
    case 'painted': {
      const rows = made.points.map(({ x, y, group }) => [x, y, className(group)])
      return { name: 'Painted points.csv', text: csvText(['x', 'y', 'class'], rows) }
    }
    case 'pasted':
      return { name: made.text.slice(0, 10_000).includes('\t') ? 'Pasted.tsv' : 'Pasted.csv', text: made.text }
  }
}

/**
 * What a generator makes, as a table that is no file; the cells are those of its file.
 * @throws ConfigError `unknown-generator`, `invalid-config`
 */
export function generatedTable(name: string, config: Config): Table {
  const generator = generatorNamed(name)
  return tableOfRows(generator.label, generator.columns, generatedRows(generator, config).map(writtenRow))
}
