/** What the JavaScript adapters have in common: the conversation with bench/peer.ts, as serve.py tells it. */
import { createInterface } from 'node:readline'

/** Batches of resident data. */
export const BATCHES = 8
export const STEPS_PER_READ = 50

/** What a peer cannot do, and why. */
export class Unsupported extends Error {}

/**
 * `create(workload)` makes an object with `run(steps)`, which takes that many steps, and perhaps `differs`.
 * Each of these runs on one thread.
 */
export async function serve(peer, version, create) {
  const known = new Map()
  console.log(JSON.stringify({ peer, version, threads: 1 }))
  for await (const line of createInterface({ input: process.stdin })) {
    const { steps, ...workload } = JSON.parse(line)
    console.log(JSON.stringify(await answer(known, create, workload, steps)))
  }
}

async function answer(known, create, workload, steps) {
  try {
    if (!known.has(workload.name)) known.set(workload.name, create(workload))
    const timed = known.get(workload.name)
    const start = performance.now()
    await timed.run(steps)
    return { microsecondsPerStep: ((performance.now() - start) * 1000) / steps, differs: timed.differs }
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.message }
    throw error
  }
}

/** Batches of rows and class indices: `rows` holds `batchSize` arrays of `features` numbers. */
export function randomBatches({ sizes, batchSize }) {
  const classes = sizes.at(-1)
  return Array.from({ length: BATCHES }, () => ({
    rows: Array.from({ length: batchSize }, () => Array.from({ length: sizes[0] }, standardNormal)),
    classes: Array.from({ length: batchSize }, () => Math.floor(Math.random() * classes))
  }))
}

/** Box and Muller's method. */
function standardNormal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
}

export function oneHot(index, classes) {
  return Array.from({ length: classes }, (_, i) => (i === index ? 1 : 0))
}
