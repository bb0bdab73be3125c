/** Places in one shared memory, given out one after the other before the memory exists. */
import { ConfigError } from '../../../shared/errors'
import { alignedUp } from '../../plan/arena'
import { PAGE_BYTES, webAssembly, type WasmMemory } from './webassembly'

/** The largest memory that 32-bit WebAssembly addresses. */
const MAX_PAGES = 65_536

/** Kernels read up to 32 bytes past an operand. */
const SLACK_BYTES = 64

export class Layout {
  #end: number

  /** @param start first address; 0 means "none" in a tape */
  constructor(start = 64) {
    this.#end = start
  }

  get bytes(): number {
    return this.#end
  }

  /** An address with room for so many bytes. */
  take(bytes: number): number {
    const address = this.#end
    this.#end = alignedUp(address + bytes)
    return address
  }

  /** @throws ConfigError `model-too-large` with the estimate and the largest layer, where it is given */
  createMemory(largest?: string | null): WasmMemory {
    return createMemory(this.#end + SLACK_BYTES, largest)
  }
}

/** @throws ConfigError `model-too-large` with the estimate and the largest layer, where it is given */
export function createMemory(bytes: number, largest: string | null = null): WasmMemory {
  const pages = Math.ceil(bytes / PAGE_BYTES)
  if (pages > MAX_PAGES) throw tooLarge(bytes, 'more than the 4096 MB that training can address', largest)
  try {
    return new webAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  } catch {
    throw tooLarge(bytes, 'more than this computer has free', largest)
  }
}

function tooLarge(bytes: number, why: string, largest: string | null): ConfigError {
  const megabytes = Math.ceil(bytes / 2 ** 20)
  const layer = largest === null ? '' : ` The largest layer is "${largest}".`
  return new ConfigError(
    'model-too-large',
    `Training needs about ${megabytes} MB of memory, ${why}.${layer} Use a smaller batch, fewer units or channels, or fewer rows.`,
    { megabytes, layer: largest }
  )
}
