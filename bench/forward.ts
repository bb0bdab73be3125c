/**
 * `npx tsx bench/forward.ts`: how long a network takes to answer and to be judged, on the kernels and on the reference.
 *
 *   npx tsx bench/forward.ts              1,000 rows
 *   npx tsx bench/forward.ts 10000 wasm   so many, on that executor alone
 */
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  defaultsOf,
  Evaluator,
  executorNames,
  initializeParameters,
  lossFor,
  withMetrics,
  type ExecutorName
} from '../src/engine'
import { loadKernels } from '../src/project/kernels'
import { modelOf, samplesOf } from './studio'
import { workloads, type Workload } from './workloads'

const RUNS = 3

const [rows = '1000', only] = process.argv.slice(2)
loadKernels(fileURLToPath(new URL('../resources/kernels', import.meta.url)))
for (const workload of workloads.filter(({ name }) => name === 'cnn' || name === 'mid')) {
  for (const executor of executorNames.filter((name) => only === undefined || name === only)) {
    const { milliseconds, longest } = await measure(workload, Number(rows), executor)
    console.log(
      `${workload.name}, ${rows} rows, ${executor}: ${milliseconds.toFixed(0)} ms, longest slice ${longest.toFixed(0)} ms`
    )
  }
}

/** Best of some runs of an evaluation, from the making of its plan to the metrics, and the longest slice of all of them. */
async function measure(workload: Workload, count: number, executor: ExecutorName) {
  const model = modelOf(workload)
  const parameters = initializeParameters(model, 1)
  const samples = samplesOf(workload, count)
  const lossSettings = { config: defaultsOf(lossFor('cross-entropy', 'multi-class').fields), classWeights: null }
  const problem = { model, task: 'multi-class', loss: 'cross-entropy', lossSettings } as const
  let milliseconds = Infinity
  let longest = 0
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now()
    const work = new Evaluator(problem, executor).slices(parameters, samples)
    for (;;) {
      const before = performance.now()
      const next = work.next()
      longest = Math.max(longest, performance.now() - before)
      if (next.done === true) {
        withMetrics(problem, next.value, samples)
        break
      }
      await setImmediate()
    }
    milliseconds = Math.min(milliseconds, performance.now() - start)
  }
  return { milliseconds, longest }
}
