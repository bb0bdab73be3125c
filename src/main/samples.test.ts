import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { listSamples, sampleById } from '../data'
import { samplePath } from './requests'

const folder = fileURLToPath(new URL('../../resources/samples/', import.meta.url))

describe('samplePath', () => {
  it('finds the file of every sample, by its id alone', async () => {
    for (const { id } of await listSamples(folder)) {
      expect(await samplePath(folder, id)).toBe((await sampleById(folder, id)).path)
    }
  })

  it('knows no other', async () => {
    await expect(samplePath(folder, 'nothing')).rejects.toMatchObject({ code: 'unknown-sample' })
  })
})
