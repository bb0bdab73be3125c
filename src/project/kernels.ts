/** Hands the compiled kernels and threads to the engine: what a host does before it trains. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { provideKernels, provideThreads, supportsRelaxed } from '../engine'
import { workerThreads } from './threads'

/**
 * Reads `relaxed.wasm` and `strict.wasm`. Without them training falls back to the reference executor, and says so.
 * @param folder where `scripts/build-kernels.mjs` has put them
 * @returns whether they were there
 */
export function loadKernels(folder: string): boolean {
  // Node 20 has relaxed SIMD behind a flag; an unknown flag is ignored.
  if (!supportsRelaxed()) setFlagsFromString('--experimental-wasm-relaxed-simd')
  try {
    const read = (build: string) => readFileSync(join(folder, `${build}.wasm`))
    provideKernels({ relaxed: read('relaxed'), strict: read('strict') })
    provideThreads(workerThreads)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
