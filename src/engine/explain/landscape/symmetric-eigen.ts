/** Eigenvalues and eigenvectors of a symmetric matrix. */

export interface Eigen {
  /** Largest first. */
  readonly values: Float64Array
  /** [n, n]: row k is the unit eigenvector of value k. */
  readonly vectors: Float64Array
}

/** More than twice as many as any matrix needs; what is left then is rounding. */
const MOST_SWEEPS = 30

/**
 * The cyclic Jacobi method (Golub and Van Loan 2013, section 8.5): plane rotations take the entries off the diagonal to zero
 * one by one, sweep after sweep. A = Σ λ_k · w_k · w_kᵀ. O(n³) a sweep, some eight sweeps.
 * @param matrix [n, n], symmetric, row-major; not changed
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice()
  const vectors = new Float64Array(n * n)
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1
  const scale = a.reduce((sum, value) => sum + value * value, 0)
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    if (offDiagonal(a, n) <= scale * Number.EPSILON ** 2) break
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q)
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => (a[j * n + j] ?? 0) - (a[i * n + i] ?? 0))
  const sorted = new Float64Array(n * n)
  order.forEach((from, to) => sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n))
  return { values: Float64Array.from(order, (i) => a[i * n + i] ?? 0), vectors: sorted }
}

/** Sum of the squares above the diagonal. */
function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0
  for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) sum += (a[p * n + q] ?? 0) ** 2
  return sum
}

/** A ← Jᵀ A J with the rotation J in the plane of p and q that makes A[p, q] zero; the rows of `vectors` turn with it. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q] ?? 0
  if (apq === 0) return
  const tau = ((a[q * n + q] ?? 0) - (a[p * n + p] ?? 0)) / (2 * apq)
  // The smaller root of t² + 2τt − 1 = 0, the tangent of an angle of at most 45°.
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau))
  const cosine = 1 / Math.hypot(1, t)
  const sine = t * cosine
  turn(a, cosine, sine, { n, from: p * n, to: q * n, step: 1 })
  turn(a, cosine, sine, { n, from: p, to: q, step: n })
  a[p * n + q] = 0
  a[q * n + p] = 0
  turn(vectors, cosine, sine, { n, from: p * n, to: q * n, step: 1 })
}

/** Two rows, or two columns, by the angle. */
function turn(
  values: Float64Array,
  cosine: number,
  sine: number,
  { n, from, to, step }: { readonly n: number; readonly from: number; readonly to: number; readonly step: number }
): void {
  for (let k = 0; k < n * step; k += step) {
    const x = values[from + k] ?? 0
    const y = values[to + k] ?? 0
    values[from + k] = cosine * x - sine * y
    values[to + k] = sine * x + cosine * y
  }
}
