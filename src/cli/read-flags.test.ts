import { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addReadOptions, readReadFlags } from './read-flags'
import { csv, runCli, temporaryFolder } from './testing'

function parsed(...args: string[]): Record<string, unknown> {
  const command = new Command()
  addReadOptions(command)
  return command.parse(args, { from: 'user' }).opts()
}

describe('flags of reading', () => {
  it('say nothing unless they are given', () => {
    expect(readReadFlags(parsed())).toEqual({})
  })

  it('say how a file is read', () => {
    expect(readReadFlags(parsed('--delimiter', 'tab', '--encoding', 'Latin1', '--no-header'))).toEqual({
      delimiter: '\t',
      encoding: 'windows-1252',
      header: false
    })
    expect(readReadFlags(parsed('--bad-rows', 'skip', '--missing-words', 'NA, null', '--header'))).toEqual({
      badRows: 'skip',
      missingWords: ['NA', 'null'],
      header: true
    })
  })

  it('stand before what was said in training, of which skipping is not taken over', () => {
    const saved = { delimiter: ';', encoding: 'utf-8', badRows: 'skip' } as const
    expect(readReadFlags(parsed('--delimiter', '|'), saved)).toEqual({ delimiter: '|', encoding: 'utf-8' })
  })

  it.each([
    [['--delimiter', ',,'], /--delimiter .*got ",,".*one character/],
    [['--encoding', 'utf-32'], /--encoding .*got "utf-32".*one of utf-8, utf-16le, utf-16be, windows-1252/],
    [['--bad-rows', 'maybe'], /--bad-rows .*stop or skip/]
  ])('%j is a mistake', (args, message) => {
    expect(() => readReadFlags(parsed(...args))).toThrow(message)
  })
})

describe('the command line', () => {
  let folder = ''
  let remove = () => Promise.resolve()
  beforeAll(async () => {
    const text = csv('x|kind|day', 60, (i) =>
      i === 7 ? 'broken' : `${i}|${i % 2 ? 'None' : 'some'}|2024-01-${10 + (i % 20)}`
    )
    ;({ folder, remove } = await temporaryFolder({ 'odd.csv': text }))
  })
  afterAll(() => remove())

  it('reads a file as it is told to, keeps that with the run and predicts alike', async () => {
    const stopped = await runCli(['train', 'odd.csv', '--out', 'run', '--target', 'kind'], folder)
    expect(stopped.status).toBe(2)
    expect(stopped.stderr).toMatch(/^error bad-row: .*line 9 .*--bad-rows skip/)
    const told = ['--delimiter', '|', '--missing-words', 'NA', '--bad-rows', 'skip']
    const trained = await runCli(
      ['train', 'odd.csv', '--out', 'run', '--target', 'kind', '--epochs', '1', '--json', ...told],
      folder
    )
    expect(trained).toMatchObject({ status: 0 })
    expect(trained.stderr).toContain('skipped-rows')
    const record = JSON.parse(await readFile(join(folder, 'run', 'run.json'), 'utf8')) as Record<string, unknown>
    expect(record['data']).toMatchObject({
      rows: 59,
      readAs: { delimiter: '|', missingWords: ['NA'], badRows: 'skip' }
    })
    expect(record['classes']).toEqual(['None', 'some'])
    const refused = await runCli(['predict', 'run', 'odd.csv'], folder)
    expect(refused.stderr).toContain('error bad-row')
    const predicted = await runCli(['predict', 'run', 'odd.csv', '--bad-rows', 'skip', '--json'], folder)
    expect(predicted.status).toBe(0)
    expect(predicted.stderr).toContain('skipped-rows')
    expect(predicted.stdout.trim().split('\n')).toHaveLength(59)
  }, 60_000)
})
