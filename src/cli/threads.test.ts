import path from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { losableThreads, workerThreads } from '../../tests/threads'
import { callCli, irisFile, jsonLines, temporaryFolder } from './testing'

afterEach(() => vi.restoreAllMocks())

it('says once, on stderr, that a thread was lost, and trains on', async () => {
  const { folder, remove } = await temporaryFolder()
  const threads = losableThreads()
  vi.spyOn(workerThreads, 'start').mockImplementation(threads.host.start)
  const args = ['--target', 'species', '--threads', '2', '--epochs', '30', '--out', path.join(folder, 'run'), '--json']
  const { status, stdout, stderr } = await callCli(['train', irisFile, ...args], threads.lose)
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: 'notice fewer-threads: A thread was lost: training goes on with one.\n'
  })
  const lines = jsonLines(stdout)
  expect(lines[0]).toMatchObject({ type: 'start', executor: 'wasm', threads: 2 })
  expect(lines).toHaveLength(32)
  expect(stdout).not.toContain('lost')
  await remove()
})
