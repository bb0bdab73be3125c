/** PyTorch as a process of its own that times one workload after the other when it is asked to. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import * as v from 'valibot'
import type { Workload } from './workloads'

const PYTHON = '/usr/bin/python3'
const script = fileURLToPath(new URL('./peers/torch_steps.py', import.meta.url))

const helloSchema = v.object({ peer: v.string(), version: v.string(), threads: v.number() })
const timingSchema = v.object({ microsecondsPerStep: v.number() })

export class TorchSteps {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(
    process: ChildProcess,
    lines: AsyncIterator<string>,
    readonly name: string
  ) {
    this.#process = process
    this.#lines = lines
  }

  /** Null where PyTorch is not installed. */
  static async start(threads: number): Promise<TorchSteps | null> {
    const child = spawn(PYTHON, [script, String(threads)], { stdio: ['pipe', 'pipe', 'ignore'] })
    const failed = once(child, 'error').then(() => null)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const first = await Promise.race([lines.next(), failed])
    if (first === null || first.done === true) return null
    const { peer, version } = v.parse(helloSchema, JSON.parse(first.value))
    return new TorchSteps(child, lines, `${peer} ${version}, ${threads === 1 ? '1 thread' : `${threads} threads`}`)
  }

  /** Microseconds a step of one timing. */
  async time(workload: Workload): Promise<number> {
    this.#process.stdin?.write(`${JSON.stringify(workload)}\n`)
    const line = await this.#lines.next()
    if (line.done === true) throw new Error('PyTorch has ended')
    return v.parse(timingSchema, JSON.parse(line.value)).microsecondsPerStep
  }

  close(): void {
    this.#process.stdin?.end()
  }
}
