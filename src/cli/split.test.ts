/** Rows kept back by the values of a column or by files, and cross-validation, through the command line. */
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callCli, csv, irisFile, jsonLines, startCli, temporaryFolder } from './testing'

const parts = ['train', 'train', 'train', 'val', 'test']
const line = (row: number) => `${(row * 37) % 101},${row % 2 === 0 ? 'a' : 'b'}`

let folder = ''
let remove: () => Promise<void>
beforeAll(async () => {
  const files = {
    'parted.csv': csv('x,kind,part', 50, (row) => `${line(row)},${parts[row % 5] ?? ''}`),
    'train.csv': csv('x,kind', 30, line),
    'later.csv': csv('kind,x', 10, (row) =>
      line(row + 30)
        .split(',')
        .reverse()
        .join(',')
    ),
    'last.csv': csv('x,kind', 8, (row) => line(row + 40)),
    'other.csv': csv('x,z', 5, line)
  }
  ;({ folder, remove } = await temporaryFolder(files))
})
afterAll(() => remove())

const at = (name: string) => path.join(folder, name)

function train(file: string, out: string, ...flags: string[]) {
  return callCli(['train', at(file), '--out', at(out), '--epochs', '2', '--target', 'kind', '--json', ...flags])
}

async function recordOf(out: string): Promise<unknown> {
  return JSON.parse(await readFile(path.join(folder, out, 'run.json'), 'utf8')) as unknown
}

describe('train --split fixed', () => {
  it('takes the values that are named, and says that the shares are not used', async () => {
    const flags = ['--split', 'fixed', '--split-column', 'part', '--test-values', 'val', 'test']
    const { status, stderr } = await train('parted.csv', 'named', ...flags)
    expect(status, stderr).toBe(0)
    expect(stderr).toContain('notice fixed-split')
    expect(await recordOf('named')).toMatchObject({
      setup: { split: { by: 'fixed', column: 'part', test: ['val', 'test'] } },
      preparation: { features: [{ name: 'x' }] },
      split: { trainRows: 30, validationRows: 0, testRows: 20 }
    })
  })

  it('recognises values whose names say it', async () => {
    const flags = ['--split', 'fixed', '--split-column', 'part', '--evaluate-test']
    const { status, stderr, stdout } = await train('parted.csv', 'recognised', ...flags)
    expect(status, stderr).toBe(0)
    expect(jsonLines(stdout).at(-2)).toMatchObject({ type: 'test', rows: 10 })
    expect(await recordOf('recognised')).toMatchObject({
      setup: { split: { by: 'fixed', column: 'part', validation: ['val'], test: ['test'] } },
      split: { trainRows: 30, validationRows: 10, testRows: 10 }
    })
  })

  it.each([
    [['--split', 'fixed'], /--split fixed needs --split-column/],
    [['--split', 'fixed', '--split-column', 'x'], /no value of "x" speaks of validation or test/],
    [['--split', 'fixed', '--split-column', 'gone'], /unknown-column/],
    [['--split', 'fixed', '--split-column', 'kind', '--test-values', 'a'], /"kind" is to be predicted/],
    [['--split', 'fixed', '--split-column', 'part', '--test-values', 'Test'], /unknown-value/],
    [['--test-values', 'test'], /go with --split fixed only/],
    [
      ['--split', 'fixed', '--split-column', 'part', '--validation-values', 'val', '--evaluate-test'],
      /--evaluate-test: no rows are kept aside/
    ],
    [['--split', 'random', '--test-data', 'last.csv'], /--split does not go with --validation-data/],
    [['--split', 'fixed', '--split-column', 'part', '--column', 'part:type=category'], /"part" is no feature/]
  ])('refuses %j', async (flags, message) => {
    const { status, stderr, stdout } = await train('parted.csv', 'refused', ...flags)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })
})

describe('train --validation-data and --test-data', () => {
  it('reads the files as one table, in which each is for its part', async () => {
    const flags = ['--validation-data', at('later.csv'), '--test-data', at('last.csv'), '--evaluate-test']
    const { status, stderr, stdout } = await train('train.csv', 'files', ...flags)
    expect(status, stderr).toBe(0)
    expect(jsonLines(stdout)[0]).toMatchObject({ type: 'start', rows: 48, features: 1 })
    expect(jsonLines(stdout).at(-2)).toMatchObject({ type: 'test', rows: 8 })
    expect(await recordOf('files')).toMatchObject({
      setup: { split: { by: 'fixed', column: 'file', validation: ['later.csv'], test: ['last.csv'] } },
      data: {
        fileName: '3 files',
        rows: 48,
        files: [
          { fileName: 'train.csv', rows: 30 },
          { fileName: 'later.csv', rows: 10 },
          { fileName: 'last.csv', rows: 8 }
        ]
      },
      split: { trainRows: 30, validationRows: 10, testRows: 8 }
    })
    const { status: predicted } = await callCli(['predict', at('files'), at('last.csv'), '--json'])
    expect(predicted).toBe(0)
  })

  it('keeps the one file that is given for the test', async () => {
    const { status, stderr } = await train('train.csv', 'tested', '--test-data', at('last.csv'))
    expect(status, stderr).toBe(0)
    expect(await recordOf('tested')).toMatchObject({ split: { trainRows: 30, validationRows: 0, testRows: 8 } })
  })

  it('refuses files with other columns, and one that is named twice', async () => {
    const other = await train('train.csv', 'refused', '--test-data', at('other.csv'))
    expect(other.status).toBe(2)
    expect(other.stderr).toContain('"other.csv" lacks "kind", and "train.csv" lacks "z"')
    const twice = await train('train.csv', 'refused', '--test-data', at('train.csv'))
    expect(twice.stderr).toContain('error same-file')
  })

  it('are looked at by inspect too', async () => {
    const { status, stdout } = await callCli(['inspect', at('train.csv'), '--test-data', at('last.csv'), '--json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 38,
      columns: [{ name: 'x' }, { name: 'kind' }, { name: 'file', distinct: 2 }]
    })
  })
})

describe('cross-validate', () => {
  const iris = ['cross-validate', irisFile, '--target', 'species', '--epochs', '20']

  it('writes one object a fold and a summary, and keeps nothing', async () => {
    const before = await readdir(folder)
    const { status, stdout, stderr } = await callCli([...iris, '--folds', '3', '--json'])
    expect([status, stderr]).toEqual([0, ''])
    const lines = jsonLines(stdout)
    expect(lines).toHaveLength(4)
    expect(lines.slice(0, 3)).toMatchObject(
      [1, 2, 3].map((fold) => ({ type: 'fold', fold, trainRows: 100, validationRows: 50, epochs: 20 }))
    )
    expect(lines[3]).toMatchObject({
      type: 'summary',
      folds: 3,
      testRows: 0,
      metrics: { accuracy: { mean: expect.any(Number) as number, std: expect.any(Number) as number } },
      validationLoss: { mean: expect.any(Number) as number, std: expect.any(Number) as number }
    })
    expect(await readdir(folder)).toEqual(before)
    expect((await callCli([...iris, '--folds', '3', '--json'])).stdout).toBe(stdout)
  })

  it('writes a table for people, five folds unless said otherwise', async () => {
    const { status, stdout } = await callCli([...iris, '--test', '0.2'])
    expect(status).toBe(0)
    expect(stdout).toContain('species: multi-class, 5 folds; 30 rows are kept aside for the test')
    expect(stdout).toMatch(/Fold .*Trained on .*Judged on .*Epochs .*Accuracy .*Loss/)
    expect(stdout).toMatch(/5 +│ 96 +│ 24 +│ 20/)
    expect(stdout).toMatch(/Mean ± standard deviation .*0\.\d+ ± 0\.\d+/)
  })

  it.each([
    [['--folds', '1'], /--folds must be a whole number from 2, got "1"/],
    [['--folds', 'many'], /--folds must be a whole number from 2, got "many"/],
    [['--folds', '200'], /too-few-rows.*150 usable rows are too few for 200 folds/],
    [['--out', 'run'], /unknown option '--out'/],
    [['--evaluate-test'], /unknown option '--evaluate-test'/]
  ])('refuses %j', async (flags, message) => {
    const { status, stdout, stderr } = await callCli([...iris, ...flags])
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })

  it('ends with status 130 when it is interrupted', async () => {
    const args = [...iris, '--epochs', '3000', '--folds', '100', '--json']
    const { process: child, result } = startCli(args, folder)
    child.stdout?.once('data', () => child.kill('SIGINT'))
    const { status, stderr } = await result
    expect(status).toBe(130)
    expect(stderr).toMatch(/^error cancelled: .+\n$/)
  }, 60_000)
})
