import process from 'node:process'
import { afterEach, describe, expect, it } from 'vitest'
import { Peer } from './peer'
import type { Workload } from './workloads'

const workload: Workload = { name: 'tiny', sizes: [2, 8, 2], batchSize: 32, optimizer: 'sgd' }

const HELLO = 'console.log(JSON.stringify({ peer: "Test", version: "1.2", threads: Number(process.argv[1]) }))'
/** Answers with what `handle` makes of the workload it is asked for. */
const answering = (handle: string) =>
  `${HELLO}; require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const workload = JSON.parse(line)
    console.log(JSON.stringify((${handle})(workload)))
  })`

const started: Peer[] = []
afterEach(() => started.splice(0).forEach((peer) => peer.close()))

function peerRunning(script: string, program = process.execPath): Peer {
  const peer = new Peer({ name: 'Test', command: [program, '-e', script, '--'], threads: [2], install: 'nothing' }, 2)
  started.push(peer)
  return peer
}

describe('Peer', () => {
  it('tells its version and times what it is asked to', async () => {
    const peer = peerRunning(answering('({ sizes, steps }) => ({ microsecondsPerStep: sizes[1] * steps })'))
    expect(await peer.start()).toBeNull()
    expect([peer.name, peer.version, peer.threads]).toEqual(['Test', '1.2', 2])
    expect(await peer.time(workload, 5)).toEqual({ microsecondsPerStep: 40 })
  })

  it('passes on what it cannot do', async () => {
    const peer = peerRunning(answering('() => ({ unsupported: "has no convolution" })'))
    await peer.start()
    expect(await peer.time(workload, 1)).toEqual({ unsupported: 'has no convolution' })
  })

  it('says why it does not start', async () => {
    expect(await peerRunning('throw new Error("no such module")').start()).toContain('Error: no such module')
    expect(await peerRunning('process.stderr.write("no module named torch\\n"); process.exit(1)').start()).toBe(
      'no module named torch'
    )
    expect(await peerRunning('', '/nowhere/python3').start()).toContain('ENOENT')
  })

  it('says that it has ended, and starts again for the next workload', async () => {
    const peer = peerRunning(answering('({ name }) => name === "tiny" ? process.exit(1) : { microsecondsPerStep: 1 }'))
    await peer.start()
    expect(await peer.time(workload, 1)).toEqual({ unsupported: 'ended without a word' })
    expect(await peer.time({ ...workload, name: 'small' }, 1)).toEqual({ microsecondsPerStep: 1 })
  })
})
