/**
 * The parts of the WebAssembly interface that the executor uses. The engine is compiled for no environment in particular,
 * and each declares WebAssembly in a way of its own or not at all.
 */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
}

/** A compiled module; opaque. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string
}

/** Functions by number; opaque. */
export interface WasmTable {
  readonly length: number
}

interface WasmApi {
  validate(bytes: Uint8Array): boolean
  Module: new (bytes: Uint8Array) => WasmModule
  Instance: new (module: WasmModule, imports: object) => { readonly exports: unknown }
  Table: new (description: { element: 'anyfunc'; initial: number }) => WasmTable
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory
}

// What the engine runs in has it: Node, Electron and browsers. The compiler sees the language alone.
export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly

export const PAGE_BYTES = 65_536
