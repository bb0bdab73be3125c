/** Ways that take a share of the rows for the test, then one for validation. */
import { ConfigError } from '../../shared/errors'
import { tooFewRows, type Folding, type Parted, type Split, type SplitRequest, type SplitWay } from './split'

/** Rows can be taken apart: by shares, and in blocks. */
export interface Parts {
  /** About `wanted` of the rows: at least one, never all. `purpose` names the stream of random numbers. */
  take(rows: Int32Array, wanted: number, purpose: string): Parted
  /** Block of each of the rows: `folds` blocks, or one more where `expanding`. */
  deal(rows: Int32Array, folds: number): Int32Array
}

/**
 * @param open how the rows of a request are taken apart into so many parts
 * @param expanding see `Folding`
 */
export function wayByShares(
  by: SplitWay['by'],
  open: (request: SplitRequest, parts: number) => Parts,
  expanding = false
): SplitWay {
  return {
    by,
    split(request) {
      requireShares(request)
      const { shares } = request
      const kept = [shares.test, shares.validation].filter((share) => share > 0).length
      return splitByShares(request, open(request, kept + 1))
    },
    fold(request, folds): Folding {
      requireShares(request)
      const parts = open(request, folds + (request.shares.test > 0 ? 1 : 0))
      const { taken, left } = takeShare(request, parts, request.rows, 'test')
      return { testRows: taken, rows: left, blocks: parts.deal(left, folds), expanding }
    }
  }
}

/**
 * round(test · N) rows for the test first, then round(validation · N) for validation, each at least one unless its share is
 * 0; the rest is trained on.
 */
function splitByShares(request: SplitRequest, parts: Parts): Split {
  const { table, rows, shares } = request
  const test = takeShare(request, parts, rows, 'test')
  const validation = takeShare(request, parts, test.left, 'validation')
  const empty = (share: number, { taken }: Parted) => share > 0 && taken.length === 0
  if (validation.left.length === 0 || empty(shares.test, test) || empty(shares.validation, validation)) {
    throw tooFewRows(
      table,
      `${rows.length} usable rows are too few for training, validation (${shares.validation}) and test (${shares.test}): a part would be empty. Add rows, or choose other shares.`
    )
  }
  return { trainRows: validation.left, validationRows: validation.taken, testRows: test.taken }
}

/** Streams of random numbers by what is drawn; runs depend on these names. */
const purposes = { test: 'test', validation: 'split' } as const

function takeShare(
  { rows: all, shares }: SplitRequest,
  parts: Parts,
  rows: Int32Array,
  part: 'test' | 'validation'
): Parted {
  if (shares[part] === 0) return { taken: new Int32Array(0), left: rows.slice().sort() }
  // Counts are of all rows, so that the validation part is as large with a test part as without.
  return parts.take(rows, Math.round(shares[part] * all.length), purposes[part])
}

function requireShares({ shares }: SplitRequest): void {
  if (shares.test + shares.validation < 1) return
  throw new ConfigError(
    'invalid-config',
    `The shares for validation (${shares.validation}) and test (${shares.test}) leave no rows to train on; together they must stay below 1.`,
    { setting: 'test' }
  )
}
