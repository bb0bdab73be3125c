/** The compiled kernels: handed in by whoever runs the engine, as it reads no files itself. */
import type { ChainCompiler } from '../../plan/chain-code'
import { webAssembly, type WasmMemory, type WasmModule } from './webassembly'

export const kernelBuilds = ['relaxed', 'strict'] as const
/** `relaxed` rounds a multiply-add once, `strict` twice; the numbers differ in the last places. */
export type KernelBuild = (typeof kernelBuilds)[number]

/** Bytes of `resources/kernels/<build>.wasm`. */
export type KernelBytes = Readonly<Record<KernelBuild, Uint8Array>>

export interface Kernels {
  readonly build: KernelBuild
  readonly module: WasmModule
}

/** What is instantiated over a memory: the same in every thread. */
export interface Modules {
  readonly module: WasmModule
  /** Chains that became code, which fill the table; null where there are none. */
  readonly chains: WasmModule | null
  /** Slots of the table. */
  readonly slots: number
}

/** What the kernels export, bound to a memory. All numbers are byte addresses but `steps`. */
export interface BoundKernels {
  /** @returns steps taken; fewer than asked for when one failed, −1 when another thread was lost */
  takeSteps(control: number, steps: number): number
}

/** `f32x4.relaxed_madd` in the smallest module there is; valid only where relaxed SIMD is on. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11]
)

let provided: Kernels | null = null

/** Makes the wasm executor available, with the faster build that this machine's WebAssembly knows. */
export function provideKernels(bytes: KernelBytes): void {
  provided = compileKernels(bytes, supportsRelaxed() ? 'relaxed' : 'strict')
}

/** The kernels that were provided, or null. */
export function providedKernels(): Kernels | null {
  return provided
}

export function supportsRelaxed(): boolean {
  return webAssembly.validate(RELAXED_PROBE)
}

export function compileKernels(bytes: KernelBytes, build: KernelBuild): Kernels {
  return { build, module: new webAssembly.Module(bytes[build]) }
}

/** The kernels with the chains that were compiled for them. */
export function withChains({ module }: Kernels, compiler: ChainCompiler | null): Modules {
  const bytes = compiler?.bytes() ?? null
  return {
    module,
    chains: bytes === null ? null : new webAssembly.Module(bytes),
    slots: compiler?.slots ?? 1
  }
}

export function bindKernels({ module, chains, slots }: Modules, memory: WasmMemory): BoundKernels {
  const env = { memory, table: new webAssembly.Table({ element: 'anyfunc', initial: slots }) }
  const { exports } = new webAssembly.Instance(module, { env })
  if (chains !== null) new webAssembly.Instance(chains, { env })
  // The functions of src/engine/kernels/index.ts; the compiler does not see them.
  return exports as BoundKernels
}
