/** Bad files and bad flags: one line with a code on stderr, exit status 2, nothing on stdout, nothing written. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callCli, csv, irisFile, runCli, temporaryFolder } from './testing'

const files = {
  'empty.csv': '',
  'header.csv': 'a,b\n',
  'one-row.csv': 'a,b\n1,2\n',
  'one-class.csv': csv('a,b', 20, (i) => `${i},x`),
  'all-missing.csv': csv('a,b', 20, (i) => `${i},`),
  'constant.csv': csv('a,b', 20, (i) => `${i},5.5`),
  'alone.csv': csv('b', 20, (i) => `${i % 2}`),
  'binary.csv': Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256),
  'twice.csv': csv('a,b,b', 20, (i) => `${i},${i % 2},${i % 3}`),
  'words.csv': csv('a,b', 20, (i) => `${i},${i % 2 === 0 ? 'yes' : 'no'}`)
}

let folder = ''
let remove = () => Promise.resolve()
beforeAll(async () => {
  ;({ folder, remove } = await temporaryFolder(files))
})
afterAll(async () => {
  // The whole suite: no case has left a run, a file or a temporary one.
  expect((await readdir(folder)).sort()).toEqual(Object.keys(files).sort())
  await remove()
})

async function expectFailure(args: string[], code: string): Promise<void> {
  const { status, stdout, stderr } = await callCli(args)
  expect(stderr).toMatch(new RegExp(`^error ${code}: [^\\n]{10,}\\n$`))
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
}

const inFolder = (name: string) => path.join(folder, name)

describe('files', () => {
  it.each([
    ['empty.csv', 'empty-file'],
    ['header.csv', 'no-rows'],
    ['one-row.csv', 'too-few-rows'],
    ['one-class.csv', 'one-class'],
    ['all-missing.csv', 'target-missing'],
    ['alone.csv', 'no-features'],
    ['binary.csv', 'not-a-table'],
    ['twice.csv', 'ambiguous-target'],
    ['nowhere.csv', 'file-not-found']
  ])('%s → %s', (file, code) =>
    expectFailure(['train', inFolder(file), '--target', 'b', '--out', inFolder('run'), '--json'], code)
  )

  it.each([
    ['constant.csv', 'regression', 'constant-target'],
    ['words.csv', 'regression', 'task-mismatch']
  ])('%s as %s → %s', (file, task, code) =>
    expectFailure(['train', inFolder(file), '--target', 'b', '--task', task, '--out', inFolder('run')], code)
  )
})

describe('flags', () => {
  it.each<[string[], string]>([
    [[], 'usage'],
    [['fly'], 'usage'],
    [['--fly'], 'usage'],
    [['train'], 'usage'],
    [['train', irisFile], 'usage'],
    [['predict', 'run'], 'usage'],
    [['export', 'run'], 'usage']
  ])('%j → %s', expectFailure)

  it.each([
    ['more.csv', 'usage'],
    ['--epoch 3', 'usage'],
    ['--epochs', 'usage'],
    ['--epochs 1.5', 'usage'],
    ['--epochs=', 'usage'],
    ['--validation 1', 'usage'],
    ['--learning-rate -1', 'usage'],
    ['--learning-rate NaN', 'usage'],
    ['--layers 8,,8', 'usage'],
    ['--layers 0', 'usage'],
    ['--activation step', 'usage'],
    ['--optimizer magic', 'usage'],
    ['--task sort', 'usage'],
    ['--target nothing', 'unknown-target'],
    ['--ignore nothing', 'unknown-column'],
    ['--loss log', 'invalid-setup']
  ])('train %s → %s', (flags, code) =>
    expectFailure(['train', irisFile, '--out', inFolder('run'), '--json', ...flags.split(' ')], code)
  )

  it('more layers than a network may have → usage, naming the flag', async () => {
    const args = ['train', irisFile, '--out', inFolder('run'), '--layers', Array(65).fill('8').join(',')]
    expect((await callCli(args)).stderr).toBe('error usage: --layers takes at most 64 layers, got 65; use fewer\n')
  })

  it('a place for the run below a file → not-a-folder', () =>
    expectFailure(['train', irisFile, '--out', inFolder('empty.csv/run')], 'not-a-folder'))

  it.each(['', ' '])('an empty place %j for a run or a file → usage', async (out) => {
    await expectFailure(['train', irisFile, '--out', out, '--overwrite'], 'usage')
    await expectFailure(['export', inFolder('nowhere'), '--out', out], 'usage')
  })

  it('a name that the system does not take, also below folders that are missing → name-too-long', async () => {
    await expectFailure(['train', irisFile, '--out', inFolder('n'.repeat(256))], 'name-too-long')
    await expectFailure(['train', irisFile, '--out', inFolder(`runs/${'n'.repeat(256)}/x`)], 'name-too-long')
  })

  it.runIf(existsSync('/proc/self'))('a place where no folder can be made → folder-not-found', () =>
    expectFailure(['train', irisFile, '--out', '/proc/x/y', '--json'], 'folder-not-found')
  )

  it.each([
    [['foo'], 'unknown command "foo"'],
    [['foo', '--json'], 'unknown command "foo"'],
    [['--foo'], 'unknown option "--foo"'],
    [[], 'a command is missing']
  ])('%j is named', async (args, what) => {
    const { stderr } = await callCli(args)
    expect(stderr).toBe(
      `error usage: ${what}; use train, resume, runs, cross-validate, inspect, predict or export, or --help\n`
    )
  })

  it('runs that are not there → run-not-found', async () => {
    await expectFailure(['predict', inFolder('nowhere'), irisFile, '--json'], 'run-not-found')
    await expectFailure(['export', inFolder('nowhere'), '--out', inFolder('x.onnx')], 'run-not-found')
  })

  it('an unknown format → unknown-format', () =>
    expectFailure(['export', inFolder('nowhere'), '--format', 'fax', '--out', inFolder('x.fax')], 'unknown-format'))
})

describe('as a process', () => {
  it('ends with status 2, one line on stderr and nothing on stdout', async () => {
    const { status, stdout, stderr } = await runCli(['train', 'empty.csv', '--out', 'run', '--json'], folder)
    expect(stderr).toMatch(/^error empty-file: .+\n$/)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  }, 60_000)
})
