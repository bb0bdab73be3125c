import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const script = path.join(import.meta.dirname, 'testing/threaded-training.ts')

/** Long enough for a busy machine; a process that hangs is killed, and the promise rejects. */
const MOST_MS = 25_000

describe('a process that has trained with threads', () => {
  it.each([
    ['close', 20],
    ['leave', 20],
    ['pause', 10]
  ])('ends by itself: %s', async (end, epochs) => {
    const args = ['--import', import.meta.resolve('tsx'), script, end]
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: MOST_MS })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ name: 'wasm', reason: null, threads: 3, epochs })
  })
})
