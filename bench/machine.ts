/** What a benchmark ran on, as it is kept with its results. */
import os from 'node:os'
import { providedKernels } from '../src/engine/executors/wasm/kernels'

export function machine() {
  const [cpu] = os.cpus()
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    kernels: providedKernels()?.build
  }
}
