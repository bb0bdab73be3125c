/** Weights as PyTorch reads and writes them; where Debian's python3-torch is installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openExperiment } from './experiment'
import { readWeightsFile } from './initial-weights'
import { predictTable } from './predict'
import type { Run } from './record'
import { saveRun } from './save-run'
import { trainedRun } from './testing/runs'
import { madePictures, pictureSetup } from './testing/pictures'

const python = '/usr/bin/python3'
const script = join(import.meta.dirname, '../../tests/torch/weights.py')
const hasTorch =
  spawnSync(python, ['-c', 'import importlib.util as u; exit(u.find_spec("torch") is None)']).status === 0

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-torch-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** One list a row. */
async function probabilitiesOf(run: Run): Promise<number[][]> {
  const rows = await predictTable(run, madePictures())
  return rows.map(({ probabilities = [] }) => probabilities.map(([, value]) => value))
}

/** Largest difference, of lists of equal shape. */
function distance(a: readonly number[][], b: readonly number[][]): number {
  expect(a.map((row) => row.length)).toEqual(b.map((row) => row.length))
  return Math.max(...a.flat().map((value, i) => Math.abs(value - (b.flat()[i] ?? NaN))))
}

describe.runIf(hasTorch)('weights and PyTorch', () => {
  it('load into a module of the same names, and a state dict of one loads here', async () => {
    const table = madePictures()
    const trained = await trainedRun(table, pictureSetup())
    await saveRun(join(folder, 'run'), trained)
    const pixels = table.columns.slice(0, 16).map((column) => (column.type === 'number' ? [...column.values] : []))
    const rows = Array.from({ length: table.rows }, (_, row) => pixels.map((values) => values[row]))
    await writeFile(join(folder, 'rows.json'), JSON.stringify(rows))
    const files = ['run/weights.safetensors', 'rows.json', 'state.safetensors'].map((name) => join(folder, name))
    const printed: unknown = JSON.parse(execFileSync(python, [script, ...files], { encoding: 'utf8' }))
    const theirs = printed as { run: number[][]; own: number[][] }

    expect(distance(await probabilitiesOf(trained), theirs.run)).toBeLessThan(1e-6)

    const initial = await readWeightsFile(join(folder, 'state.safetensors'))
    const experiment = openExperiment(table, pictureSetup(), { initial })
    expect(distance(await probabilitiesOf(await experiment.finish('stopped')), theirs.own)).toBeLessThan(1e-6)
    experiment.training.close()
  }, 120_000)
})
