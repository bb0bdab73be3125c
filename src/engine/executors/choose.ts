/** Which executor takes the steps of a training. */
import { ConfigError } from '../../shared/errors'
import { ReferenceExecutor } from './reference/training-executor'
import type { ExecutorName, TrainingExecutor, TrainingProblem } from './training-executor'
import { providedKernels } from './wasm/kernels'
import { WasmExecutor } from './wasm/training-executor'

export interface ExecutorChoice {
  readonly name: ExecutorName
  /** Why it is not the fast one, or does not use several threads, as a sentence; null when it is as was asked for. */
  readonly reason: string | null
  /** Threads that take the steps; the last ones, once training has ended. */
  readonly threads: number
}

/**
 * The executor that was asked for; `wasm` where nothing was, if its kernels were provided. A network with a primitive
 * that has no kernel is trained by the reference executor.
 * @param memory bytes that there are; not looked at unless given
 * @throws ConfigError `no-kernels` when wasm was asked for and not provided; `model-too-large`
 */
export function chooseExecutor(
  problem: TrainingProblem,
  wanted: ExecutorName | undefined,
  memory?: number
): { choice: ExecutorChoice; executor: TrainingExecutor } {
  const reference = (reason: string | null) => {
    const executor = new ReferenceExecutor(problem)
    executor.prepare(memory)
    return { choice: { name: 'reference', reason, threads: 1 } as const, executor }
  }
  if (wanted === 'reference') return reference(null)
  const kernels = providedKernels()
  if (kernels === null) {
    if (wanted === undefined) return reference('The compiled kernels were not provided.')
    throw new ConfigError('no-kernels', 'The wasm executor needs its compiled kernels; run `npm run build` first.')
  }
  const executor = WasmExecutor.create(problem, kernels)
  if ('op' in executor) return reference(`There is no fast kernel for "${executor.op}" yet.`)
  return { choice: { name: 'wasm', reason: executor.notice, threads: executor.threads }, executor }
}
