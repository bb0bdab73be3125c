import { fillNormal, type Initializer } from './initializer'

/**
 * Orthogonal: as a matrix [out, rest], its rows (or its columns, where those are fewer) have length 1 and stand at
 * right angles, drawn evenly from all such matrices. Lengths then pass through a linear layer unchanged. Saxe,
 * McClelland and Ganguli 2014; as PyTorch's `orthogonal_` with gain 1.
 */
export const orthogonal: Initializer = {
  name: 'orthogonal',
  label: 'Orthogonal',
  formula: 'W · Wᵀ = I (or Wᵀ · W = I)',
  fill(data, shape, random) {
    const rows = shape[0] ?? 1
    const columns = data.length / rows
    if (rows <= columns) {
      fillNormal(data, 1, random)
      makeOrthonormal(data, rows)
      return
    }
    const transposed = new Float64Array(data.length)
    fillNormal(transposed, 1, random)
    makeOrthonormal(transposed, columns)
    for (let i = 0; i < data.length; i++) data[i] = transposed[(i % columns) * rows + Math.floor(i / columns)] ?? 0
  }
}

/**
 * Makes the rows of `data` orthonormal, `count` of them, at most as many as they are long. Gram and Schmidt, modified,
 * each row twice: after the second time right angles hold to rounding ("twice is enough", Giraud, Langou and Rozložník
 * 2005). Normal draws have no direction of their own, so neither has the result.
 */
function makeOrthonormal(data: Float64Array, count: number): void {
  const length = data.length / count
  const rows = Array.from({ length: count }, (_, row) => data.subarray(row * length, (row + 1) * length))
  rows.forEach((row, at) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const other of rows.slice(0, at)) {
        const share = dot(row, other)
        for (let i = 0; i < length; i++) row[i] = (row[i] ?? 0) - share * (other[i] ?? 0)
      }
      const norm = Math.sqrt(dot(row, row))
      for (let i = 0; i < length; i++) row[i] = (row[i] ?? 0) / norm
    }
  })
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}
