import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { folderName, freshTitle } from './runNames'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-names-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

it('numbers the runs of a dataset from the second on', async () => {
  const begin = async (fileName: string, id: string) => {
    const title = await freshTitle(folder, fileName)
    await mkdir(join(folder, folderName(fileName, id)))
    return title
  }
  expect(await begin('iris.csv', 'aaaa-1')).toBe('iris')
  expect(await begin('iris.csv', 'bbbb-1')).toBe('iris 2')
  expect(await begin('iris-large.csv', 'cccc-1')).toBe('iris-large')
  expect(await begin('iris.csv', 'dddd-1')).toBe('iris 3')
  expect(await freshTitle(join(folder, 'none'), 'iris.csv')).toBe('iris')
})
