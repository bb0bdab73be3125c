/** Elementary functions on four float32 numbers at once, within 2 ulp (Cephes' polynomials); NaN stays NaN. */

/** a · b + c; rounded once where the machine can, twice in the strict build. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/** c − a · b */
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c)
  return f32x4.sub(c, f32x4.mul(a, b))
}

export function all(x: f32): v128 {
  return f32x4.splat(x)
}

/** 2ⁿ for whole n from −126 to 127, from integers. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23)
}

/** e^(x − n · log 2), close to 1, for whole n. */
function expOfRest(x: v128, n: v128): v128 {
  const r = nmadd(n, all(-2.1219444e-4), nmadd(n, all(0.693359375), x))
  let p = madd(all(1.98756915e-4), r, all(1.3981999507e-3))
  p = madd(p, r, all(8.3334519073e-3))
  p = madd(p, r, all(4.1665795894e-2))
  p = madd(p, r, all(1.6666665459e-1))
  p = madd(p, r, all(5.0000001201e-1))
  return f32x4.add(madd(p, f32x4.mul(r, r), r), all(1.0))
}

export function exp4(x: v128): v128 {
  // Beyond these the result is 0 or infinity; pmin and pmax keep a NaN that stands first.
  const bounded = f32x4.pmax(f32x4.pmin(x, all(89.0)), all(-104.0))
  // Adding 1.5 · 2²³ rounds to a whole number, which then stands in the lowest bits.
  const magic = all(12582912.0)
  const shifted = madd(bounded, all(1.44269504088896341), magic)
  const n = i32x4.sub(shifted, magic)
  const whole = f32x4.sub(shifted, magic)
  const p = expOfRest(bounded, whole)
  // In two halves, so that 2ⁿ itself may lie outside the range of float32.
  const half = i32x4.shr_s(n, 1)
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)))
}

/**
 * e^x for x ≤ 0, but 0 below e⁻⁸⁰: numbers below the normal range, which a well-trained classifier's shares often are,
 * would cost a hundred cycles each.
 */
export function expOfNegative4(x: v128): v128 {
  const least = all(-80.0)
  const magic = all(12582912.0)
  const bounded = f32x4.pmax(x, least)
  const shifted = madd(bounded, all(1.44269504088896341), magic)
  const whole = f32x4.sub(shifted, magic)
  const e = f32x4.mul(expOfRest(bounded, whole), powerOfTwo(i32x4.sub(shifted, magic)))
  return v128.andnot(e, f32x4.lt(x, least))
}

export function log4(x: v128): v128 {
  // Numbers below the normal range are lifted by 2²³ first.
  const tiny = f32x4.lt(x, all(1.17549435e-38))
  const lifted = v128.bitselect(f32x4.mul(x, all(8388608.0)), x, tiny)
  const result = logOfNormal4(lifted, v128.and(tiny, all(23.0)))
  // log 0 = −∞, log ∞ = ∞, NaN below 0 and for NaN.
  const zeroed = v128.bitselect(all(-Infinity), result, f32x4.eq(x, all(0.0)))
  const ended = v128.bitselect(x, zeroed, f32x4.eq(x, all(Infinity)))
  return v128.bitselect(ended, all(NaN), f32x4.ge(x, all(0.0)))
}

/** log(x / 2ⁿ) for whole n, where x is at least 2⁻¹²⁶ and finite. */
export function logOfNormal4(x: v128, n: v128): v128 {
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)))
  e = f32x4.sub(e, n)
  // Mantissa in [0.5, 1), then in [√½, √2).
  let m = v128.or(v128.and(x, i32x4.splat(0x007fffff)), all(0.5))
  const low = f32x4.lt(m, all(0.707106781186547524))
  e = f32x4.sub(e, v128.and(low, all(1.0)))
  m = f32x4.sub(f32x4.add(m, v128.and(low, m)), all(1.0))
  const z = f32x4.mul(m, m)
  let p = madd(all(7.0376836292e-2), m, all(-1.151461031e-1))
  p = madd(p, m, all(1.167699874e-1))
  p = madd(p, m, all(-1.2420140846e-1))
  p = madd(p, m, all(1.4249322787e-1))
  p = madd(p, m, all(-1.6668057665e-1))
  p = madd(p, m, all(2.0000714765e-1))
  p = madd(p, m, all(-2.4999993993e-1))
  p = madd(p, m, all(3.3333331174e-1))
  p = f32x4.mul(f32x4.mul(p, m), z)
  p = madd(e, all(-2.1219444e-4), p)
  p = nmadd(all(0.5), z, p)
  return madd(e, all(0.693359375), f32x4.add(m, p))
}

/** log(1 + x) for x in [0, 1]. */
function log1p4(x: v128): v128 {
  const one = all(1.0)
  const u = f32x4.add(one, x)
  // What rounding took from 1 + x is put back to first order.
  const lost = f32x4.sub(x, f32x4.sub(u, one))
  return f32x4.add(log4(u), f32x4.div(lost, u))
}

export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x)
  const z = f32x4.mul(x, x)
  let p = madd(all(-5.70498872745e-3), z, all(2.06390887954e-2))
  p = madd(p, z, all(-5.37397155531e-2))
  p = madd(p, z, all(1.33314422036e-1))
  p = madd(p, z, all(-3.33332819422e-1))
  const near = madd(f32x4.mul(p, z), x, x)
  const e = exp4(f32x4.add(size, size))
  const far = f32x4.sub(all(1.0), f32x4.div(all(2.0), f32x4.add(e, all(1.0))))
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)))
  return v128.bitselect(near, signed, f32x4.lt(size, all(0.625)))
}

export function sigmoid4(x: v128): v128 {
  // e^x only of negative numbers: small results keep all their digits.
  const e = exp4(f32x4.neg(f32x4.abs(x)))
  const share = f32x4.div(all(1.0), f32x4.add(all(1.0), e))
  return v128.bitselect(f32x4.mul(e, share), share, f32x4.lt(x, all(0.0)))
}

/** log(1 + e^x) */
export function softplus4(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, all(0.0)), log1p4(exp4(f32x4.neg(f32x4.abs(x)))))
}

export function erf4(x: v128): v128 {
  const size = f32x4.abs(x)
  const z = f32x4.mul(x, x)
  let near = madd(all(7.853861353153693e-5), z, all(-8.010193625184903e-4))
  near = madd(near, z, all(5.188327685732524e-3))
  near = madd(near, z, all(-2.685381193529856e-2))
  near = madd(near, z, all(1.12835851486141e-1))
  near = madd(near, z, all(-3.7612625824233e-1))
  near = f32x4.mul(x, madd(near, z, all(1.12837916572671)))
  // 1 − erfc beyond 1, with one polynomial below 2 and one above.
  const inverse = f32x4.div(all(1.0), size)
  const y = f32x4.mul(inverse, inverse)
  let p = madd(all(2.326819970068386e-2), y, all(-1.387039388740657e-1))
  p = madd(p, y, all(3.687424674597105e-1))
  p = madd(p, y, all(-5.824733027278666e-1))
  p = madd(p, y, all(6.210004621745983e-1))
  p = madd(p, y, all(-4.944515323274145e-1))
  p = madd(p, y, all(3.404879937665872e-1))
  p = madd(p, y, all(-2.741127028184656e-1))
  p = madd(p, y, all(5.638259427386472e-1))
  let r = madd(all(-1.047766399936249e1), y, all(1.297719955372516e1))
  r = madd(r, y, all(-7.495518717768503))
  r = madd(r, y, all(2.921019019210786))
  r = madd(r, y, all(-1.0152652792027))
  r = madd(r, y, all(4.218463358204948e-1))
  r = madd(r, y, all(-2.820767439740514e-1))
  r = madd(r, y, all(5.641895067754075e-1))
  const tail = v128.bitselect(p, r, f32x4.lt(size, all(2.0)))
  const rest = f32x4.mul(f32x4.mul(exp4(f32x4.neg(z)), inverse), tail)
  const far = v128.or(f32x4.sub(all(1.0), rest), v128.and(x, i32x4.splat(0x80000000)))
  return v128.bitselect(near, far, f32x4.lt(size, all(1.0)))
}

/** −1, 0 or 1; NaN stays NaN. */
export function sign4(x: v128): v128 {
  const one = v128.and(all(1.0), f32x4.ne(x, all(0.0)))
  const signed = v128.or(one, v128.and(x, i32x4.splat(0x80000000)))
  return v128.bitselect(signed, x, f32x4.eq(x, x))
}

export function sum4(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
}

export function max4(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3))
  )
}
