/** What a network answers for one row and what stands in the table, for people. */
import { findColumn, outputNames, tableRows, targetNames, valueOutputs, type Preparation, type Table } from '../data'

/**
 * Probabilities of the classes, or the values in their own units, in the order of the outputs.
 * @param outputs of the network for the row, after the link [K]; of two classes K may be 1
 */
export function answersOf(
  preparation: Preparation,
  outputs: Float64Array
): readonly { readonly name: string; readonly value: number }[] {
  const names = outputNames(preparation)
  const values = valueOutputs(preparation)
  const isPair = 'classes' in preparation.target && outputs.length === 1
  const all = isPair ? [1 - (outputs[0] ?? NaN), outputs[0] ?? NaN] : [...outputs]
  return names.map((name, k) => {
    const { mean, scale } = values[k] ?? { mean: 0, scale: 1 }
    return { name, value: mean + scale * (all[k] ?? NaN) }
  })
}

/** What stands in the target columns; those that the table lacks, or that are empty, are left out. */
export function actualOf(preparation: Preparation, table: Table, row: number): string[] {
  const [cells = []] = tableRows(table, row, 1)
  return targetNames(preparation).flatMap((name) => {
    const column = findColumn(table, name)
    return (column === undefined ? null : cells[table.columns.indexOf(column)]) ?? []
  })
}
