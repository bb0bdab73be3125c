import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTable } from '../data'
import { generators } from '../data/generators'
import { keepMadeDataset } from './made-datasets'

describe('keepMadeDataset', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'made-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it.each(generators.map(({ name }) => name))('%s becomes a table with its points', async (generator) => {
    const made = { kind: 'generated', generator, config: { points: 50 } } as const
    const table = await readTable(await keepMadeDataset(join(folder, 'datasets'), made))
    expect(table.rows).toBe(50)
    expect(table.columns.slice(0, -1).every(({ type }) => type === 'number')).toBe(true)
  })

  it('painted points have their classes', async () => {
    const points = [
      { x: -0.5, y: 1, group: 0 },
      { x: 0.25, y: -1, group: 2 }
    ]
    const path = await keepMadeDataset(folder, { kind: 'painted', points })
    expect(await readFile(path, 'utf8')).toBe('x,y,class\n-0.5,1,a\n0.25,-1,c\n')
  })

  it('pasted text is kept to the letter, tabs or not', async () => {
    const tabs = await keepMadeDataset(folder, { kind: 'pasted', text: 'a\tb\n1\tzwölf\n' })
    expect([basename(tabs), await readFile(tabs, 'utf8')]).toEqual(['Pasted.tsv', 'a\tb\n1\tzwölf\n'])
    expect(basename(await keepMadeDataset(folder, { kind: 'pasted', text: 'a,b\n1,2\n' }))).toBe('Pasted.csv')
  })

  it('never replaces a file', async () => {
    const made = { kind: 'generated', generator: 'moons', config: {} } as const
    await writeFile(join(folder, 'MOONS.CSV'), 'mine')
    await keepMadeDataset(folder, made)
    await keepMadeDataset(folder, { ...made, config: { seed: 2 } })
    expect((await readdir(folder)).sort()).toEqual(['MOONS.CSV', 'Moons 2.csv', 'Moons 3.csv'])
    expect(await readFile(join(folder, 'MOONS.CSV'), 'utf8')).toBe('mine')
  })

  it('says where it could not write', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    const made = { kind: 'pasted', text: 'a\n1\n' } as const
    await expect(keepMadeDataset(join(file, 'datasets'), made)).rejects.toThrow(
      expect.objectContaining({ name: 'StorageError' })
    )
  })
})
