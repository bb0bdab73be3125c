/**
 * The innermost part of convolution: a 4 × 8 tile of results in registers, as in micro.ts, C[i, j] = Σ X[base_i + offset_k] · B[k, j]. A
 * patch of an image is never copied: four places in it (pixels, or taps of a kernel) share one table of offsets.
 */
import { madd } from './math'
import { storeSome } from './store'

/**
 * @param x0 address of the first place, and so on; those past `valid` may be any that can be read
 * @param offsets `inner` byte offsets @param panel eight numbers for each of them
 * @param c where the results of column 0 go: those of column j at c + j · cStep, the i-th 4 · i further
 * @param targets 0, or four byte offsets by which results stand instead of 4 · i
 * @param valid results of each column @param columns columns
 * @param bias eight numbers to begin with, or 0
 * @param adds whether results are added to what c holds
 * @param floor 0 for ReLU, else −∞ @param mask laid out as c, or 0: results where it is not above 0 are 0
 */
export function offsetTile(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  offsets: usize,
  panel: usize,
  inner: i32,
  c: usize,
  cStep: usize,
  targets: usize,
  valid: i32,
  columns: i32,
  bias: usize,
  adds: bool,
  floor: f32,
  mask: usize
): void {
  let l0 = bias != 0 ? v128.load(bias) : f32x4.splat(0)
  let h0 = bias != 0 ? v128.load(bias, 16) : f32x4.splat(0)
  let l1 = l0
  let h1 = h0
  let l2 = l0
  let h2 = h0
  let l3 = l0
  let h3 = h0
  for (let k = 0; k < inner; k++) {
    const offset: usize = load<i32>(offsets)
    const low = v128.load(panel)
    const high = v128.load(panel, 16)
    offsets += 4
    panel += 32
    const a0 = v128.load32_splat(x0 + offset)
    l0 = madd(a0, low, l0)
    h0 = madd(a0, high, h0)
    const a1 = v128.load32_splat(x1 + offset)
    l1 = madd(a1, low, l1)
    h1 = madd(a1, high, h1)
    const a2 = v128.load32_splat(x2 + offset)
    l2 = madd(a2, low, l2)
    h2 = madd(a2, high, h2)
    const a3 = v128.load32_splat(x3 + offset)
    l3 = madd(a3, low, l3)
    h3 = madd(a3, high, h3)
  }
  // Columns become rows of four neighbours.
  let p = v128.shuffle<f32>(l0, l1, 0, 4, 1, 5)
  let q = v128.shuffle<f32>(l2, l3, 0, 4, 1, 5)
  let r = v128.shuffle<f32>(l0, l1, 2, 6, 3, 7)
  let s = v128.shuffle<f32>(l2, l3, 2, 6, 3, 7)
  const c0 = v128.shuffle<f64>(p, q, 0, 2)
  const c1 = v128.shuffle<f64>(p, q, 1, 3)
  const c2 = v128.shuffle<f64>(r, s, 0, 2)
  const c3 = v128.shuffle<f64>(r, s, 1, 3)
  p = v128.shuffle<f32>(h0, h1, 0, 4, 1, 5)
  q = v128.shuffle<f32>(h2, h3, 0, 4, 1, 5)
  r = v128.shuffle<f32>(h0, h1, 2, 6, 3, 7)
  s = v128.shuffle<f32>(h2, h3, 2, 6, 3, 7)
  const c4 = v128.shuffle<f64>(p, q, 0, 2)
  const c5 = v128.shuffle<f64>(p, q, 1, 3)
  const c6 = v128.shuffle<f64>(r, s, 0, 2)
  const c7 = v128.shuffle<f64>(r, s, 1, 3)
  const least = f32x4.splat(floor)
  if (valid == 4 && columns == 8 && targets == 0 && !adds && mask == 0) {
    v128.store(c, f32x4.pmax(c0, least))
    c += cStep
    v128.store(c, f32x4.pmax(c1, least))
    c += cStep
    v128.store(c, f32x4.pmax(c2, least))
    c += cStep
    v128.store(c, f32x4.pmax(c3, least))
    c += cStep
    v128.store(c, f32x4.pmax(c4, least))
    c += cStep
    v128.store(c, f32x4.pmax(c5, least))
    c += cStep
    v128.store(c, f32x4.pmax(c6, least))
    c += cStep
    v128.store(c, f32x4.pmax(c7, least))
    return
  }
  const away: usize = mask != 0 ? mask - c : 0
  finish(c, c0, targets, valid, adds, least, away)
  if (columns > 1) finish(c + cStep, c1, targets, valid, adds, least, away)
  if (columns > 2) finish(c + 2 * cStep, c2, targets, valid, adds, least, away)
  if (columns > 3) finish(c + 3 * cStep, c3, targets, valid, adds, least, away)
  if (columns > 4) finish(c + 4 * cStep, c4, targets, valid, adds, least, away)
  if (columns > 5) finish(c + 5 * cStep, c5, targets, valid, adds, least, away)
  if (columns > 6) finish(c + 6 * cStep, c6, targets, valid, adds, least, away)
  if (columns > 7) finish(c + 7 * cStep, c7, targets, valid, adds, least, away)
}

/** Results of one column. @param away from c to the mask, or 0 */
function finish(c: usize, x: v128, targets: usize, valid: i32, adds: bool, least: v128, away: usize): void {
  if (targets == 0) {
    if (adds) x = f32x4.add(x, v128.load(c))
    x = f32x4.pmax(x, least)
    if (away != 0) x = v128.and(x, f32x4.gt(v128.load(c + away), f32x4.splat(0)))
    storeSome(c, x, valid)
    return
  }
  x = f32x4.pmax(x, least)
  finishOne(c + <usize>load<i32>(targets), f32x4.extract_lane(x, 0), adds, away)
  if (valid > 1) finishOne(c + <usize>load<i32>(targets, 4), f32x4.extract_lane(x, 1), adds, away)
  if (valid > 2) finishOne(c + <usize>load<i32>(targets, 8), f32x4.extract_lane(x, 2), adds, away)
  if (valid > 3) finishOne(c + <usize>load<i32>(targets, 12), f32x4.extract_lane(x, 3), adds, away)
}

function finishOne(c: usize, x: f32, adds: bool, away: usize): void {
  if (adds) x += load<f32>(c)
  if (away != 0 && !(load<f32>(c + away) > 0)) x = 0
  store<f32>(c, x)
}
