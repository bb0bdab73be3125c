/** For tests: the compiled kernels, which the tests' set-up has made of their sources. */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { compileKernels, kernelBuilds, supportsRelaxed, type KernelBuild } from '../src/engine/executors/wasm/kernels'

if (!supportsRelaxed()) setFlagsFromString('--experimental-wasm-relaxed-simd')

const read = (build: KernelBuild) => readFileSync(new URL(`../resources/kernels/${build}.wasm`, import.meta.url))

export const kernelBytes = { relaxed: read('relaxed'), strict: read('strict') }

/** Both builds; a runtime without relaxed SIMD tests the strict one alone. */
export const allKernels = kernelBuilds
  .filter((build) => build === 'strict' || supportsRelaxed())
  .map((build) => compileKernels(kernelBytes, build))
