import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { RandomStream } from '../engine'
import { soak } from './testing/soak'

const KILLS = 8

it('a run killed at random moments is the one that was never interrupted', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'studio-soak-'))
  try {
    const stream = new RandomStream(4, 'soak')
    const kernels = resolve(import.meta.dirname, '../../resources/kernels')
    const { kills, expected, outcome } = await soak({ folder, kernels, epochs: 60 }, KILLS, () => stream.uniform())
    expect(kills).toBeGreaterThan(KILLS / 2)
    expect(outcome).toEqual(expected)
    expect(outcome.epochs).toBe(60)
    expect(await readdir(folder)).toEqual(['killed', 'whole'])
    expect((await readdir(join(folder, 'killed'))).filter((name) => name === 'lock')).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
