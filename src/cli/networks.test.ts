/** Networks and weights from files, and every setting by its flag. */
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileModel, initializeParameters } from '../engine'
import { loadRun, readSafetensors, writeSafetensors } from '../project'
import { callCli, csv, irisFile, jsonLines, runCli, temporaryFolder } from './testing'

const header = [...Array.from({ length: 16 }, (_, pixel) => `p${pixel}`), 'kind'].join(',')
/** 4 × 4 pixels with a bright line; the first one never changes. */
const pictures = csv(header, 48, (row) => {
  const bright = (pixel: number) => (row % 2 === 0 ? Math.floor(pixel / 4) : pixel % 4) === 1 + (row % 3)
  const pixels = Array.from({ length: 16 }, (_, pixel) => (pixel === 0 ? 0.5 : bright(pixel) ? 1 : 0.01 * (row % 5)))
  return [...pixels, row % 2 === 0 ? '10' : '2'].join(',')
})
const network = {
  inputShape: [1, 4, 4],
  layers: [
    { name: 'conv', type: 'conv2d', inputs: ['input'], config: { outChannels: 3, kernelSize: 3, padding: 'same' } },
    { name: 'norm', type: 'batch-norm', inputs: ['conv'], config: {} },
    { name: 'flat', type: 'flatten', inputs: ['norm'], config: {} },
    { name: 'left', type: 'dense', inputs: ['flat'], config: { units: 4 } },
    { name: 'right', type: 'dense', inputs: ['flat'], config: { units: 4, activation: 'tanh' } },
    { name: 'sum', type: 'add', inputs: ['left', 'right'], config: {} },
    { name: 'output', type: 'dense', inputs: ['sum'], config: { units: 1, activation: 'identity' } }
  ],
  output: 'output'
}
const weights = initializeParameters(compileModel(network), 5)

let folder = ''
let remove = () => Promise.resolve()
const at = (name: string) => path.join(folder, name)
beforeAll(async () => {
  ;({ folder, remove } = await temporaryFolder({
    'pictures.csv': pictures,
    'net.json': JSON.stringify(network),
    'wide.json': JSON.stringify({ ...network, inputShape: [1, 4, 5] }),
    'two.json': JSON.stringify(network).replace('"units":1,', '"units":2,'),
    'alone.json': JSON.stringify({
      ...network,
      layers: [{ name: 'alone', type: 'flatten', inputs: ['input'], config: {} }, ...network.layers]
    }),
    'broken.json': '{"inputShape": [3',
    'w.safetensors': writeSafetensors({ tensors: weights, metadata: new Map() }),
    'less.safetensors': writeSafetensors({ tensors: new Map([...weights].slice(1)), metadata: new Map() }),
    'short.safetensors': writeSafetensors({ tensors: weights, metadata: new Map() }).slice(0, -8),
    'words.csv': csv('a,b,y', 20, (row) => `${row % 7},${row === 3 ? 'x' : row},${row % 2}`),
    'gaps.csv': csv('a,b,y', 20, (row) => `${row === 4 ? '' : row},${row * 2},${row % 2}`)
  }))
})
afterAll(() => remove())

const exactly = '--target kind --no-prepare --no-shuffle --validation 0 --json'.split(' ')

describe('a network from a file', () => {
  it('trains from given weights on numbers as they are, predicts and exports, as a process', async () => {
    const flags = '--model net.json --init w.safetensors --epochs 2 --batch-size 16 --threads 1'.split(' ')
    const trained = await runCli(['train', 'pictures.csv', ...exactly, ...flags, '--out', 'run'], folder)
    expect(trained).toMatchObject({ status: 0, stderr: '' })
    const lines = jsonLines(trained.stdout)
    expect(lines[0]).toMatchObject({ type: 'start', task: 'binary', rows: 48, features: 16, threads: 1 })
    expect(lines[1]).toMatchObject({ type: 'epoch', epoch: 1, validationLoss: null, metrics: {}, best: true })
    expect(lines[3]).toEqual({ type: 'done', run: 'run', metrics: {}, earlyStop: null })
    const { record, parameters } = await loadRun(at('run'))
    expect(record.classes).toEqual(['10', '2'])
    expect(record.initialWeights?.fileName).toBe('w.safetensors')
    expect(record.preparation.features[0]).toEqual({ name: 'p0', kind: 'raw' })
    expect(record.setup).toMatchObject({ shuffle: false, prepare: false, validation: 0, model: network, layers: [] })
    expect([...parameters.keys()].sort()).toEqual([...weights.keys()].sort())

    const predicted = await callCli(['predict', at('run'), at('pictures.csv'), '--json'])
    expect(predicted.status).toBe(0)
    expect(jsonLines(predicted.stdout)).toHaveLength(48)
    const exported = await callCli(['export', at('run'), '--out', at('net.onnx'), '--json'])
    expect(exported).toMatchObject({ status: 0, stderr: '' })
    const [view] = jsonLines(exported.stdout) as { maxDifference: number }[]
    expect(view?.maxDifference).toBeLessThan(1e-5)
  }, 60_000)

  it('begins with exactly the given weights', async () => {
    const still = '--learning-rate 1e-30 --momentum 0 --epochs 1 --model'.split(' ')
    const args = ['train', at('pictures.csv'), ...exactly, ...still, at('net.json'), '--init', at('w.safetensors')]
    expect((await callCli([...args, '--out', at('still')])).status).toBe(0)
    const { tensors } = readSafetensors(await readFile(at('still/weights.safetensors')), 'weights')
    for (const name of ['conv.weight', 'left.weight', 'output.weight'])
      expect([...(tensors.get(name)?.data ?? [])]).toEqual([...(weights.get(name)?.data ?? [])].map(Math.fround))
  })

  it('keeps columns with one value as features, prepared or not', async () => {
    const args = ['train', at('pictures.csv'), '--target', 'kind', '--epochs', '1', '--model', at('net.json'), '--json']
    const { status, stdout, stderr } = await callCli([...args, '--out', at('prepared')])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(jsonLines(stdout)[0]).toMatchObject({ features: 16 })
    expect((await loadRun(at('prepared'))).record.classes).toEqual(['2', '10'])
  })

  it.each<[string, string, RegExp]>([
    ['--model nowhere.json', 'file-not-found', /nowhere\.json/],
    ['--model broken.json', 'invalid-model', /broken\.json/],
    ['--model wide.json', 'model-input-mismatch', /wide\.json: .*\[1, 4, 5\], 20 numbers .* 16/],
    [
      '--model two.json',
      'output-units-mismatch',
      /two\.json: layer "output".*needs 1 output, got 2; set its units to 1/
    ],
    ['--model net.json --ignore kind', 'usage', /--ignore "kind": this is the column to predict/],
    ['--model net.json --ignore p3', 'model-input-mismatch', /16 numbers .* 15/],
    ['--model net.json --layers 8', 'usage', /--layers .*--model/],
    ['--model net.json --activation tanh', 'usage', /--activation .*--model/],
    ['--init w.safetensors', 'weights-mismatch', /"conv\.weight" is not of this network/],
    ['--model net.json --init less.safetensors', 'weights-mismatch', /"conv\.weight" \[3, 1, 3, 3\] is missing/],
    ['--model net.json --init short.safetensors', 'weights-damaged', /cut short/],
    ['--model net.json --init pictures.csv', 'weights-damaged', /pictures\.csv/],
    ['--model net.json --init nowhere', 'file-not-found', /nowhere/]
  ])('%s → %s', async (flags, code, message) => {
    const files = flags.split(' ').map((word) => (/\.|^nowhere/.test(word) ? at(word) : word))
    const args = ['train', at('pictures.csv'), ...exactly, '--out', at('refused'), ...files]
    const { status, stdout, stderr } = await callCli(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^error ${code}: [^\\n]+\\n$`))
    expect(stderr).toMatch(message)
  })

  it('tells of layers that nothing takes, and trains', async () => {
    const args = ['train', at('pictures.csv'), ...exactly, '--epochs', '1', '--model', at('alone.json')]
    const { status, stderr } = await callCli([...args, '--out', at('alone')])
    expect(status).toBe(0)
    expect(stderr).toMatch(/^notice unused-layer: .*"alone".*remove it\.\n$/)
  })

  it.each<[string, string, RegExp]>([
    ['words.csv', 'not-a-number', /row 4, column "b".*"x".*--ignore.*--no-prepare/],
    ['gaps.csv', 'missing-value', /row 5, column "a"/]
  ])('--no-prepare on %s → %s', async (file, code, message) => {
    const args = ['train', at(file), '--target', 'y', '--no-prepare', '--json', '--out', at('refused')]
    const { status, stdout, stderr } = await callCli(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^error ${code}: [^\\n]+\\n$`))
    expect(stderr).toMatch(message)
  })
})

describe('settings by flag', () => {
  let runs = 0
  const train = async (flags: string) => {
    const out = at(`runs/${++runs}`)
    await mkdir(at('runs'), { recursive: true })
    const quick = ['train', irisFile, '--target', 'species', '--epochs', '4', '--json', '--out', out]
    const result = await callCli([...quick, ...flags.split(' ').filter(Boolean)])
    const lines = result.status === 0 ? (jsonLines(result.stdout) as Record<string, unknown>[]) : []
    return { ...result, out, lines }
  }

  it.each<[string, object]>([
    ['--schedule step --drop-every 2', { schedule: { type: 'step', config: { dropEvery: 2 } } }],
    ['--schedule cosine --warm-up-epochs 1.5', { schedule: { type: 'cosine', config: { warmUpEpochs: 1.5 } } }],
    ['--loss cross-entropy --label-smoothing 0.1', { lossConfig: { labelSmoothing: 0.1 } }],
    ['--class-weights balanced', { classWeights: 'balanced' }],
    ['--class-weights 1,2,0.5', { classWeights: [1, 2, 0.5] }],
    [
      '--l1 0.001 --l2 0.01 --clip-norm 1 --clip-value 0.5',
      { regularization: { l1: 0.001, l2: 0.01, clipNorm: 1, clipValue: 0.5 } }
    ],
    [
      '--patience 2 --min-delta 0.1 --no-restore-best',
      { earlyStopping: { patience: 2, minDelta: 0.1, restoreBest: false } }
    ],
    ['--no-shuffle --shuffle', { shuffle: true }],
    ['--threads 2', { threads: 2 }]
  ])('%s', async (flags, setup) => {
    const { status, stderr, out } = await train(flags)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const run: unknown = JSON.parse(await readFile(path.join(out, 'run.json'), 'utf8'))
    expect(run).toMatchObject({ setup })
  })

  it('tells the learning rate of every epoch', async () => {
    const { lines } = await train('--schedule step --drop-every 1 --drop-factor 0.5 --learning-rate 0.08')
    const rates = lines.filter(({ type }) => type === 'epoch').map(({ learningRate }) => learningRate)
    expect(rates).toEqual([0.08, 0.04, 0.02, 0.01])
  })

  it('tells that it was stopped early, in JSON and in words', async () => {
    const flags = '--patience 1 --min-delta 100'
    const { lines } = await train(flags)
    expect(lines.at(-1)).toMatchObject({ type: 'done', earlyStop: { epoch: 2, restored: false } })
    const words = ['train', irisFile, '--target', 'species', ...flags.split(' '), '--out', at('words')]
    const { stdout } = await callCli(words)
    expect(stdout).toMatch(/^stopped after epoch 2: no gain any more; [^\n]+$/m)
    expect(stdout).toMatch(/^species: .* parameters, (wasm|reference) on \d+ threads?$/m)
  })

  it('gives the same run on any number of threads', async () => {
    const losses = []
    for (const threads of [1, 2])
      losses.push((await train(`--threads ${threads} --layers 64`)).lines.map(({ trainLoss }) => trainLoss))
    expect(losses[0]).toHaveLength(6)
    expect(losses[1]).toEqual(losses[0])
  })

  it.each<[string, string]>([
    ['--schedule magic', 'usage'],
    ['--drop-every 2', 'usage'],
    ['--schedule cosine --drop-every 2', 'usage'],
    ['--delta 1', 'usage'],
    ['--loss hinge --label-smoothing 0.1', 'usage'],
    ['--label-smoothing 2', 'usage'],
    ['--class-weights', 'usage'],
    ['--class-weights some', 'usage'],
    ['--class-weights 1', 'usage'],
    ['--class-weights 1,0,1', 'usage'],
    ['--class-weights 1,1e999,1', 'usage'],
    ['--class-weights 1,2', 'invalid-setup'],
    ['--l1 -1', 'usage'],
    ['--patience 1.5', 'usage'],
    ['--threads 17', 'usage'],
    ['--threads many', 'usage'],
    ['--validation -0.1', 'usage'],
    ['--shuffle yes', 'usage']
  ])('%s → %s', async (flags, code) => {
    const { status, stdout, stderr } = await train(flags)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^error ${code}: [^\\n]+\\n$`))
  })

  it('takes no file of a hundred megabytes for a network', async () => {
    await writeFile(at('large.json'), '')
    await truncate(at('large.json'), 100_000_000)
    const { stderr } = await train(`--model ${at('large.json')}`)
    expect(stderr).toMatch(/^error file-too-large: /)
  })
})
