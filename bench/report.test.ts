import { describe, expect, it } from 'vitest'
import { bestOfEach, describeResult, peerResult, summaryTable, type PeerTiming, type Result } from './report'
import type { Timing } from './timing'

function peer(name: string, threads: number, timing: Timing): PeerTiming {
  return { name, version: '1', threads, timing }
}

const own = 200.4
const peers = [
  peer('Slow', 1, { microsecondsPerStep: 4008.1 }),
  peer('Quick', 1, { microsecondsPerStep: 150.3 }),
  peer('Quick', 2, { microsecondsPerStep: 100.2, differs: 'SGD' }),
  peer('None', 1, { unsupported: 'has no convolution' })
].map((each) => peerResult(each, own))
const result: Result = { workload: 'mid', threads: 2, microsecondsPerStep: 200, gigaflopsPerSecond: 30, peers }

describe('peerResult', () => {
  it('divides by the time of the studio: above 1, the studio is faster', () => {
    expect(peers.map(({ ratio }) => ratio)).toEqual([20, 0.75, 0.5, undefined])
  })

  it('keeps what differs, and why there is no time', () => {
    expect(peers[2]).toMatchObject({ differs: 'SGD', microsecondsPerStep: 100 })
    expect(peers[3]).toEqual({ name: 'None', version: '1', threads: 1, unsupported: 'has no convolution' })
  })
})

describe('bestOfEach', () => {
  it('takes each peer at its best number of threads', () => {
    expect(bestOfEach(peers).map(({ name, threads }) => [name, threads])).toEqual([
      ['Slow', 1],
      ['Quick', 2],
      ['None', 1]
    ])
  })
})

describe('describeResult', () => {
  it('puts the fastest peer first and those without a time last', () => {
    const lines = describeResult(result).split('\n')
    expect(lines.map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual([
      'mid 200 µs 2 threads, 30 GFLOP/s',
      '100 µs ×0.5 Quick 1, 2 threads (SGD)',
      '150 µs ×0.75 Quick 1, 1 thread',
      '4.01 ms ×20 Slow 1, 1 thread',
      '– None 1, 1 thread: has no convolution'
    ])
  })
})

describe('summaryTable', () => {
  it('has a column for each peer and the ratio to the best of them', () => {
    const [head, rule, row] = summaryTable([result]).split('\n')
    const cells = (line = '') => line.split('|').map((cell) => cell.trim())
    expect(cells(head)).toEqual(['', 'workload', 'studio', 'Slow', 'Quick', 'None', 'best peer ÷ studio', ''])
    expect(rule).toMatch(/^[| -]+$/)
    expect(cells(row)).toEqual(['', 'mid', '200 µs, 2 threads', '4.01 ms (×20)', '100 µs (×0.5)', '–', '×0.5', ''])
  })

  it('leaves the ratio open where no peer was timed', () => {
    expect(summaryTable([{ ...result, peers: [] }])).toContain('| –')
  })
})
