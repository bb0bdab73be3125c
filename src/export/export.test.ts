import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadRun, saveRun } from '../project'
import { madeRun } from '../project/testing/runs'
import { madeTable } from '../project/testing/tables'
import { exporterNamed, exporters, exportRun, saveExport } from '.'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'studio-export-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('every exporter', () => {
  it.each(exporters.map((exporter) => [exporter.format, exporter] as const))(
    '%s is described, named once and round-trips',
    async (format, exporter) => {
      expect(exporters.filter((each) => each.format === format)).toEqual([exporter])
      expect(exporter.extension).toMatch(/^\.[a-z0-9.]+$/)
      expect(exporter.description.length).toBeGreaterThan(20)
      const run = await madeRun('binary', 'log')
      const view = await exportRun(run, madeTable('binary'), format, join(folder, `model${exporter.extension}`))
      expect(view.bytes).toBe((await readFile(join(folder, view.fileName))).byteLength)
      expect(view.maxDifference).toBeLessThan(1e-5)
      expect(view.rows).toBe(90)
    }
  )
})

describe('exportRun', () => {
  it('refuses an unknown format', async () => {
    const run = await madeRun('binary', 'log')
    expect(() => exporterNamed('docx')).toThrow(expect.objectContaining({ code: 'unknown-format' }))
    await expect(exportRun(run, madeTable('binary'), 'docx', join(folder, 'x'))).rejects.toMatchObject({
      code: 'unknown-format'
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('checks a loaded run on the rows it keeps, and says so when it keeps none', async () => {
    await saveRun(join(folder, 'run'), await madeRun('regression', 'squared'))
    const run = await loadRun(join(folder, 'run'))
    const view = await exportRun(run, null, 'onnx', join(folder, 'model.onnx'))
    expect(view).toMatchObject({ rows: 90, differenceUnit: 'kind', fileName: 'model.onnx' })
    await expect(exportRun({ ...run, sample: null }, null, 'onnx', join(folder, 'other.onnx'))).rejects.toMatchObject({
      code: 'no-sample'
    })
    expect((await readdir(folder)).sort()).toEqual(['model.onnx', 'run'])
  })

  it.each([
    ['binary', 'log'],
    ['multi-class', 'cross-entropy'],
    ['regression', 'squared']
  ] as const)('saves nothing when the file of a %s run answers otherwise', async (task, loss) => {
    const run = await madeRun(task, loss)
    const path = join(folder, 'model.onnx')
    await writeFile(path, 'what was there before')
    const wrong = new Map(
      [...run.parameters].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map((value) => value * 1.001 + 1e-4) }
      ])
    )
    const exporter = exporterNamed('onnx')
    const crossed = { ...exporter, write: () => exporter.write({ ...run, parameters: wrong }) }
    await expect(saveExport(crossed, run, madeTable(task), path)).rejects.toMatchObject({ code: 'export-mismatch' })
    const noise = { ...exporter, write: () => new Uint8Array(100).fill(7) }
    await expect(saveExport(noise, run, madeTable(task), path)).rejects.toMatchObject({ code: 'export-mismatch' })
    expect(await readdir(folder)).toEqual(['model.onnx'])
    expect(await readFile(path, 'utf8')).toBe('what was there before')
  })

  it('says why a file cannot be saved', async () => {
    const run = await madeRun('binary', 'log')
    const save = (path: string) => exportRun(run, madeTable('binary'), 'onnx', path)
    await expect(save(join(folder, 'none', 'm.onnx'))).rejects.toMatchObject({ code: 'folder-not-found' })
    await expect(save(folder)).rejects.toMatchObject({ code: 'is-a-folder' })
  })
})
