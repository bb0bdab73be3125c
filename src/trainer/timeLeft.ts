/** How long a run will still take, and how sure that is, told by the epochs it has trained. */

/** Epochs that are looked back on. */
const LOOKED_AT = 256
/** Fewer say nothing of how evenly epochs go. */
const FEWEST = 5
/** What lies above this share of a normal distribution: 1 in 20. */
const Z = 1.6448536269514722
/** The closest that one epoch's time may be taken to follow the one before. */
const MOST_CORRELATED = 0.95

/**
 * The times of epochs as a stationary series: mean μ, variance σ², and lag-1 correlation ρ ≥ 0, by which neighbours tell less
 * than independent ones. With v = σ²·(1 + ρ)/(1 − ρ), the next k epochs take kμ with a variance of v·k + v·k²/n: their
 * own, and that of μ as n epochs tell it. From 5 to 95 % of Student's t with n − 1 degrees of freedom. A change of pace
 * that has not shown yet, as when another program starts, is not in it.
 */
export class TimeLeft {
  private readonly times: number[] = []
  /** The first epoch of a process or of new settings is slower: code is compiled, memory touched for the first time. */
  private isWarm = false

  /** The epochs from here on are of another kind: settings were changed, or the run goes on after a pause in another process. */
  restart(): void {
    this.times.length = 0
    this.isWarm = false
  }

  /** A whole epoch took so long. */
  epochEnded(ms: number): void {
    if (!this.isWarm) {
      this.isWarm = true
      return
    }
    this.times.push(ms)
    if (this.times.length > LOOKED_AT) this.times.shift()
  }

  /** Milliseconds that so many epochs will take; null as long as that cannot be said. */
  expect(epochs: number): number | null {
    const { times } = this
    return times.length === 0 ? null : epochs * meanOf(times)
  }

  /**
   * Between which the time of the rest will lie, nine times in ten; null as long as that cannot be said.
   * @param least epochs to go if early stopping ends the run as soon as it can; the same as `most` without it
   * @param most epochs to go to the planned end
   */
  range(least: number, most: number): readonly [number, number] | null {
    const { times } = this
    const n = times.length
    if (n < FEWEST) return null
    const mean = meanOf(times)
    const deviations = times.map((time) => time - mean)
    const squares = deviations.reduce((sum, each) => sum + each ** 2, 0)
    const products = deviations.reduce((sum, each, index) => sum + each * (deviations[index - 1] ?? 0), 0)
    const correlation = squares === 0 ? 0 : Math.min(MOST_CORRELATED, Math.max(0, products / squares))
    const variance = ((squares / (n - 1)) * (1 + correlation)) / (1 - correlation)
    const spread = (epochs: number) => studentQuantile(n - 1) * Math.sqrt(variance * (epochs + epochs ** 2 / n))
    return [Math.max(0, least * mean - spread(least)), most * mean + spread(most)]
  }
}

/** The 95 % point of Student's t: the Cornish–Fisher expansion to 1/ν² (Abramowitz & Stegun 26.7.5), within 1 % from ν = 4. */
function studentQuantile(freedom: number): number {
  const first = (Z ** 3 + Z) / 4
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96
  return Z + first / freedom + second / freedom ** 2
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
