/**
 * C [rows, columns] = op(A) [rows, inner] · op(B) [inner, columns], with what follows it fused in.
 *
 * The loops are ordered as Goto and van de Geijn (2008) do: `inner` in blocks of 256, so that a panel of eight columns
 * of B (8 KB) stays in the first cache while every tile of rows passes over it; rows in blocks of 192, so that their
 * part of A stays in the second.
 */
import { packColumns, packNeighbours, packTransposed } from './pack'
import { tileByColumns, tileByRows } from './micro'

const INNER_BLOCK: i32 = 256
const ROW_BLOCK: i32 = 192

/** Bytes of scratch memory: a panel of B, then a block of A. The planner reserves as much. */
const PANEL_BYTES: i32 = INNER_BLOCK * 32

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
  scratch: usize
): void {
  const cStep: usize = columns * 4
  const block = scratch + PANEL_BYTES
  // Packing pays where the packed part is read several times and its rows, far apart, crowd the cache.
  const packA = transposeA && columns > 32 && rows > 32
  const packB = transposeB || (rows > 24 && columns > 32)
  let k = 0
  // Once even for no inner values at all: a sum of nothing is 0.
  do {
    const depth = min(INNER_BLOCK, inner - k)
    const first = k == 0
    const last = k + depth == inner
    const least: f32 = last ? floor : -Infinity
    for (let m = 0; m < rows; m += ROW_BLOCK) {
      const height = min(ROW_BLOCK, rows - m)
      const aBlock: usize = transposeA ? a + 4 * (<usize>k * rows + m) : a + 4 * (<usize>m * inner + k)
      if (packA) packBlock(block, aBlock, rows * 4, depth, height)
      for (let n = 0; n < columns; n += 8) {
        const width = min(8, columns - n)
        let panel: usize = b + 4 * (<usize>k * columns + n)
        let bStep: usize = cStep
        if (transposeB) packTransposed(scratch, b + 4 * (<usize>n * inner + k), inner * 4, depth, width)
        else if (packB) packColumns(scratch, panel, cStep, depth)
        if (packB) {
          panel = scratch
          bStep = 32
        }
        const bAt: usize = bias != 0 ? bias + 4 * n : 0
        let at: usize = c + 4 * (<usize>m * columns + n)
        let maskAt: usize = last && mask != 0 ? mask + (at - c) : 0
        let aAt = packA ? block : aBlock
        for (let left = height; left > 0; left -= 4) {
          const valid = min(4, left)
          if (transposeA) {
            const aStep: usize = packA ? 16 : rows * 4
            tileByColumns(aAt, aStep, panel, bStep, depth, at, cStep, valid, width, bAt, first, least, maskAt)
            aAt += packA ? 16 * depth : 16
          } else {
            const aStep: usize = inner * 4
            tileByRows(aAt, aStep, panel, bStep, depth, at, cStep, valid, width, bAt, first, least, maskAt)
            aAt += 4 * aStep
          }
          at += 4 * cStep
          if (maskAt != 0) maskAt += 4 * cStep
        }
      }
    }
    k += INNER_BLOCK
  } while (k < inner)
}

/** Tiles of a transposed A one after the other. */
function packBlock(to: usize, from: usize, step: usize, depth: i32, height: i32): void {
  for (let m = 0; m < height; m += 4) {
    packNeighbours(to, from + 4 * m, step, depth)
    to += 16 * depth
  }
}
