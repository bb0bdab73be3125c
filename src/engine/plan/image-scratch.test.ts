/** What kernels of images write into scratch memory stays within what the plan reserves for each thread. */
import { describe, expect, it } from 'vitest'
import { allKernels } from '../../../tests/kernels'
import { CONTROL_BYTES, writeControl } from '../executors/wasm/control'
import { bindKernels, withChains } from '../executors/wasm/kernels'
import { Layout } from '../executors/wasm/layout'
import { GraphBuilder } from '../graph/builder'
import { ops, type Op } from '../ops'
import { imageOpNamed } from './image-ops'
import { plan } from './lower'
import { scratchBytes, tapeOf, tapeWords } from './tape'

const GUARD_WORDS = 4096
const GUARD_VALUE = 0x5a5a5a5a

const entries = ops
  .filter(({ name }) => imageOpNamed(name) !== null)
  .flatMap((op: Op) =>
    [...op.cases, ...(op.kernelCases ?? [])].map(({ shapes, attributes = {} }) => ({
      title: `${op.name} ${JSON.stringify(shapes)} ${JSON.stringify(attributes)}`,
      name: op.name,
      shapes,
      attributes
    }))
  )

describe.each(allKernels.map((kernels) => ({ kernels, build: kernels.build })))('$build kernels', ({ kernels }) => {
  it.each(entries)('$title', ({ name, shapes, attributes }) => {
    const graph = new GraphBuilder()
    const known = ops.find((op) => op.name === name)
    if (known === undefined) throw new Error(`${name} is not registered`)
    const inputs = shapes.map((shape, i) => graph.input(`x${i}`, shape))
    const output = graph.apply(known.name, inputs, attributes)
    const { instructions, sizes } = plan({ graph: graph.graph, wanted: [output], gathered: [], updates: [] })
    const reserved = instructions.reduce(
      (most, each) => Math.max(most, 'scratchBytes' in each ? each.scratchBytes : 0),
      0
    )
    expect(scratchBytes(instructions)).toBeGreaterThanOrEqual(reserved)
    const layout = new Layout()
    const addresses = new Map([...sizes].map(([id, size]) => [id, layout.take(4 * size)] as const))
    const tape = layout.take(4 * tapeWords(instructions))
    const control = layout.take(CONTROL_BYTES)
    const loss = layout.take(8)
    const scratch = layout.take(reserved + 4 * GUARD_WORDS)
    const memory = layout.createMemory()
    const words = new Int32Array(memory.buffer)
    const places = { buffer: (id: number) => addresses.get(id) ?? NaN, size: (id: number) => sizes.get(id) ?? 0 }
    words.set(tapeOf(instructions, { ...places, data: () => 0, flag: loss + 4 }), tape / 4)
    writeControl(words, control, {
      ...{ tape, scratch, scratchBytes: 0, flag: loss + 4, rows: 0, rowBytes: 0, scalars: 0, scalarTable: 0 },
      ...{ scalarBytes: 0, loss, losses: loss, outputs: 0, outputTable: 0, outputBytes: 0, team: 0, threads: 1 }
    })
    const guard = words.subarray(scratch / 4 + Math.ceil(reserved / 4)).fill(GUARD_VALUE)
    expect(bindKernels(withChains(kernels, null), memory).takeSteps(control, 1)).toBe(1)
    expect(guard.findIndex((word) => word !== GUARD_VALUE)).toBe(-1)
  })
})
