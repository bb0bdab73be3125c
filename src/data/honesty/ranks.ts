/** Rank correlation (Spearman 1904): how far two columns rise together, whatever the shape of the curve. */

/** Rank of each value, from 0; values that are the same share the mean of their ranks. */
export function ranksOf(values: Float64Array): Float64Array {
  const order = Int32Array.from(values, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length;) {
    let until = from + 1
    while (until < order.length && values[order[until] ?? 0] === values[order[from] ?? 0]) until++
    const rank = (from + until - 1) / 2
    for (let i = from; i < until; i++) ranks[order[i] ?? 0] = rank
    from = until
  }
  return ranks
}

/** Σ(a − ā)(b − b̄) / √(Σ(a − ā)² Σ(b − b̄)²); 0 where one of them is constant. */
export function pearson(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let together = 0
  let squaresA = 0
  let squaresB = 0
  for (let i = 0; i < a.length; i++) {
    const x = (a[i] ?? 0) - meanA
    const y = (b[i] ?? 0) - meanB
    together += x * y
    squaresA += x * x
    squaresB += y * y
  }
  return squaresA > 0 && squaresB > 0 ? together / Math.sqrt(squaresA * squaresB) : 0
}
