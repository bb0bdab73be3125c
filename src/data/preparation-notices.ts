/** What is worth saying about how a table was prepared: rows and columns left out, cells taken for missing, odd splits. */
import type { Setup } from '../shared/setup'
import type { Notice } from '../shared/views'
import { numbersOf } from './cells'
import type { CompleteRows, PlannedColumn } from './prepare'
import { rareClasses, type Split } from './split'
import { isMissing, listNames, type Table } from './table'
import { missingWordsAdvice, type Target } from './target'

export interface Preparing {
  readonly target: Target
  readonly split: Split
  /** Columns left out for want of a value in the training rows. */
  readonly withoutValue: readonly string[]
  readonly planned: readonly PlannedColumn[]
  readonly complete: CompleteRows
}

export function preparationNotices(table: Table, setup: Setup, preparing: Preparing): Notice[] {
  return [
    ...leftOutRows(table, preparing),
    ...classNotices(setup, preparing),
    ...columnNotices(table, preparing),
    ...groupNotice(setup)
  ]
}

function leftOutRows(table: Table, { target, complete }: Preparing): Notice[] {
  const notices: Notice[] = []
  const { name } = target.column
  const used = new Uint8Array(table.rows)
  for (const row of target.rows) used[row] = 1
  let left = 0
  let empty = 0
  let incomplete = 0
  for (let row = 0; row < table.rows; row++) {
    const missing = isMissing(target.column, row)
    if (missing) empty++
    if (used[row] === 1) continue
    if (!missing && complete.dropped[row] === 1) incomplete++
    else left++
  }
  if (left > 0) {
    // A target of regression may be a number too large for float32.
    const beyond = left > empty ? ` (${left - empty} of them a number beyond ±3.4e38)` : ''
    notices.push({
      code: 'missing-target',
      severity: 'warning',
      message: `${left} of ${table.rows} rows have no usable value for "${name}"${beyond} and are left out.${missingWordsAdvice(target.column)}`,
      columns: [name]
    })
  }
  if (incomplete > 0) {
    const counts = complete.columns.slice(0, 12).map((each) => `"${each.name}" (${each.rows})`)
    const more = complete.columns.length - counts.length
    notices.push({
      code: 'incomplete-rows',
      severity: 'warning',
      message: `${incomplete} of ${table.rows} rows are left out because they have no value in ${counts.join(', ')}${more > 0 ? ` and ${more} more columns` : ''}. A row without one cannot be predicted either.`,
      columns: complete.columns.map((each) => each.name)
    })
  }
  return notices
}

function classNotices(setup: Setup, { target, split }: Preparing): Notice[] {
  if (target.task === 'regression') return []
  const notices: Notice[] = []
  const add = (code: string, codes: readonly number[], message: (names: string) => string) => {
    if (codes.length === 0) return
    const names = listNames(codes.map((each) => target.classes[each] ?? ''))
    notices.push({ code, severity: 'warning', message: message(names), columns: [target.column.name] })
  }
  const stratified = setup.split.by === 'auto' || setup.split.by === 'stratified'
  if (stratified && (setup.validation > 0 || setup.test > 0)) {
    add(
      'rare-class',
      rareClasses(target.codes),
      (names) =>
        `A single row each: ${names}. It is trained on, so no validation row tells how well these classes are learned.`
    )
  }
  const codeOf = new Map(Array.from(target.rows, (row, index) => [row, target.codes[index] ?? -1]))
  const trained = new Set(Array.from(split.trainRows, (row) => codeOf.get(row)))
  add(
    'untrained-class',
    [...target.classes.keys()].filter((code) => !trained.has(code)),
    (names) => `No training row has ${names}: the network cannot learn it. Split the rows in another way, or add rows.`
  )
  return notices
}

function columnNotices(table: Table, { withoutValue, planned, split }: Preparing): Notice[] {
  const notices: Notice[] = []
  if (withoutValue.length > 0) {
    notices.push({
      code: 'all-missing-column',
      severity: 'warning',
      message: `No training row has a value in ${listNames(withoutValue)}: left out.`,
      columns: withoutValue
    })
  }
  const texts = planned.flatMap(({ column, plan }) => {
    if (plan.kind !== 'number' || !plan.lenient) return []
    const read = numbersOf(column, table, true)
    const cells = split.trainRows.filter((row) => !isMissing(column, row) && Number.isNaN(read(row))).length
    return cells > 0 ? [{ name: column.name, cells }] : []
  })
  if (texts.length > 0) {
    notices.push({
      code: 'text-as-number',
      severity: 'warning',
      message: `Cells of the training rows that are no numbers count as missing: ${texts.map(({ name, cells }) => `"${name}" (${cells})`).join(', ')}.`,
      columns: texts.map(({ name }) => name)
    })
  }
  const words = planned.filter(({ plan }) => plan.kind === 'words').map(({ column }) => column.name)
  if (words.length > 0) {
    notices.push({
      code: 'words-need-onnx-20',
      severity: 'info',
      message: `Texts in ${listNames(words)} are looked through for words, which exported ONNX files do by an operator of opset 20 (2023): older runtimes do not read them.`,
      columns: words
    })
  }
  return notices
}

function groupNotice({ split }: Setup): Notice[] {
  if (split.by !== 'grouped' || split.column === null) return []
  return [
    {
      code: 'group-column',
      severity: 'info',
      message: `All rows with the same "${split.column}" are in one part; the column itself is no feature.`,
      columns: [split.column]
    }
  ]
}
