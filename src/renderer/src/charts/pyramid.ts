/**
 * The lowest and the highest point of every stretch of a growing series, at every size of stretch: blocks of 2, 4, 8, … points.
 * Any part of a series of any length is so drawn in as many points as the screen has room for, at a cost that hangs on the
 * screen alone, and no spike is lost. The blocks stand still while the picture is moved, so the line does not shimmer.
 */
interface Level {
  /** Index of the lowest point of each block, and of the highest. */
  readonly low: number[]
  readonly high: number[]
}

export class Pyramid {
  private readonly levels: Level[] = []
  private length = 0
  /** Over the whole series; low > high while it is empty. */
  low = Number.POSITIVE_INFINITY
  high = Number.NEGATIVE_INFINITY

  /** @param y the series itself, finite values alone; whoever appends to it calls `add` */
  constructor(private readonly y: readonly number[]) {}

  /** Takes the next point of the series over. */
  add(): void {
    const index = this.length
    this.length += 1
    const value = this.at(index)
    if (value < this.low) this.low = value
    if (value > this.high) this.high = value
    // The index has come into the second half of the first block of a new level.
    if (index > 0 && (index & (index - 1)) === 0) this.levels.push(this.firstBlock())
    for (let number = 0; number < this.levels.length; number += 1) {
      const level = this.levels[number]
      if (level === undefined) break
      const block = index >> (number + 1)
      const low = level.low[block]
      const high = level.high[block]
      if (low === undefined || high === undefined) {
        level.low.push(index)
        level.high.push(index)
        continue
      }
      const isLow = value < this.at(low)
      const isHigh = value > this.at(high)
      if (isLow) level.low[block] = index
      if (isHigh) level.high[block] = index
    }
  }

  /**
   * Indices in order: all from `from` to before `to` where there are at most 2·stretches of them, else the ends and the
   * extremes of at most so many blocks that cover them.
   */
  indices(from: number, to: number, stretches: number): number[] {
    const begin = Math.max(0, from)
    const end = Math.min(this.length, to)
    const kept: number[] = []
    if (end <= begin) return kept
    if (end - begin <= 2 * stretches) {
      for (let index = begin; index < end; index += 1) kept.push(index)
      return kept
    }
    let number = 0
    while (blocks(begin, end, number) > stretches && number < this.levels.length - 1) number += 1
    const level = this.levels[number]
    if (level === undefined) return kept
    kept.push(begin)
    const size = 2 ** (number + 1)
    for (let block = begin >> (number + 1); block * size < end; block += 1) {
      const first = block * size
      // A block at an edge may reach beyond it: its own extremes may lie out there.
      const whole = first >= begin && first + size <= end
      const low = whole
        ? (level.low[block] ?? first)
        : this.best(Math.max(first, begin), Math.min(first + size, end), -1)
      const high = whole
        ? (level.high[block] ?? first)
        : this.best(Math.max(first, begin), Math.min(first + size, end), 1)
      for (const index of low < high ? [low, high] : [high, low]) {
        if (index > (kept.at(-1) ?? 0) && index < end - 1) kept.push(index)
      }
    }
    kept.push(end - 1)
    return kept
  }

  /** Index of the highest point of a part, or of the lowest one where the sign is −1. */
  private best(from: number, to: number, sign: 1 | -1): number {
    let best = from
    for (let index = from + 1; index < to; index += 1) if (sign * (this.at(index) - this.at(best)) > 0) best = index
    return best
  }

  private firstBlock(): Level {
    const below = this.levels.at(-1)
    return { low: [below?.low[0] ?? 0], high: [below?.high[0] ?? 0] }
  }

  private at(index: number): number {
    return this.y[index] ?? Number.NaN
  }
}

function blocks(begin: number, end: number, level: number): number {
  return ((end - 1) >> (level + 1)) - (begin >> (level + 1)) + 1
}
