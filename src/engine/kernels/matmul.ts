/**
 * C [rows, columns] = op(A) [rows, inner] · op(B) [inner, columns], with what follows it fused in.
 *
 * The loops are ordered as Goto and van de Geijn (2008) do: `inner` in blocks of 256, so that a panel of eight columns
 * of B (8 KB) stays in the first cache while every tile of rows passes over it; columns in blocks of 512, whose panels are
 * packed once; rows in blocks of 192, so that their part of A stays in the second cache.
 *
 * Threads share the columns of C where there are many, else its rows; each packs what it reads for itself.
 */
import { packColumns, packNeighbours, packRows, packTransposed } from './pack'
import { dotsByRows, tiles } from './micro'
import { shareStart } from './share'

const INNER_BLOCK: i32 = 256
const ROW_BLOCK: i32 = 192
const COLUMN_BLOCK: i32 = 512

/** What threads take begins at multiples of these: cache lines of C, tiles. */
const COLUMNS_TOGETHER: i32 = 16
const ROWS_TOGETHER: i32 = 4

/** Bytes of scratch memory: panels of B, then a block of A. The planner reserves as much. */
const PANEL_BYTES: i32 = 4 * INNER_BLOCK * COLUMN_BLOCK

/**
 * @param bias [columns], or 0 @param floor 0 for ReLU, else −∞ @param mask [rows, columns], or 0; see micro.ts
 * @param scratch PANEL_BYTES + 4 · INNER_BLOCK · ROW_BLOCK bytes
 */
export function matmul(
  c: usize,
  a: usize,
  b: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  transposeA: bool,
  transposeB: bool,
  bias: usize,
  floor: f32,
  mask: usize,
  scratch: usize,
  part: i32,
  parts: i32
): void {
  const byColumns = columns >= COLUMNS_TOGETHER * 2 * parts || columns >= rows
  const rowsFrom = byColumns ? 0 : shareStart(rows, ROWS_TOGETHER, part, parts)
  const rowsUntil = byColumns ? rows : shareStart(rows, ROWS_TOGETHER, part + 1, parts)
  const columnsFrom = byColumns ? shareStart(columns, COLUMNS_TOGETHER, part, parts) : 0
  const columnsUntil = byColumns ? shareStart(columns, COLUMNS_TOGETHER, part + 1, parts) : columns
  const cStep: usize = columns * 4
  const block = scratch + PANEL_BYTES
  // Packing pays where the packed part is read several times and its rows, far apart, crowd the cache.
  const packA = transposeA ? columns > 32 && rows > 32 : columns > 128 && rows > 64
  const packB = transposeB || (rows > 24 && columns > 32)
  // The last one to four columns of a transposed B are read where they stand.
  const rest = columns & 7
  const dots = transposeB && !transposeA && !packA && rest > 0 && rest <= 4 ? rest : 0
  let k = 0
  // Once even for no inner values at all: a sum of nothing is 0.
  do {
    const depth = min(INNER_BLOCK, inner - k)
    const first = k == 0
    const last = k + depth == inner
    const least: f32 = last ? floor : -Infinity
    const panelBytes: usize = 32 * depth
    for (let from = columnsFrom; from < columnsUntil; from += COLUMN_BLOCK) {
      const until = min(from + COLUMN_BLOCK, columnsUntil)
      if (transposeB)
        packPanels(scratch, b + 4 * <usize>k, inner * 4, depth, from, until == columns ? until - dots : until)
      else if (packB) {
        let to = scratch
        for (let n = from; n < until; n += 8, to += panelBytes) {
          packColumns(to, b + 4 * (<usize>k * columns + n), cStep, depth)
        }
      }
      for (let m = rowsFrom; m < rowsUntil; m += ROW_BLOCK) {
        const height = min(ROW_BLOCK, rowsUntil - m)
        let aBlock: usize = transposeA ? a + 4 * (<usize>k * rows + m) : a + 4 * (<usize>m * inner + k)
        // Bytes from row to row, from step to step and from tile to tile.
        let rowStep: usize = transposeA ? 4 : inner * 4
        let aStep: usize = transposeA ? rows * 4 : 4
        let aNext: usize = 4 * rowStep
        if (packA) {
          if (transposeA) packNeighbours(block, aBlock, aStep, depth, height)
          else packRows(block, aBlock, rowStep, depth, height)
          aBlock = block
          rowStep = 4
          aStep = 16
          aNext = 16 * depth
        }
        let panel: usize = packB ? scratch : b + 4 * (<usize>k * columns + from)
        const bStep: usize = packB ? 32 : cStep
        const panelNext: usize = packB ? panelBytes : 32
        for (let n = from; n < until; n += 8, panel += panelNext) {
          const width = min(8, until - n)
          const bAt: usize = bias != 0 ? bias + 4 * n : 0
          const at: usize = c + 4 * (<usize>m * columns + n)
          const maskAt: usize = last && mask != 0 ? mask + (at - c) : 0
          if (width == dots) {
            const rowsOfB = b + 4 * (<usize>n * inner + k)
            dotsByRows(aBlock, rowStep, rowsOfB, inner * 4, depth, at, cStep, height, width, bAt, first, least, maskAt)
          } else {
            tiles(
              aBlock,
              rowStep,
              aStep,
              aNext,
              panel,
              bStep,
              depth,
              at,
              cStep,
              height,
              width,
              bAt,
              first,
              least,
              maskAt
            )
          }
        }
      }
    }
    k += INNER_BLOCK
  } while (k < inner)
}

/** Panels of a transposed B, columns from … until. @param b where the panels' part of column 0 begins */
function packPanels(to: usize, b: usize, step: usize, depth: i32, from: i32, until: i32): void {
  for (let n = from; n < until; n += 8) {
    packTransposed(to, b + step * n, step, depth, min(8, until - n))
    to += 32 * <usize>depth
  }
}
