import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Tensor } from '../engine'
import type { Setup } from '../shared/setup'
import { predictTable } from './predict'
import type { Run } from './record'
import { loadRun } from './load-run'
import { rescueRun } from './save-rescue'
import { requireRunPlace, saveRun } from './save-run'
import { sampleToFile } from './sample'
import { readSafetensors, writeSafetensors } from './safetensors'
import { madePictures, pictureSetup } from './testing/pictures'
import { madeRun, trainedRun } from './testing/runs'
import { categoryColumn, madeSetup, madeTable, numberColumn, tableOf } from './testing/tables'

let run: Run
let parent = ''
let folder = ''
beforeAll(async () => {
  run = await madeRun('multi-class', 'cross-entropy')
})
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'studio-run-'))
  folder = join(parent, 'first')
})
afterEach(async () => {
  await rm(parent, { recursive: true, force: true })
})

/** Changes run.json as text, keeping it valid JSON or not. */
async function editRecord(change: (json: string) => string): Promise<void> {
  const path = join(folder, 'run.json')
  await writeFile(path, change(await readFile(path, 'utf8')))
}

/** Replaces a file and its entry in run.json, so that only its content can be wrong. */
async function replaceFile(name: string, bytes: Uint8Array): Promise<void> {
  const old = await readFile(join(folder, name))
  const hash = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
  await writeFile(join(folder, name), bytes)
  await editRecord((json) =>
    json.replace(hash(old), hash(bytes)).replace(`"bytes": ${old.byteLength}`, `"bytes": ${bytes.byteLength}`)
  )
}

const damaged = (file: string, message: RegExp): unknown =>
  expect.objectContaining({
    code: 'run-damaged',
    details: { path: folder, file },
    message: expect.stringMatching(message) as string
  })

describe('saveRun and loadRun', () => {
  it.each([
    ['regression', 'squared'],
    ['binary', 'log'],
    ['multi-class', 'squared']
  ] as const)('keeps everything of a %s run', async (task, loss) => {
    const saved = await madeRun(task, loss)
    await saveRun(folder, saved)
    const loaded = await loadRun(folder)
    expect(loaded.record).toEqual(saved.record)
    expect([...loaded.parameters]).toEqual([...saved.parameters])
    expect(loaded.metrics).toEqual(saved.metrics)
    expect(await predictTable(loaded, madeTable(task))).toEqual(await predictTable(saved, madeTable(task)))
    expect((await readdir(folder)).sort()).toEqual(['metrics.ndjson', 'run.json', 'sample.json', 'weights.safetensors'])
  })

  it('names weights as PyTorch does, in its layout', async () => {
    await saveRun(folder, run)
    const { tensors, metadata } = readSafetensors(await readFile(join(folder, 'weights.safetensors')), 'weights')
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['dense1.weight', [5, 5]],
      ['dense1.bias', [5]],
      ['output.weight', [3, 5]],
      ['output.bias', [3]]
    ])
    expect(metadata.get('format')).toBe('pt')
  })

  it('keeps names of columns and classes that are keys elsewhere', async () => {
    const names = ['__proto__', 'constructor', 'to"string\n', '']
    const cells = Array.from({ length: 40 }, (_, i) => names[i % 3] ?? '')
    const table = tableOf([
      numberColumn(
        '__proto__',
        cells.map((_, i) => i % 7)
      ),
      categoryColumn(
        'constructor',
        cells.map((cell, i) => (i % 5 === 0 ? null : cell))
      ),
      categoryColumn('kind', cells)
    ])
    const odd = await trainedRun(table, madeSetup('multi-class', 'cross-entropy'))
    await saveRun(folder, odd)
    const loaded = await loadRun(folder)
    expect(loaded.record).toEqual(odd.record)
    if (loaded.sample === null || odd.sample === null) throw new Error('has a sample')
    expect(sampleToFile(loaded.sample)).toEqual(sampleToFile(odd.sample))
    expect(await predictTable(loaded, loaded.sample)).toEqual(await predictTable(odd, odd.sample))
    expect(await predictTable(loaded, table)).toEqual(await predictTable(odd, table))
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('keeps a network with statistics of its own, rows that are shaped and a run without validation', async () => {
    const saved = await trainedRun(madePictures(), pictureSetup({ validation: 0, earlyStopping: { patience: 2 } }))
    await saveRun(folder, saved)
    const loaded = await loadRun(folder)
    expect(loaded.record).toEqual(saved.record)
    expect([...loaded.parameters]).toEqual([...saved.parameters])
    expect(loaded.metrics).toEqual(saved.metrics)
    expect(loaded.metrics[0]).toMatchObject({ validationLoss: null, metrics: {} })
    expect(await predictTable(loaded, madePictures())).toEqual(await predictTable(saved, madePictures()))
  })

  it('reads runs of studios before schedules, class weights and networks from files', async () => {
    await saveRun(folder, run)
    const added = {
      setup: [
        'lossConfig',
        'classWeights',
        'model',
        'schedule',
        'regularization',
        'earlyStopping',
        'augmentation',
        'augmentation',
        'shuffle',
        'prepare',
        'threads'
      ],
      record: ['classWeights', 'executor', 'initialWeights', 'earlyStop', 'restoredEpoch']
    }
    const drop = (value: unknown, keys: readonly string[]) =>
      Object.fromEntries(Object.entries(Object(value) as object).filter(([key]) => !keys.includes(key)))
    const lines = (await readFile(join(folder, 'metrics.ndjson'), 'utf8')).trim().split('\n')
    const old = lines
      .map((line) => JSON.stringify(drop(JSON.parse(line), ['learningRate', 'best', 'step', 'elapsedMs'])) + '\n')
      .join('')
    await replaceFile('metrics.ndjson', new TextEncoder().encode(old))
    await editRecord((json) => {
      const record = drop(JSON.parse(json), added.record)
      return JSON.stringify({ ...record, setup: drop(record['setup'], added.setup) })
    })
    const loaded = await loadRun(folder)
    expect(loaded.record).toEqual({ ...run.record, executor: null })
    // Then the rate never changed, all epochs had as many steps, and the best epoch follows from the losses.
    expect(loaded.metrics).toEqual(run.metrics.map((epoch) => ({ ...epoch, elapsedMs: null })))
    const table = madeTable('multi-class')
    expect(await predictTable(loaded, table)).toEqual(await predictTable(run, table))
  })

  it('keeps a number that was not finite as such', async () => {
    const [first] = run.metrics
    if (first === undefined) throw new Error('has epochs')
    const one = { ...first, validationLoss: Infinity, metrics: { accuracy: NaN } }
    await saveRun(folder, { ...run, record: { ...run.record, epochs: 1 }, metrics: [one] })
    expect((await loadRun(folder)).metrics).toEqual([{ ...one, validationLoss: NaN }])
  })

  it('refuses to overwrite unless told, and never what is not a run', async () => {
    await saveRun(folder, run)
    await expect(saveRun(folder, run)).rejects.toMatchObject({ code: 'run-exists' })
    await saveRun(folder, { ...run, record: { ...run.record, status: 'stopped' } }, { overwrite: true })
    expect((await loadRun(folder)).record.status).toBe('stopped')
    await writeFile(join(folder, 'thesis.txt'), 'mine')
    await expect(saveRun(folder, run, { overwrite: true })).rejects.toMatchObject({ code: 'not-a-run' })
    expect(await readFile(join(folder, 'thesis.txt'), 'utf8')).toBe('mine')
    await writeFile(join(parent, 'file'), 'mine')
    await expect(saveRun(join(parent, 'file'), run, { overwrite: true })).rejects.toMatchObject({ code: 'not-a-run' })
    await expect(saveRun(join(parent, 'file'), run)).rejects.toMatchObject({ code: 'run-exists' })
    expect((await readdir(parent)).sort()).toEqual(['file', 'first'])
  })

  it('takes what a file manager left in a run folder for no reason to refuse', async () => {
    await saveRun(folder, run)
    await writeFile(join(folder, '.DS_Store'), 'x')
    await writeFile(join(folder, 'Thumbs.db'), 'x')
    await saveRun(folder, run, { overwrite: true })
    expect(await readdir(folder)).not.toContain('.DS_Store')
    await mkdir(join(folder, 'Thumbs.db'))
    await expect(saveRun(folder, run, { overwrite: true })).rejects.toThrow(/"Thumbs\.db".* not replaced/)
  })

  it('knows before there is a run whether its place is good, and leaves nothing there', async () => {
    const wide = join(parent, 'runs', 'deep', 'first')
    await requireRunPlace(wide)
    await requireRunPlace(wide, { overwrite: true })
    expect(await readdir(parent)).toEqual([])
    await expect(requireRunPlace(' ')).rejects.toMatchObject({ code: 'invalid-name' })
    await expect(saveRun('', run, { overwrite: true })).rejects.toMatchObject({ code: 'invalid-name' })
    await writeFile(join(parent, 'file'), 'mine')
    await expect(requireRunPlace(join(parent, 'file'))).rejects.toMatchObject({ code: 'run-exists' })
    await expect(requireRunPlace(join(parent, 'file'), { overwrite: true })).rejects.toMatchObject({
      code: 'not-a-run'
    })
    await expect(requireRunPlace(join(parent, 'file', 'x', 'y'))).rejects.toMatchObject({ code: 'not-a-folder' })
    await saveRun(folder, run)
    await expect(requireRunPlace(folder)).rejects.toMatchObject({ code: 'run-exists' })
    await requireRunPlace(folder, { overwrite: true })
    expect((await loadRun(folder)).record).toEqual(run.record)
    expect((await readdir(parent)).sort()).toEqual(['file', 'first'])
  })

  it('rescues a run beside its place, and where that cannot be, among the temporary files', async () => {
    const beside = await rescueRun(join(parent, 'n'.repeat(255)), run)
    expect(beside?.startsWith(join(parent, 'nnn'))).toBe(true)
    expect((await loadRun(beside ?? '')).record).toEqual(run.record)
    await writeFile(join(parent, 'file'), 'mine')
    const temporary = join(parent, 'temporary')
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, temporary)
    const elsewhere = await rescueRun(join(parent, 'file', 'first'), run)
    expect(elsewhere?.startsWith(join(temporary, 'first.rescued-'))).toBe(true)
    expect((await loadRun(elsewhere ?? '')).record).toEqual(run.record)
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, join(parent, 'file'))
    expect(await rescueRun(join(parent, 'file', 'first'), run)).toBeNull()
    vi.unstubAllEnvs()
  })

  it('says what is not there', async () => {
    await expect(loadRun(folder)).rejects.toMatchObject({ code: 'run-not-found' })
    await mkdir(folder)
    await expect(loadRun(folder)).rejects.toEqual(damaged('run.json', /missing/))
    await rm(folder, { recursive: true })
    await mkdir(join(parent, '.first.old-1-0123456789ab'))
    await expect(loadRun(folder)).rejects.toThrow(/interrupted.*\.first\.old-1-0123456789ab/)
  })

  it('does without a sample that was removed', async () => {
    await saveRun(folder, run)
    await rm(join(folder, 'sample.json'))
    expect((await loadRun(folder)).sample).toBeNull()
    await saveRun(folder, { ...run, sample: null }, { overwrite: true })
    expect(await readdir(folder)).not.toContain('sample.json')
    expect((await loadRun(folder)).sample).toBeNull()
  })
})

describe('a damaged run folder', () => {
  beforeEach(async () => {
    await saveRun(folder, run)
  })

  it('is told from one of a newer studio', async () => {
    await editRecord((json) => json.replace('"formatVersion": 1', '"formatVersion": 2, "new": true'))
    await expect(loadRun(folder)).rejects.toMatchObject({ code: 'run-too-new' })
  })

  it.each<[string, (json: string) => string, RegExp]>([
    ['no JSON', () => '{', /not JSON/],
    ['a wrong type', (json) => json.replace('"steps": ', '"steps": "x", "_": '), /steps|_/],
    ['an unknown key', (json) => json.replace('"id"', '"unknown": 1, "id"'), /unknown/],
    ['a key __proto__', (json) => json.replace('"id"', '"__proto__": {"polluted": 1}, "id"'), /__proto__/],
    [
      'windows that the setup does not know',
      (json) =>
        json.replace(
          '"preparation": {',
          '"preparation": { "window": { "steps": 1, "horizon": 0, "time": null, "series": null },'
        ),
      /different windows/
    ],
    ['a category that stands twice', (json) => json.replace('"Biscoe"', '"Äland"'), /category of .* named twice/],
    ['a class too many', (json) => json.replace('"classes": [', '"classes": ["x",'), /classes/],
    ['another target', (json) => json.replace('"target": "kind"', '"target": "other"'), /targets/],
    [
      'a model that does not fit',
      (json) => json.replace('"inputShape": [\n      5', '"inputShape": [\n      6'),
      /preparation gives \[5\]/
    ],
    ['too few outputs', (json) => json.replace(/"units": 3/, '"units": 2'), /needs \[3\]/],
    [
      'an unknown layer type',
      (json) => json.replace(/("model":[^]*?)"type": "dense"/, '$1"type": "warp"'),
      /cannot be built/
    ],
    [
      'an unlisted file',
      (json) => json.replace('"name": "metrics.ndjson"', '"name": "other"'),
      /does not list metrics.ndjson/
    ],
    [
      'another number of epochs',
      (json) => json.replace('"epochs": 5,\n  "steps"', '"epochs": 6,\n  "steps"'),
      /5 lines for 6 epochs/
    ]
  ])('is named: run.json with %s', async (_what, change, message) => {
    const before = await readFile(join(folder, 'run.json'), 'utf8')
    expect(change(before)).not.toBe(before)
    await editRecord(change)
    await expect(loadRun(folder)).rejects.toMatchObject({
      code: 'run-damaged',
      message: expect.stringMatching(message) as string
    })
    expect('polluted' in {}).toBe(false)
  })

  it.each([
    ['another size of an embedding', '"size": 3', '"size": 4'],
    ['other categories of one', '"Biscoe",', '"Biscoe", "nowhere",']
  ])('is named: run.json with %s than the model has', async (_what, from, to) => {
    const setup = madeSetup('multi-class', 'cross-entropy')
    const columns: Setup['columns'] = [{ name: 'island', encoding: 'embedding', size: 3 }]
    folder = join(parent, 'embedded')
    await saveRun(folder, await trainedRun(madeTable('multi-class'), { ...setup, columns }))
    await loadRun(folder)
    await editRecord((json) => {
      const at = json.indexOf('"preparation"')
      const changed = json.slice(at).replace(from, to)
      expect(changed).not.toBe(json.slice(at))
      return json.slice(0, at) + changed
    })
    await expect(loadRun(folder)).rejects.toEqual(
      damaged('run.json', /no embedding of \d entries with \d numbers each for "island", which its preparation/)
    )
  })

  it.each(['weights.safetensors', 'metrics.ndjson', 'sample.json'])(
    'is named: %s missing, cut short, longer or flipped',
    async (name) => {
      const path = join(folder, name)
      const whole = await readFile(path)
      await writeFile(path, whole.subarray(0, whole.byteLength - 3))
      await expect(loadRun(folder)).rejects.toEqual(damaged(name, /bytes, expected/))
      await writeFile(path, whole)
      await appendFile(path, 'x')
      await expect(loadRun(folder)).rejects.toEqual(damaged(name, /bytes, expected/))
      const flipped = Buffer.from(whole)
      flipped[flipped.byteLength - 2] = (flipped[flipped.byteLength - 2] ?? 0) ^ 1
      await writeFile(path, flipped)
      await expect(loadRun(folder)).rejects.toEqual(damaged(name, /SHA-256/))
      if (name === 'sample.json') return
      await rm(path)
      await expect(loadRun(folder)).rejects.toEqual(damaged(name, /missing/))
      await mkdir(path)
      await expect(loadRun(folder)).rejects.toEqual(damaged(name, /./))
    }
  )

  it('is named: weights of another model, or not finite', async () => {
    const weights = [...run.parameters]
    const replace = (entries: [string, Tensor][]) =>
      replaceFile('weights.safetensors', writeSafetensors({ tensors: new Map(entries), metadata: new Map() }))
    await replace(weights.map(([name, tensor]) => [name.replace('dense1', 'dense2'), tensor]))
    await expect(loadRun(folder)).rejects.toThrow(
      damaged('weights.safetensors', /"dense2.weight", which the model does not have/)
    )
    await replace(weights.slice(1))
    await expect(loadRun(folder)).rejects.toEqual(damaged('weights.safetensors', /"dense1.weight" is missing/))
    await replace(weights.map(([name, { data }]) => [name, { shape: [data.length], data }]))
    await expect(loadRun(folder)).rejects.toEqual(damaged('weights.safetensors', /shape \[25\], expected \[5, 5\]/))
    await replace(weights.map(([name, { shape, data }]) => [name, { shape, data: data.map(() => NaN) }]))
    await expect(loadRun(folder)).rejects.toEqual(damaged('weights.safetensors', /not finite/))
  })

  it('is named: metrics with a line that is wrong', async () => {
    const lines = (await readFile(join(folder, 'metrics.ndjson'), 'utf8')).split('\n')
    await replaceFile('metrics.ndjson', new TextEncoder().encode([lines[0], lines[2], ''].join('\n')))
    await expect(loadRun(folder)).rejects.toEqual(damaged('metrics.ndjson', /line 2 is of epoch 3/))
  })

  it('answers any edit of run.json with a run or with its two errors', async () => {
    const path = join(folder, 'run.json')
    const whole = await readFile(path)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.byteLength - 1),
        fc.uint8Array({ minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (at, patch, cut) => {
          await writeFile(
            path,
            Buffer.concat([whole.subarray(0, at), patch, cut ? Buffer.alloc(0) : whole.subarray(at + 1)])
          )
          try {
            await loadRun(folder)
          } catch (thrown) {
            expect(['run-damaged', 'run-too-new']).toContain((thrown as { code?: unknown }).code)
          }
        }
      ),
      { numRuns: 150 }
    )
  })
})
