/** Several values, labels and row weights, from the file to the exported network. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { callCli, csv, jsonLines, temporaryFolder } from './testing'

/** As Linnerud's table: exercises of a person, and weight, waist and pulse; names that are hard to keep apart. */
const values = csv('chins,situps,jumps,"Weight, kg",waist,__proto__,say', 80, (row) => {
  const [chins, situps, jumps] = [1 + ((row * 7) % 17), 50 + ((row * 37) % 200), 25 + ((row * 53) % 220)]
  const weight = 220 - 2 * chins - situps / 10
  return [chins, situps, jumps, weight, 40 - chins / 4, 60 - jumps / 20, 1 + (row % 3)].join(',')
})

const labels = csv('length,colour,urgent,10,paid', 120, (row) => {
  const length = (row * 37) % 100
  const colour = ['red', 'green', 'blue'][row % 3] ?? ''
  return [length, colour, length > 50 ? 'yes' : 'no', Number(colour === 'red'), length + 20 * (row % 3) > 70].join(',')
})

let folder = ''
let remove = () => Promise.resolve()
beforeAll(async () => {
  ;({ folder, remove } = await temporaryFolder({ 'values.csv': values, 'labels.csv': labels }))
})
afterAll(() => remove())
const at = (name: string) => path.join(folder, name)
const targets = ['--target', 'Weight, kg', '--target', 'waist', '--target', '__proto__']

async function recordOf(run: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(at(`${run}/run.json`), 'utf8')) as Record<string, unknown>
}

describe('three values', () => {
  it('are trained, predicted by name and exported together', async () => {
    const flags = ['--epochs', '80', '--ignore', 'say', '--test', '0.1', '--evaluate-test', '--json']
    const trained = await callCli(['train', at('values.csv'), ...targets, ...flags, '--out', at('values')])
    expect(trained).toMatchObject({ status: 0, stderr: '' })
    const lines = jsonLines(trained.stdout) as Record<string, unknown>[]
    expect(lines.at(-2)).toMatchObject({
      type: 'test',
      rows: 8,
      targets: ['Weight, kg', 'waist', '__proto__'].map((name) => ({
        name,
        metrics: { r2: expect.any(Number) as number }
      }))
    })
    expect((lines.at(-1)?.['metrics'] as Record<string, number>)['r2']).toBeGreaterThan(0.8)
    expect(await recordOf('values')).toMatchObject({
      setup: { target: 'Weight, kg', moreTargets: ['waist', '__proto__'], task: 'regression' },
      preparation: { target: { values: [{ name: 'Weight, kg' }, { name: 'waist' }, { name: '__proto__' }] } },
      model: { layers: [{}, {}, { config: { units: 3 } }] },
      classes: []
    })

    const predicted = await callCli(['predict', at('values'), at('values.csv'), '--json'])
    expect(predicted).toMatchObject({ status: 0, stderr: '' })
    const [first = ''] = predicted.stdout.split('\n')
    const [, weight, waist, pulse] =
      /^\{"row":1,"predictions":\{"Weight, kg":([^,]+),"waist":([^,]+),"__proto__":([^,]+)\}\}$/.exec(first) ?? []
    expect(Math.abs(Number(weight) - 213)).toBeLessThan(10)
    const table = await callCli(['predict', at('values'), at('values.csv')])
    expect(table.stdout.split('\n')[0]).toBe('row\tWeight, kg\twaist\t__proto__')
    expect(table.stdout.split('\n')[1]?.split('\t')).toHaveLength(4)

    const exported = await callCli(['export', at('values'), '--out', at('values.onnx'), '--json'])
    expect(exported).toMatchObject({ status: 0, stderr: '' })
    expect(jsonLines(exported.stdout)[0]).toMatchObject({ type: 'export', inputs: [{}, {}, {}] })
    const session = await InferenceSession.create(await readFile(at('values.onnx')))
    const input = (value: number) => new Tensor('float32', [value], [1, 1])
    const results = await session.run({ chins: input(1), situps: input(50), jumps: input(25) })
    await session.release()
    const answer = Array.from(results['prediction']?.data ?? [], Number)
    ;[weight, waist, pulse].forEach((value, k) => expect(answer[k]).toBeCloseTo(Number(value), 3))
  }, 60_000)

  it.each([
    [['--target', 'waist', '--target', 'waist'], 'duplicate-target'],
    [['--target', 'waist', '--target', 'nothing'], 'unknown-target'],
    [['--target', 'waist', '--target', 'chins', '--task', 'binary'], 'several-targets'],
    [['--target', 'waist', '--task', 'multi-label'], 'single-label'],
    [['--target', 'waist', '--target', 'chins', '--task', 'multi-label'], 'task-mismatch'],
    [['--target', 'waist', '--target', 'chins', '--ignore', 'chins'], 'usage'],
    [['--target', 'waist', '--target', 'chins', '--column', 'chins:scaling=robust'], 'usage'],
    [['--target', 'waist', '--weight', 'say', '--column', 'say:scaling=robust'], 'usage'],
    [['--target', 'waist', '--weight', 'waist'], 'weight-is-target'],
    [['--target', 'waist', '--weight', 'nothing'], 'unknown-column']
  ])('%j is refused as %s', async (flags, code) => {
    const told = await callCli(['train', at('values.csv'), ...flags, '--out', at('none')])
    expect(told).toMatchObject({ status: 2, stdout: '' })
    expect(told.stderr).toMatch(new RegExp(`^error ${code}: .+\\n$`))
  })

  it('are inspected together: none of them is a leak', async () => {
    const told = await callCli(['inspect', at('values.csv'), ...targets, '--json'])
    const { findings } = JSON.parse(told.stdout) as { findings: { code: string; columns: string[] }[] }
    expect(findings.flatMap(({ code, columns }) => (code === 'leak' ? columns : []))).not.toContain('waist')
    const alone = await callCli(['inspect', at('values.csv'), '--target', 'waist', '--json'])
    const found = JSON.parse(alone.stdout) as { findings: { code: string; columns: string[] }[] }
    expect(found.findings).toContainEqual(expect.objectContaining({ code: 'leak', columns: ['chins'] }))
  })
})

describe('labels', () => {
  it('are trained, predicted by name and exported together', async () => {
    const names = ['urgent', '10', 'paid']
    const flags = [...names.flatMap((name) => ['--target', name]), '--epochs', '60', '--json']
    const trained = await callCli(['train', at('labels.csv'), ...flags, '--out', at('labels')])
    expect(trained.status).toBe(0)
    expect(trained.stderr).toMatch(/^notice label-sets: .+\n$/)
    const done = jsonLines(trained.stdout).at(-1) as { metrics: Record<string, number> }
    expect(done.metrics['accuracy']).toBeGreaterThan(0.9)
    expect(done.metrics['exact-match']).toBeGreaterThan(0.7)
    expect(await recordOf('labels')).toMatchObject({
      setup: { task: 'multi-label' },
      preparation: {
        target: {
          labels: [
            { name: 'urgent', classes: ['no', 'yes'] },
            { name: '10', classes: ['0', '1'] },
            { name: 'paid', classes: ['false', 'true'] }
          ]
        }
      }
    })

    const predicted = await callCli(['predict', at('labels'), at('labels.csv'), '--json'])
    const [line = ''] = predicted.stdout.split('\n')
    expect(line).toMatch(
      /^\{"row":1,"predictions":\{"urgent":"no","10":"1","paid":"false"\},"probabilities":\{"urgent":[\d.e-]+,"10":[\d.e-]+,"paid":[\d.e-]+\}\}$/
    )
    const table = await callCli(['predict', at('labels'), at('labels.csv')])
    expect(table.stdout.split('\n')[0]).toBe('row\turgent\t10\tpaid\tP(urgent=yes)\tP(10=1)\tP(paid=true)')

    const exported = await callCli(['export', at('labels'), '--out', at('labels.onnx')])
    expect(exported).toMatchObject({ status: 0, stderr: '' })
    const session = await InferenceSession.create(await readFile(at('labels.onnx')))
    const results = await session.run({
      length: new Tensor('float32', [0], [1, 1]),
      colour: new Tensor('string', ['red'], [1, 1])
    })
    await session.release()
    expect(results['prediction']?.data).toEqual(['no', '1', 'false'])
    const { probabilities } = JSON.parse(line) as { probabilities: Record<string, number> }
    const answer = Array.from(results['probabilities']?.data ?? [], Number)
    names.forEach((name, k) => expect(answer[k]).toBeCloseTo(probabilities[name] ?? NaN, 5))
  }, 60_000)

  it('have no class weights', async () => {
    const flags = ['--target', 'urgent', '--target', 'paid', '--class-weights', 'balanced', '--out', at('none')]
    const told = await callCli(['train', at('labels.csv'), ...flags])
    expect(told.stderr).toMatch(/^error invalid-setup: Class weights are for binary and multi-class/)
  })
})

describe('--weight', () => {
  it('says how much each row counts, is no feature and is told', async () => {
    const flags = ['--target', 'waist', '--weight', 'say', '--epochs', '2', '--json']
    const trained = await callCli(['train', at('values.csv'), ...flags, '--out', at('weights')])
    expect(trained.status).toBe(0)
    expect(trained.stderr).toMatch(
      /^notice row-weights: "say" says how much each row counts .*from 1 to 3 in the 64 training rows/
    )
    const { setup, preparation } = await recordOf('weights')
    expect(setup).toMatchObject({ weight: 'say' })
    expect((preparation as { features: { name: string }[] }).features.map(({ name }) => name)).not.toContain('say')
    // The column is not needed for predictions.
    const predicted = await callCli(['predict', at('weights'), at('values.csv'), '--json'])
    expect(predicted.status).toBe(0)
  })
})
