import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callCli, csv, jsonLines, temporaryFolder } from './testing'

let folder = ''
let remove = async () => {}
const data = () => path.join(folder, 'visits.csv')
const quick = ['--target', 'ill', '--epochs', '3', '--json']

beforeAll(async () => {
  const notes = ['feels well', 'has a fever', 'a bad fever today', 'well again']
  ;({ folder, remove } = await temporaryFolder({
    'visits.csv': csv('patient,zip,age,note: free,ill', 120, (row) =>
      [
        `p${row % 12}`,
        10115 + (row % 3),
        row % 7 === 0 ? '' : 20 + (row % 50),
        notes[row % 4],
        row % 4 < 3 && row % 4 > 0 ? 'yes' : 'no'
      ].join()
    )
  }))
})
afterAll(() => remove())

async function train(out: string, ...flags: string[]) {
  return callCli(['train', data(), '--out', path.join(folder, out), ...quick, ...flags])
}

async function recordOf(out: string): Promise<unknown> {
  return JSON.parse(await readFile(path.join(folder, out, 'run.json'), 'utf8'))
}

describe('train --column', () => {
  it('says how columns are prepared, the run keeps it, and its export is checked', async () => {
    const { status, stderr } = await train(
      'said',
      '--column',
      'zip:type=category',
      '--column',
      'age:missing=mean,scaling=robust,indicator=true',
      '--column',
      'note: free:type=text'
    )
    expect(status, stderr).toBe(0)
    expect(await recordOf('said')).toMatchObject({
      setup: {
        columns: [
          { name: 'zip', type: 'category' },
          { name: 'age', missing: 'mean', scaling: 'robust', indicator: true },
          { name: 'note: free', type: 'text' }
        ]
      },
      preparation: {
        features: [
          { name: 'patient', kind: 'category' },
          { name: 'zip', kind: 'category', categories: ['10115', '10116', '10117'] },
          { name: 'age', kind: 'number', indicator: true },
          { name: 'note: free', kind: 'words' }
        ]
      }
    })
    const file = path.join(folder, 'said.onnx')
    const exported = await callCli(['export', path.join(folder, 'said'), '--out', file, '--data', data()])
    expect([exported.status, exported.stderr]).toEqual([0, ''])
    const predicted = await callCli(['predict', path.join(folder, 'said'), data(), '--json'])
    expect(jsonLines(predicted.stdout)).toHaveLength(120)
  })

  it('learns vectors for a column, and what was exported answers alike', async () => {
    const { status, stderr } = await train('embedded', '--column', 'patient:encoding=embedding,size=3')
    expect(status, stderr).toBe(0)
    expect(await recordOf('embedded')).toMatchObject({
      setup: { columns: [{ name: 'patient', encoding: 'embedding', size: 3 }] },
      preparation: { features: [{ name: 'patient', kind: 'embedding', size: 3 }, {}, {}, {}] },
      model: { inputShape: [expect.any(Number)] }
    })
    const run = path.join(folder, 'embedded')
    const exported = await callCli(['export', run, '--format', 'onnx', '--out', path.join(folder, 'embedded.onnx')])
    expect(exported.status, exported.stderr).toBe(0)
  })

  it.each([
    ['age', /--column must be NAME:KEY=VALUE/],
    ['age:colour=3', /expected NAME:KEY=VALUE.*got "colour=3"/],
    ['patient:encoding=embedding,size=65', /size: expected at most 64, got 65/],
    ['patient:encoding=embedding,size=few', /size: expected a.*number/],
    ['patient:size=4', /column-setting.*a size is for the encoding embedding/],
    ['age:missing=zero', /missing must be one of median, mean, most-frequent, constant, drop-row, got "zero"/],
    ['age:missing=mean,missing=median', /missing is said twice/],
    ['ill:type=category', /"ill" is no feature, it is the target/],
    ['gone:missing=mean', /unknown-column.*no column "gone"/],
    ['age:missing=constant,constant=old', /column-setting.*expected a number, got "old"/],
    ['patient:scaling=robust', /column-setting.*it holds text/]
  ])('refuses %s and says what is allowed', async (setting, message) => {
    const { status, stderr, stdout } = await train('refused', '--column', setting)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })

  it('takes one setting for a column', async () => {
    const { stderr } = await train('refused', '--column', 'age:missing=mean', '--column', 'age:scaling=none')
    expect(stderr).toMatch(/"age" has two settings/)
  })
})

describe('train --split and --test', () => {
  it('keeps groups together and rows aside, and looks at them only when asked', async () => {
    const flags = ['--split', 'grouped', '--split-column', 'patient', '--test', '0.2']
    const silent = await train('kept', ...flags)
    expect(silent.status, silent.stderr).toBe(0)
    expect(jsonLines(silent.stdout)).not.toContainEqual(expect.objectContaining({ type: 'test' }))
    expect(await recordOf('kept')).toMatchObject({
      setup: { split: { by: 'grouped', column: 'patient' }, test: 0.2 },
      split: { trainRows: 80, validationRows: 20, testRows: 20 }
    })
    const asked = await train('asked', ...flags, '--evaluate-test')
    expect(asked.status, asked.stderr).toBe(0)
    const lines = jsonLines(asked.stdout)
    expect(lines.at(-2)).toMatchObject({ type: 'test', rows: 20, metrics: { accuracy: expect.any(Number) as number } })
    // Asking changes nothing of the training.
    const learned = (text: string) => jsonLines(text).slice(1, 4)
    expect(learned(asked.stdout)).toEqual(learned(silent.stdout))
  })

  it.each([
    [['--split', 'alphabetic'], /--split must be one of auto, random, stratified, grouped, ordered/],
    [['--split', 'grouped'], /needs --split-column/],
    [['--split-column', 'age'], /goes with --split grouped, --split ordered and --split fixed only/],
    [['--split', 'ordered', '--split-column', 'gone'], /unknown-column/],
    [['--evaluate-test'], /--evaluate-test needs --test/],
    [['--test', '0.5', '--validation', '0.6'], /leave no rows to train on/],
    [['--test', '1'], /--test .*0\.9/]
  ])('refuses %j', async (flags, message) => {
    const { status, stderr } = await train('refused', ...flags)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })
})
