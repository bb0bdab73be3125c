/**
 * `npx tsx bench/landscape.ts`: how long a loss landscape of 41 × 41 points takes.
 *
 *   npx tsx bench/landscape.ts             of `mid`, on 1,000 rows
 *   npx tsx bench/landscape.ts big 500     of another workload, on so many rows
 */
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { defaultsOf, initializeParameters, lossFor } from '../src/engine'
import { LossSlice, randomPlane } from '../src/engine/explain/landscape'
import { loadKernels } from '../src/project/kernels'
import { modelOf, samplesOf } from './studio'
import { workloads } from './workloads'

const SIZE = 41

const [name = 'mid', rows = '1000'] = process.argv.slice(2)
const workload = workloads.find((each) => each.name === name)
if (workload === undefined) {
  console.error(`There is no workload "${name}"; there are ${workloads.map((each) => each.name).join(', ')}.`)
  process.exit(1)
}
loadKernels(fileURLToPath(new URL('../resources/kernels', import.meta.url)))
const model = modelOf(workload)
const lossSettings = { config: defaultsOf(lossFor('cross-entropy', 'multi-class').fields), classWeights: null }
const problem = { model, task: 'multi-class', loss: 'cross-entropy', lossSettings } as const
const samples = samplesOf(workload, Number(rows))
const start = performance.now()
const plane = randomPlane(model, initializeParameters(model, 1), 1)
const slice = new LossSlice(problem, samples, plane, { extent: { alpha: [-1, 1], beta: [-1, 1] }, size: SIZE })
let first = NaN
let longest = 0
for (let more = true; more;) {
  const before = performance.now()
  more = slice.next()
  longest = Math.max(longest, performance.now() - before)
  if (Number.isNaN(first) && slice.done >= (slice.levels[0]?.until ?? 0)) first = performance.now() - start
  await setImmediate()
}
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
console.log(
  `${name}, ${rows} rows, ${SIZE} × ${SIZE} points, ${slice.executor}: ${seconds(performance.now() - start)}, first picture after ${seconds(first)}, longest slice ${longest.toFixed(0)} ms`
)
