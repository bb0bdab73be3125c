import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { callCli, csv, jsonLines, temporaryFolder } from './testing'

let folder = ''
let remove = (): Promise<void> => Promise.resolve()

beforeAll(async () => {
  const sold = (day: number, store: number) => 50 + 10 * Math.sin((2 * Math.PI * day) / 7 + store) + store
  const date = (day: number) => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)
  const sales = csv('date,store,price,sold', 120, (row) => {
    const [day, store] = [Math.floor(row / 2), row % 2]
    return [date(day), ['a', 'b'][store], (5 + (day % 3)).toFixed(2), sold(day, store).toFixed(3)].join(',')
  })
  const made = await temporaryFolder({ 'sales.csv': sales })
  folder = made.folder
  remove = made.remove
})
afterAll(() => remove())

const at = (name: string): string => path.join(folder, name)
const windows = ['--target', 'sold', '--window', '10', '--horizon', '3', '--time', 'date', '--series', 'store']

it('trains on windows, predicts the next days of each store and exports them', async () => {
  const flags = ['--layers', '8', '--epochs', '3', '--json']
  const trained = await callCli(['train', at('sales.csv'), ...windows, ...flags, '--out', at('run')])
  expect(trained.stderr).toContain('windows of 10 rows, with the next 3 as the answer')
  expect(trained.status).toBe(0)
  expect(jsonLines(trained.stdout)[0]).toMatchObject({ type: 'start', features: 20 })

  const predicted = await callCli(['predict', at('run'), at('sales.csv'), '--json'])
  const lines = jsonLines(predicted.stdout)
  expect(lines).toHaveLength(2 * 51)
  expect(lines[0]).toMatchObject({ row: 19 })
  const last = predicted.stdout.trim().split('\n').at(-1) ?? ''
  expect(last).toMatch(/^\{"row":120,"predictions":\{"sold \+1":[\d.]+,"sold \+2":[\d.]+,"sold \+3":[\d.]+\}\}$/)
  expect(predicted.stderr).toContain('18 rows have no prediction: the first 9 of each series ("store")')

  const exported = await callCli(['export', at('run'), '--out', at('model.onnx'), '--json'])
  expect(exported.status).toBe(0)
  expect(jsonLines(exported.stdout)[0]).toMatchObject({ format: 'onnx', rows: 100 })
})

it.each([
  [['--window', '0'], '--window must be a whole number from 1 to 10000'],
  [['--window', '5', '--horizon', '1.5'], '--horizon must be a whole number from 0 to 1000'],
  [['--horizon', '2'], '--horizon needs --window'],
  [['--time', 'date'], '--time needs --window'],
  [['--window', '5', '--split', 'random'], 'windows overlap'],
  [['--window', '5', '--time', 'when'], 'has no column "when"']
])('refuses %j', async (flags, message) => {
  const { status, stderr } = await callCli(['train', at('sales.csv'), '--target', 'sold', ...flags, '--out', at('no')])
  expect(status).toBe(2)
  expect(stderr).toContain(message)
})
