/** What is worth saying about how a table was prepared: rows and columns left out, cells taken for missing, odd splits. */
import type { Setup } from '../shared/setup'
import type { Notice } from '../shared/views'
import { numbersOf } from './cells'
import type { CompleteRows, FittedSplit, PlannedColumn } from './prepare'
import { keepsRows, rareClasses } from './split'
import { labelSets } from './strata'
import { isMissing, listNames, type Table } from './table'
import { answersIn, missingWordsAdvice, type Targets } from './target'
import type { RowWeights } from './weights'

export interface Preparing {
  readonly targets: Targets
  readonly weights: RowWeights | null
  readonly split: FittedSplit
  /** Columns left out for want of a value in the training rows. */
  readonly withoutValue: readonly string[]
  readonly planned: readonly PlannedColumn[]
  readonly complete: CompleteRows
}

export function preparationNotices(table: Table, setup: Setup, preparing: Preparing): Notice[] {
  return [
    // Windows say themselves what they leave out.
    ...(setup.window === null ? leftOutRows(table, preparing) : []),
    ...classNotices(setup, preparing),
    ...columnNotices(table, preparing),
    ...partingNotice(setup),
    ...weightNotice(setup, preparing)
  ]
}

function leftOutRows(table: Table, { targets, complete }: Preparing): Notice[] {
  const notices: Notice[] = []
  const answers = targets.all.map(({ column, task }) => ({ column, has: answersIn(column, task), lacking: 0 }))
  let left = 0
  let empty = 0
  let incomplete = 0
  for (let row = 0; row < table.rows; row++) {
    if (answers.every(({ has }) => has(row))) {
      if (complete.dropped[row] === 1) incomplete++
      continue
    }
    left++
    const lacking = answers.filter(({ has }) => !has(row))
    for (const each of lacking) each.lacking++
    if (lacking.some(({ column }) => isMissing(column, row))) empty++
  }
  if (left > 0) {
    const where = answers.filter(({ lacking }) => lacking > 0)
    const names = where.map(({ column }) => column.name)
    // A target of regression may be a number too large for float32.
    const beyond = left > empty ? ` (${left - empty} of them a number beyond ±3.4e38)` : ''
    const said = where.slice(0, 12).map(({ column, lacking }) => `"${column.name}" (${lacking})`)
    const more = where.length > said.length ? ` and ${where.length - said.length} more` : ''
    const several = `${targets.partly} of them have a value for another target. Every target must be known in a row that is used.`
    const message =
      answers.length === 1
        ? `${left} of ${table.rows} rows have no usable value for ${listNames(names)}${beyond} and are left out.`
        : `${left} of ${table.rows} rows have no usable value for ${said.join(', ')}${more}${beyond} and are left out; ${several}`
    const words = where.map(({ column }) => missingWordsAdvice(column)).join('')
    notices.push({ code: 'missing-target', severity: 'warning', message: `${message}${words}`, columns: names })
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

function classNotices(setup: Setup, { targets, split }: Preparing): Notice[] {
  if (targets.task === 'regression') return []
  const drawn = setup.window === null && (setup.split.by === 'auto' || setup.split.by === 'stratified')
  const stratified = drawn && keepsRows(setup)
  const trained = new Set(split.targetRows)
  const notices = targets.all.flatMap((target): Notice[] => {
    if (target.task === 'regression') return []
    const named = (codes: readonly number[]): string => listNames(codes.map((code) => target.classes[code] ?? ''))
    const columns = [target.column.name]
    const rare = stratified && targets.task !== 'multi-label' ? rareClasses(target.codes) : []
    const known = new Set(target.codes.filter((_, index) => trained.has(targets.rows[index] ?? -1)))
    const untrained = [...target.classes.keys()].filter((code) => !known.has(code))
    const of = targets.all.length > 1 ? ` in "${target.column.name}"` : ''
    return [
      ...noticeIf(rare.length > 0, {
        code: 'rare-class',
        severity: 'warning',
        message: `A single row each: ${named(rare)}. It is trained on, so no validation row tells how well these classes are learned.`,
        columns
      }),
      ...noticeIf(untrained.length > 0, {
        code: 'untrained-class',
        severity: 'warning',
        message: `No training row has ${named(untrained)}${of}: the network cannot learn it. Split the rows in another way, or add rows.`,
        columns
      })
    ]
  })
  return targets.task === 'multi-label' && stratified ? [...notices, labelSetNotice(targets)] : notices
}

/** By what rows with several labels are parted. */
function labelSetNotice(targets: Targets): Notice {
  const { shared, single } = labelSets(targets)
  const columns = targets.all.map(({ column }) => column.name)
  const drawn = `${single} ${single === 1 ? 'row has a combination' : 'rows have combinations'} of labels that no other row has`
  const message =
    shared === 0
      ? `Every row has a combination of labels of its own: the rows are parted at random.`
      : `The ${shared} combinations of labels that several rows have are as frequent in each part as their rows allow.${single === 0 ? '' : ` ${drawn}, parted at random.`}`
  return { code: 'label-sets', severity: 'info', message, columns }
}

function weightNotice({ window }: Setup, { weights, split }: Preparing): Notice[] {
  if (weights === null) return []
  const { column, factor, least, most } = weights
  const digits = (value: number): string => String(Number(value.toPrecision(4)))
  return [
    {
      code: 'row-weights',
      severity: 'info',
      message: `"${column}" says how much each row counts in the loss: from ${digits(least)} to ${digits(most)} in the ${split.trainRows.length} training ${window === null ? 'rows' : 'windows, by their last rows'}, times ${digits(factor)} so that their mean is 1. It is no feature; metrics count every ${window === null ? 'row' : 'window'} alike.`,
      columns: [column]
    }
  ]
}

function noticeIf(isSo: boolean, notice: Notice): Notice[] {
  return isSo ? [notice] : []
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
    const cells = split.seenRows.filter((row) => !isMissing(column, row) && Number.isNaN(read(row))).length
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

/** What became of the column that says how the rows are parted. */
function partingNotice({ split }: Setup): Notice[] {
  const { by, column, validation = [], test = [] } = split
  if (column === null) return []
  const aside = 'the column itself is no feature.'
  if (by === 'grouped') {
    const message = `All rows with the same "${column}" are in one part; ${aside}`
    return [{ code: 'group-column', severity: 'info', message, columns: [column] }]
  }
  if (by !== 'fixed') return []
  const where = (values: readonly string[]) => (values.length === 0 ? 'none' : `where it is ${listNames(values)}`)
  const message = `"${column}" says which rows are kept back: for validation ${where(validation)}, for the test ${where(test)}. The shares are not used; ${aside}`
  return [{ code: 'fixed-split', severity: 'info', message, columns: [column] }]
}
