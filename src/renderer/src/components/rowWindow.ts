/**
 * Which rows of a long table to draw. A browser cannot lay out an element taller than about 33 million
 * pixels, so very long tables are given a shorter scroll range in which one pixel stands for more than one.
 */

/** Tallest scrolled content, well within what every Chromium lays out exactly. */
const maxContentPx = 8_000_000

export interface RowWindow {
  /** First row drawn, from 0. */
  readonly from: number
  /** Rows drawn. */
  readonly count: number
  /** Space above the first drawn row and below the last. */
  readonly abovePx: number
  readonly belowPx: number
}

function heights(
  rows: number,
  rowPx: number,
  viewPx: number
): { contentPx: number; scrollPx: number; lastTop: number } {
  const contentPx = Math.min(rows * rowPx, maxContentPx)
  return { contentPx, scrollPx: Math.max(0, contentPx - viewPx), lastTop: Math.max(0, rows - viewPx / rowPx) }
}

/** The rows to draw when the content is scrolled by `scrollTopPx`, with `spare` rows beyond each edge. */
export function rowWindow(rows: number, rowPx: number, viewPx: number, scrollTopPx: number, spare = 8): RowWindow {
  const { contentPx, scrollPx, lastTop } = heights(rows, rowPx, viewPx)
  const scrolled = Math.min(Math.max(0, scrollTopPx), scrollPx)
  // Exact while one pixel is one pixel; otherwise the share scrolled is the share of the rows passed.
  const exact = rows * rowPx <= maxContentPx
  const top = exact ? scrolled / rowPx : (scrolled / scrollPx) * lastTop
  const from = Math.min(Math.max(0, Math.floor(top) - spare), Math.max(0, rows - 1))
  const to = Math.min(rows, Math.ceil(top + viewPx / rowPx) + spare)
  const count = Math.max(0, to - from)
  const abovePx = Math.max(0, exact ? from * rowPx : scrolled - (top - from) * rowPx)
  return { from, count, abovePx, belowPx: Math.max(0, contentPx - abovePx - count * rowPx) }
}

/** The scroll position that puts `row` (from 0) at the top, as far as the end allows. */
export function scrollTopOf(row: number, rows: number, rowPx: number, viewPx: number): number {
  const { scrollPx, lastTop } = heights(rows, rowPx, viewPx)
  if (rows * rowPx <= maxContentPx) return Math.min(Math.max(0, row * rowPx), scrollPx)
  return lastTop === 0 ? 0 : (Math.min(Math.max(0, row), lastTop) / lastTop) * scrollPx
}

/** Rows fetched at once: fewer when a row holds many cells, so that an answer stays small. */
export function blockRows(columns: number): number {
  return Math.max(10, Math.min(200, Math.floor(60_000 / Math.max(1, columns))))
}

/** Numbers of the blocks that hold the window's rows. */
export function blocksOf(window: RowWindow, block: number): number[] {
  if (window.count === 0) return []
  const first = Math.floor(window.from / block)
  const last = Math.floor((window.from + window.count - 1) / block)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
