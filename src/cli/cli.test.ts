/** The command line as a person meets it: real processes on real files. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { callCli, csv, irisFile, jsonLines, runCli, startCli, temporaryFolder } from './testing'

const timeoutMs = 60_000
const setup = '--target species --layers 16,8 --activation relu --epochs 40 --batch-size 32 --optimizer sgd'
const rates = '--learning-rate 0.1 --momentum 0.9 --validation 0.2 --seed 1'
const trainIris = ['train', irisFile, ...`${setup} ${rates}`.split(' ')]

let folder = ''
let remove = () => Promise.resolve()
beforeAll(async () => {
  ;({ folder, remove } = await temporaryFolder({
    'cars.csv': csv(
      'weight,origin,mpg',
      60,
      (i) => `${i % 7 === 0 ? '' : i},${['eu', 'us', '日本'][i % 3] ?? ''},${i * 2.5 + 1}`
    ),
    // Other columns than the features, and a feature that never varies, are no news here.
    'new-cars.csv': csv('note,weight,origin', 4, (i) => `same,${i},mars`),
    'odd.csv': csv('__proto__,toString,2', 40, (i) => `${i % 2},${i % 5},${['__proto__', '10', '9'][i % 3] ?? ''}`)
  }))
})
afterAll(() => remove())

describe('train, predict and export', () => {
  it(
    'trains Iris, keeps the run, predicts and exports, all in JSON lines',
    async () => {
      const trained = await runCli([...trainIris, '--out', 'runs/first', '--json'], folder)
      expect(trained).toMatchObject({ status: 0, stderr: '' })
      const lines = jsonLines(trained.stdout)
      expect(lines[0]).toEqual({
        type: 'start',
        task: 'multi-class',
        loss: 'cross-entropy',
        rows: 150,
        features: 4,
        parameters: (4 + 1) * 16 + (16 + 1) * 8 + (8 + 1) * 3,
        executor: expect.stringMatching(/^(wasm|reference)$/) as string,
        threads: 1
      })
      expect(lines).toHaveLength(42)
      expect(lines[40]).toEqual({
        type: 'epoch',
        epoch: 40,
        trainLoss: expect.any(Number) as number,
        validationLoss: expect.any(Number) as number,
        metrics: { accuracy: expect.any(Number) as number },
        learningRate: 0.1,
        best: expect.any(Boolean) as boolean
      })
      const done = lines[41] as { metrics: { accuracy: number } }
      expect(done).toMatchObject({
        type: 'done',
        run: 'runs/first',
        metrics: { accuracy: expect.any(Number) as number }
      })
      expect(done.metrics.accuracy).toBeGreaterThanOrEqual(0.9)
      expect(await readdir(path.join(folder, 'runs'))).toEqual(['first'])
      expect(await readdir(path.join(folder, 'runs/first'))).toEqual(
        expect.arrayContaining(['metrics.ndjson', 'run.json', 'weights.safetensors'])
      )

      const predicted = await runCli(['predict', 'runs/first', irisFile, '--json'], folder)
      expect(predicted.status).toBe(0)
      const rows = jsonLines(predicted.stdout) as {
        row: number
        prediction: string
        probabilities: Record<string, number>
      }[]
      expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1))
      const answers = (await readFile(irisFile, 'utf8')).trim().split('\n').slice(1)
      const right = rows.filter(({ prediction }, i) => answers[i]?.endsWith(prediction))
      expect(right.length / 150).toBeGreaterThan(0.9)
      for (const { prediction, probabilities } of rows) {
        expect(Object.keys(probabilities)).toEqual(['setosa', 'versicolor', 'virginica'])
        expect(Object.values(probabilities).reduce((a, b) => a + b)).toBeCloseTo(1, 6)
        expect(probabilities[prediction]).toBe(Math.max(...Object.values(probabilities)))
      }

      const exported = await runCli(
        ['export', 'runs/first', '--format', 'onnx', '--out', 'model.onnx', '--json'],
        folder
      )
      expect(exported).toMatchObject({ status: 0, stderr: '' })
      const [view] = jsonLines(exported.stdout) as {
        type: string
        format: string
        maxDifference: number
        bytes: number
      }[]
      expect(view).toMatchObject({ type: 'export', format: 'onnx' })
      expect(view?.maxDifference).toBeLessThan(1e-5)
      expect((await readFile(path.join(folder, 'model.onnx'))).byteLength).toBe(view?.bytes)
    },
    timeoutMs
  )

  it(
    'gives the same numbers for the same seed, and others for another',
    async () => {
      const seeds = ['7', '7', '8']
      const runs = await Promise.all(
        seeds.map((seed, i) =>
          runCli(['train', irisFile, '--epochs', '3', '--seed', seed, '--out', `seed${i}`, '--json'], folder)
        )
      )
      const epochs = runs.map(({ stdout }) => jsonLines(stdout).slice(1, -1))
      expect(epochs[0]).toHaveLength(3)
      expect(epochs[1]).toEqual(epochs[0])
      expect(epochs[2]).not.toEqual(epochs[0])
    },
    timeoutMs
  )

  it(
    'measures regression in raw units and predicts numbers',
    async () => {
      const trained = await runCli(['train', 'cars.csv', '--target', 'mpg', '--out', 'cars', '--json'], folder)
      expect(trained.status).toBe(0)
      expect(trained.stderr).toMatch(/^notice missing-values: .+\n$/)
      const done = jsonLines(trained.stdout).at(-1) as { metrics: Record<string, number> }
      expect(Object.keys(done.metrics).sort()).toEqual(['mae', 'mape', 'r2', 'rmse'])
      expect(done.metrics['r2']).toBeGreaterThan(0.5)
      const predicted = await runCli(['predict', 'cars', 'cars.csv', '--json'], folder)
      expect(predicted.stderr).toMatch(/^notice missing-values: [^\n]*"weight" \(9, with [^\n]+\n$/)
      const unseen = await runCli(['predict', 'cars', 'new-cars.csv', '--json'], folder)
      expect(unseen.stderr).toMatch(/^notice unseen-category: [^\n]*"origin" \(4 cells, such as "mars"\)\.\n$/)
      expect(jsonLines(predicted.stdout)[59]).toEqual({ row: 60, prediction: expect.any(Number) as number })
    },
    timeoutMs
  )

  it(
    'takes any header and any class name as data',
    async () => {
      const trained = await runCli(
        ['train', 'odd.csv', '--target', '2', '--task', 'multi-class', '--epochs', '2', '--out', 'odd', '--json'],
        folder
      )
      expect(trained).toMatchObject({ status: 0, stderr: '' })
      const predicted = await runCli(['predict', 'odd', 'odd.csv', '--json'], folder)
      expect(predicted.stdout.split('\n')[0]).toMatch(/"probabilities":\{"10":[^,]+,"9":[^,]+,"__proto__":[^,]+\}\}$/)
    },
    timeoutMs
  )

  it(
    'writes plain lines where no terminal is and no JSON is asked for',
    async () => {
      const trained = await runCli(['train', irisFile, '--layers', 'none', '--epochs', '2', '--out', 'plain'], folder)
      expect(trained.stdout.split('\n')).toEqual([
        expect.stringMatching(
          /^species: multi-class, cross-entropy loss, 150 rows, 4 features, 15 parameters, (wasm|reference) on 1 thread$/
        ),
        expect.stringMatching(/^epoch 1\/2 {2}trainLoss [\d.]+ {2}validationLoss [\d.]+ {2}accuracy [\d.]+$/),
        expect.stringMatching(/^epoch 2\/2 /),
        ...['accuracy', 'f1', 'precision', 'recall', 'log-loss'].map(
          (name) => expect.stringMatching(new RegExp(`^validation ${name} [\\d.]+$`)) as string
        ),
        'run plain',
        ''
      ])
      expect(trained.stderr).toBe('notice target-chosen: No --target was given; predicting "species".\n')
      const predicted = await runCli(['predict', 'plain', irisFile], folder)
      expect(predicted.stdout.split('\n').slice(0, 2)).toEqual([
        'row\tprediction\tP(setosa)\tP(versicolor)\tP(virginica)',
        expect.stringMatching(/^1\t\w+(?:\t[\d.e-]+){3}$/)
      ])
    },
    timeoutMs
  )
})

describe('a run that does not end well', () => {
  it(
    'keeps the last finite weights when training diverges',
    async () => {
      const result = await runCli(
        ['train', irisFile, '--target', 'species', '--learning-rate', '1e30', '--out', 'diverged', '--json'],
        folder
      )
      expect(result.status).toBe(2)
      expect(result.stderr).toMatch(/^error diverged: .*step \d+.*layer "\w+".*\n$/)
      expect(jsonLines(result.stdout)).not.toContainEqual(expect.objectContaining({ type: 'done' }))
      expect(JSON.parse(await readFile(path.join(folder, 'diverged/run.json'), 'utf8'))).toMatchObject({
        status: 'failed'
      })
      expect((await runCli(['predict', 'diverged', irisFile], folder)).status).toBe(0)
    },
    timeoutMs
  )

  it(
    'leaves a run that can be gone on with when it is interrupted',
    async () => {
      const inner = await temporaryFolder()
      const { process: child, result } = startCli(
        [...trainIris, '--epochs', '1000000', '--out', 'runs/long', '--json'],
        inner.folder
      )
      child.stdout?.once('data', () => child.kill('SIGINT'))
      const { status, stderr } = await result
      expect(status).toBe(130)
      expect(stderr).toMatch(/^error cancelled: .+ resume runs\/long\n$/)
      expect(await readdir(inner.folder)).toEqual(['runs'])
      expect(await readdir(path.join(inner.folder, 'runs/long'))).not.toContain('run.json')
      await inner.remove()
    },
    timeoutMs
  )

  it(
    'goes on to keep the run when nobody reads its output any more',
    async () => {
      const { process: child, result } = startCli(
        ['train', irisFile, '--epochs', '300', '--out', 'unread', '--json'],
        folder
      )
      child.stdout?.once('data', () => child.stdout?.destroy())
      const { status, stderr } = await result
      expect(stderr).toMatch(/^notice target-chosen: .+\n$/)
      expect(status).toBe(0)
      expect(existsSync(path.join(folder, 'unread/run.json'))).toBe(true)
    },
    timeoutMs
  )

  it(
    'never overwrites a run unasked',
    async () => {
      const train = ['train', irisFile, '--epochs', '1', '--target', 'species', '--out', 'kept']
      expect((await runCli(train, folder)).status).toBe(0)
      const before = await readFile(path.join(folder, 'kept/run.json'), 'utf8')
      const again = await runCli(train, folder)
      expect(again).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(/^error run-exists: .+\n$/) as string
      })
      expect(await readFile(path.join(folder, 'kept/run.json'), 'utf8')).toBe(before)
      expect((await runCli([...train, '--overwrite'], folder)).status).toBe(0)
      expect(await readFile(path.join(folder, 'kept/run.json'), 'utf8')).not.toBe(before)
    },
    timeoutMs
  )
})

describe('a place that cannot take the result', () => {
  let place = ''
  let clear = () => Promise.resolve()
  beforeEach(async () => {
    ;({ folder: place, remove: clear } = await temporaryFolder())
  })
  afterEach(() => clear())
  const quick = ['train', irisFile, '--target', 'species', '--epochs', '2', '--json']

  it('is told before training, not after it', async () => {
    const out = path.join(place, 'kept')
    expect((await callCli([...quick, '--out', out])).status).toBe(0)
    const before = await readFile(path.join(out, 'run.json'), 'utf8')
    await writeFile(path.join(out, 'thesis.txt'), 'mine')
    const refused = await callCli([...quick, '--out', out, '--overwrite'])
    expect(refused).toMatchObject({ status: 2, stdout: '' })
    expect(refused.stderr).toMatch(/^error not-a-run: .*"thesis\.txt".*\n$/)
    expect(await readFile(path.join(out, 'run.json'), 'utf8')).toBe(before)
    expect(await readdir(place)).toEqual(['kept'])
  })

  /** Somebody puts a file where the run is being kept. */
  const takePlace = (out: string) => {
    rmSync(out, { recursive: true })
    writeFileSync(out, 'mine')
  }

  it('loses no run: one that cannot be saved after all is kept beside its place', async () => {
    const out = path.join(place, 'taken')
    const result = await callCli([...quick, '--out', out], () => takePlace(out))
    expect(result.status).toBe(2)
    expect(result.stderr).toMatch(/^error not-a-folder: [^\n]+\n$/)
    expect(result.stdout).not.toContain('"done"')
    const [, rescued = ''] = /The trained run is kept in "(.+)"\.\n$/.exec(result.stderr) ?? []
    expect(rescued.startsWith(`${out}.rescued-`)).toBe(true)
    expect((await readdir(place)).sort()).toEqual(['taken', path.basename(rescued)])
    expect(await readFile(out, 'utf8')).toBe('mine')
    expect(jsonLines((await callCli(['predict', rescued, irisFile, '--json'])).stdout)).toHaveLength(150)
  })

  it('says both, that training diverged and where the run is', async () => {
    const out = path.join(place, 'taken')
    const diverging = [...quick, '--learning-rate', '1e30', '--out', out]
    const { status, stderr } = await callCli(diverging, () => takePlace(out))
    expect(status).toBe(2)
    expect(stderr).toMatch(/^error diverged: [^\n]+ The trained run is kept in "[^\n]+\.rescued-[^\n]+"\.\n$/)
  })

  it('never overwrites a file with an export unasked, and never writes into a run folder', async () => {
    const run = path.join(place, 'run')
    expect((await callCli([...quick, '--out', run])).status).toBe(0)
    const data = path.join(place, 'data.csv')
    await writeFile(data, 'a,b\n1,2\n')
    const exportTo = (...flags: string[]) => callCli(['export', run, '--json', '--out', ...flags])
    const failure = (code: string) => ({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^error ${code}: [^\\n]+\\n$`)) as string
    })
    expect(await exportTo(data)).toMatchObject(failure('file-exists'))
    expect(await exportTo(run, '--overwrite')).toMatchObject(failure('is-a-folder'))
    await mkdir(path.join(run, 'inner'))
    await symlink(run, path.join(place, 'link'), 'junction')
    for (const name of ['run/run.json', 'run/new.onnx', 'run/inner/new.onnx', 'link/new.onnx']) {
      for (const flags of [[], ['--overwrite']]) {
        expect(await exportTo(path.join(place, name), ...flags)).toMatchObject(failure('inside-run'))
      }
    }
    expect(await readFile(data, 'utf8')).toBe('a,b\n1,2\n')
    expect((await callCli(['predict', run, irisFile])).status).toBe(0)
    expect(await exportTo(data, '--overwrite')).toMatchObject({ status: 0, stderr: '' })
    expect(await readFile(data, 'utf8')).not.toContain('a,b')
  })
})

describe('stderr of a failing command', () => {
  it('is one line, whatever there was to notice', async () => {
    const inner = await temporaryFolder({
      'gaps.csv': csv('a,b', 40, (i) => `${i % 3 === 0 ? '' : i},${i % 2 === 0 ? 'yes' : 'no'}`),
      'bare.csv': csv('c', 40, (i) => `${i % 3 === 0 ? '' : i}`)
    })
    const at = (name: string) => path.join(inner.folder, name)
    const run = at('run')
    const trained = await callCli(['train', at('gaps.csv'), '--epochs', '1', '--out', run, '--json'])
    expect(trained.status).toBe(0)
    expect(trained.stderr).toMatch(/^(?:notice [a-z-]+: [^\n]+\n){2,}$/)
    const failures = [
      ['train', at('gaps.csv'), '--learning-rate', '1e200', '--epochs', '500', '--out', at('diverged')],
      ['train', at('gaps.csv'), '--loss', 'cross-entropy', '--task', 'regression', '--out', at('x')],
      ['predict', run, at('bare.csv')],
      ['export', run, '--data', at('bare.csv'), '--out', at('x.onnx')]
    ]
    for (const args of failures.flatMap((each) => [each, [...each, '--json']])) {
      const { status, stderr } = await callCli(args)
      expect({ args, status, stderr }).toEqual({
        args,
        status: 2,
        stderr: expect.stringMatching(/^error [a-z-]+: [^\n]+\n$/) as string
      })
      await rm(at('diverged'), { recursive: true, force: true })
    }
    await inner.remove()
  })
})

describe('--help', () => {
  it(
    'ends in silence when nobody reads it',
    async () => {
      const { process: child, result } = startCli(['train', '--help'], folder)
      child.stdout?.destroy()
      expect(await result).toEqual({ status: 0, stdout: '', stderr: '' })
    },
    timeoutMs
  )

  it.each([[[]], [['train']], [['predict']], [['export']]])(
    '%s',
    async (command) => {
      const { status, stdout, stderr } = await callCli([...command, '--help'])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toMatch(/^Usage: npm run --silent cli -- /)
    },
    timeoutMs
  )
})
