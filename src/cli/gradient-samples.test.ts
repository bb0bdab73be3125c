import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callCli, irisFile, temporaryFolder } from './testing'

let folder = ''
let remove = () => Promise.resolve()
beforeAll(async () => {
  ;({ folder, remove } = await temporaryFolder())
})
afterAll(() => remove())

interface EpochLine {
  readonly type: string
  readonly gradientCheck?: { readonly checked: number; readonly maxRelativeError: number }
}

describe('train --gradient-samples', () => {
  it('checks gradients after each epoch, tells and keeps the result, and changes no weight', async () => {
    const at = (name: string) => path.join(folder, 'runs', name)
    const train = (name: string, ...flags: readonly string[]) =>
      callCli(['train', irisFile, '--target', 'species', '--epochs', '3', '--out', at(name), ...flags])
    await train('without', '--json')
    const { stdout, status } = await train('with', '--gradient-samples', '25', '--json')
    expect(status).toBe(0)
    const epochs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as EpochLine)
      .filter(({ type }) => type === 'epoch')
    expect(epochs.map(({ gradientCheck }) => gradientCheck?.checked)).toEqual([25, 25, 25])
    for (const { gradientCheck } of epochs) expect(gradientCheck?.maxRelativeError).toBeLessThan(1e-5)
    const weights = (name: string) => readFile(path.join(at(name), 'weights.safetensors'))
    expect((await weights('with')).equals(await weights('without'))).toBe(true)

    const listed = await callCli(['runs', path.join(folder, 'runs'), '--json'])
    const runs = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; gradientChecks: { checks: number; failed: number } | null })
    expect(runs.find(({ name }) => name === 'with')?.gradientChecks).toMatchObject({ checks: 3, failed: 0 })
    expect(runs.find(({ name }) => name === 'without')?.gradientChecks).toBeNull()

    const plain = await train('plain', '--gradient-samples', '5')
    expect(plain.stdout).toMatch(/^epoch 1\/3 .* {2}gradientCheck \S+$/m)
    const wrong = await train('wrong', '--gradient-samples', '1001')
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain('--gradient-samples')
  })
})
