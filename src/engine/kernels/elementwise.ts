/**
 * The element-wise operations that training spends its time in, from `y` to `end`: whole vectors, four at a time, since a
 * step of the loop costs as much as the arithmetic in it.
 */
import { madd, nmadd } from './math'

/** y = a + b */
export function add(y: usize, end: usize, a: usize, b: usize): void {
  for (; y + 64 <= end; y += 64, a += 64, b += 64) {
    v128.store(y, f32x4.add(v128.load(a), v128.load(b)))
    v128.store(y, f32x4.add(v128.load(a, 16), v128.load(b, 16)), 16)
    v128.store(y, f32x4.add(v128.load(a, 32), v128.load(b, 32)), 32)
    v128.store(y, f32x4.add(v128.load(a, 48), v128.load(b, 48)), 48)
  }
  for (; y < end; y += 16, a += 16, b += 16) v128.store(y, f32x4.add(v128.load(a), v128.load(b)))
}

/** y = a − b */
export function subtract(y: usize, end: usize, a: usize, b: usize): void {
  for (; y + 64 <= end; y += 64, a += 64, b += 64) {
    v128.store(y, f32x4.sub(v128.load(a), v128.load(b)))
    v128.store(y, f32x4.sub(v128.load(a, 16), v128.load(b, 16)), 16)
    v128.store(y, f32x4.sub(v128.load(a, 32), v128.load(b, 32)), 32)
    v128.store(y, f32x4.sub(v128.load(a, 48), v128.load(b, 48)), 48)
  }
  for (; y < end; y += 16, a += 16, b += 16) v128.store(y, f32x4.sub(v128.load(a), v128.load(b)))
}

/** y = a · b */
export function multiply(y: usize, end: usize, a: usize, b: usize): void {
  for (; y + 64 <= end; y += 64, a += 64, b += 64) {
    v128.store(y, f32x4.mul(v128.load(a), v128.load(b)))
    v128.store(y, f32x4.mul(v128.load(a, 16), v128.load(b, 16)), 16)
    v128.store(y, f32x4.mul(v128.load(a, 32), v128.load(b, 32)), 32)
    v128.store(y, f32x4.mul(v128.load(a, 48), v128.load(b, 48)), 48)
  }
  for (; y < end; y += 16, a += 16, b += 16) v128.store(y, f32x4.mul(v128.load(a), v128.load(b)))
}

/** y = a / b */
export function divide(y: usize, end: usize, a: usize, b: usize): void {
  for (; y + 64 <= end; y += 64, a += 64, b += 64) {
    v128.store(y, f32x4.div(v128.load(a), v128.load(b)))
    v128.store(y, f32x4.div(v128.load(a, 16), v128.load(b, 16)), 16)
    v128.store(y, f32x4.div(v128.load(a, 32), v128.load(b, 32)), 32)
    v128.store(y, f32x4.div(v128.load(a, 48), v128.load(b, 48)), 48)
  }
  for (; y < end; y += 16, a += 16, b += 16) v128.store(y, f32x4.div(v128.load(a), v128.load(b)))
}

/** y = p · a + q */
export function affine(y: usize, end: usize, a: usize, p: v128, q: v128): void {
  for (; y + 64 <= end; y += 64, a += 64) {
    v128.store(y, madd(v128.load(a), p, q))
    v128.store(y, madd(v128.load(a, 16), p, q), 16)
    v128.store(y, madd(v128.load(a, 32), p, q), 32)
    v128.store(y, madd(v128.load(a, 48), p, q), 48)
  }
  for (; y < end; y += 16, a += 16) v128.store(y, madd(v128.load(a), p, q))
}

/** y = p · a + b */
export function scaledAdd(y: usize, end: usize, a: usize, b: usize, p: v128): void {
  for (; y + 64 <= end; y += 64, a += 64, b += 64) {
    v128.store(y, madd(v128.load(a), p, v128.load(b)))
    v128.store(y, madd(v128.load(a, 16), p, v128.load(b, 16)), 16)
    v128.store(y, madd(v128.load(a, 32), p, v128.load(b, 32)), 32)
    v128.store(y, madd(v128.load(a, 48), p, v128.load(b, 48)), 48)
  }
  for (; y < end; y += 16, a += 16, b += 16) v128.store(y, madd(v128.load(a), p, v128.load(b)))
}

/** y = a · b + c */
export function multiplyAdd(y: usize, end: usize, a: usize, b: usize, c: usize): void {
  for (; y + 64 <= end; y += 64, a += 64, b += 64, c += 64) {
    v128.store(y, madd(v128.load(a), v128.load(b), v128.load(c)))
    v128.store(y, madd(v128.load(a, 16), v128.load(b, 16), v128.load(c, 16)), 16)
    v128.store(y, madd(v128.load(a, 32), v128.load(b, 32), v128.load(c, 32)), 32)
    v128.store(y, madd(v128.load(a, 48), v128.load(b, 48), v128.load(c, 48)), 48)
  }
  for (; y < end; y += 16, a += 16, b += 16, c += 16) v128.store(y, madd(v128.load(a), v128.load(b), v128.load(c)))
}

/** y = c − a · b */
export function multiplyFrom(y: usize, end: usize, a: usize, b: usize, c: usize): void {
  for (; y + 64 <= end; y += 64, a += 64, b += 64, c += 64) {
    v128.store(y, nmadd(v128.load(a), v128.load(b), v128.load(c)))
    v128.store(y, nmadd(v128.load(a, 16), v128.load(b, 16), v128.load(c, 16)), 16)
    v128.store(y, nmadd(v128.load(a, 32), v128.load(b, 32), v128.load(c, 32)), 32)
    v128.store(y, nmadd(v128.load(a, 48), v128.load(b, 48), v128.load(c, 48)), 48)
  }
  for (; y < end; y += 16, a += 16, b += 16, c += 16) v128.store(y, nmadd(v128.load(a), v128.load(b), v128.load(c)))
}

/** y = √a */
export function squareRoot(y: usize, end: usize, a: usize): void {
  for (; y + 64 <= end; y += 64, a += 64) {
    v128.store(y, f32x4.sqrt(v128.load(a)))
    v128.store(y, f32x4.sqrt(v128.load(a, 16)), 16)
    v128.store(y, f32x4.sqrt(v128.load(a, 32)), 32)
    v128.store(y, f32x4.sqrt(v128.load(a, 48)), 48)
  }
  for (; y < end; y += 16, a += 16) v128.store(y, f32x4.sqrt(v128.load(a)))
}

/** y = b where a > 0, else 0 */
export function mask(y: usize, end: usize, a: usize, b: usize): void {
  for (; y + 64 <= end; y += 64, a += 64, b += 64) {
    v128.store(y, v128.and(v128.load(b), f32x4.gt(v128.load(a), f32x4.splat(0))))
    v128.store(y, v128.and(v128.load(b, 16), f32x4.gt(v128.load(a, 16), f32x4.splat(0))), 16)
    v128.store(y, v128.and(v128.load(b, 32), f32x4.gt(v128.load(a, 32), f32x4.splat(0))), 32)
    v128.store(y, v128.and(v128.load(b, 48), f32x4.gt(v128.load(a, 48), f32x4.splat(0))), 48)
  }
  for (; y < end; y += 16, a += 16, b += 16)
    v128.store(y, v128.and(v128.load(b), f32x4.gt(v128.load(a), f32x4.splat(0))))
}
