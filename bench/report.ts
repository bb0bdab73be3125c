/** What a benchmark found: the numbers, and how they read. */
import type { Timing } from './timing'

export interface PeerResult {
  readonly name: string
  readonly version: string
  readonly threads: number
  readonly microsecondsPerStep?: number
  /** The peer's time over the studio's: above 1, the studio is faster. */
  readonly ratio?: number
  readonly differs?: string
  readonly unsupported?: string
}

export interface Result {
  readonly workload: string
  readonly threads: number
  readonly microsecondsPerStep: number
  /** Of the matrix products alone, over the time of the whole step. */
  readonly gigaflopsPerSecond: number
  readonly peers: readonly PeerResult[]
}

export interface PeerTiming {
  readonly name: string
  readonly version: string
  readonly threads: number
  readonly timing: Timing
}

/** Beside the studio's time, in microseconds a step, before either is rounded. */
export function peerResult({ name, version, threads, timing }: PeerTiming, own: number): PeerResult {
  if ('unsupported' in timing) return { name, version, threads, unsupported: timing.unsupported }
  const { microsecondsPerStep, differs } = timing
  return {
    name,
    version,
    threads,
    microsecondsPerStep: rounded(microsecondsPerStep),
    ratio: rounded(microsecondsPerStep / own),
    ...(differs === undefined ? {} : { differs })
  }
}

/** Each peer once, at its best number of threads; where it did the workload at none, with the reason. */
export function bestOfEach(peers: readonly PeerResult[]): PeerResult[] {
  return [...new Set(peers.map(({ name }) => name))].flatMap((wanted) =>
    peers
      .filter(({ name }) => name === wanted)
      .sort((a, b) => (a.microsecondsPerStep ?? Infinity) - (b.microsecondsPerStep ?? Infinity))
      .slice(0, 1)
  )
}

/** One workload: the studio, then every peer at every number of threads, the fastest first. */
export function describeResult({ workload, threads, microsecondsPerStep, gigaflopsPerSecond, peers }: Result): string {
  const own = [workload.padEnd(6), time(microsecondsPerStep).padStart(10), '        ', threadsText(threads)]
  const sorted = peers.toSorted((a, b) => (a.ratio ?? Infinity) - (b.ratio ?? Infinity))
  return [`${own.join(' ')}, ${gigaflopsPerSecond} GFLOP/s`, ...sorted.map(describePeer)].join('\n')
}

function describePeer({
  name,
  version,
  threads,
  microsecondsPerStep,
  ratio,
  differs,
  unsupported
}: PeerResult): string {
  const took = ratio === undefined ? '–' : time(microsecondsPerStep)
  const factor = ratio === undefined ? '' : `×${ratio}`
  const remark = unsupported === undefined ? '' : `: ${unsupported}`
  const who = `${name} ${version}, ${threadsText(threads)}${remark}${differs === undefined ? '' : ` (${differs})`}`
  return `       ${took.padStart(10)} ${factor.padStart(8)} ${who}`
}

/** All workloads as a Markdown table: the studio, each peer at its best number of threads, how much faster the studio is. */
export function summaryTable(results: readonly Result[]): string {
  const names = [...new Set(results.flatMap(({ peers }) => peers.map(({ name }) => name)))]
  const rows = results.map((result) => {
    const best = bestOfEach(result.peers)
    const cells = names.map((wanted) => {
      const peer = best.find(({ name }) => name === wanted)
      return peer?.ratio === undefined ? '–' : `${time(peer.microsecondsPerStep)} (×${peer.ratio})`
    })
    const ratios = best.flatMap(({ ratio }) => ratio ?? [])
    const lead = ratios.length === 0 ? '–' : `×${Math.min(...ratios)}`
    return [result.workload, `${time(result.microsecondsPerStep)}, ${threadsText(result.threads)}`, ...cells, lead]
  })
  return markdown([['workload', 'studio', ...names, 'best peer ÷ studio'], ...rows])
}

function markdown(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  return lines.toSpliced(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`).join('\n')
}

/** In the unit that reads best: µs, ms or s. */
function time(microseconds = NaN): string {
  const [scale, unit] = microseconds < 1e3 ? [1, 'µs'] : microseconds < 1e6 ? [1e3, 'ms'] : [1e6, 's']
  return `${rounded(microseconds / scale)} ${unit}`
}

function threadsText(count: number): string {
  return count === 1 ? '1 thread' : `${count} threads`
}

/** Three significant digits: more is noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
