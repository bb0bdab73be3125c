/** Images from the file to the exported network. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Transformer } from '@napi-rs/image'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { readTable, requireColumn } from '../data'
import { callCli, jsonLines, projectFolder, runCli, temporaryFolder } from './testing'

const digits = path.join(projectFolder, 'resources/samples/mnist-images-idx3-ubyte.gz')

let folder = ''
let remove = () => Promise.resolve()
beforeAll(async () => {
  ;({ folder, remove } = await temporaryFolder())
})
afterAll(() => remove())

describe('10,000 digits', () => {
  it('are learned in one epoch, predicted and exported with the same answers', async () => {
    const trained = await runCli(['train', digits, '--epochs', '1', '--threads', '1', '--json', '--out', 'run'], folder)
    expect(trained.status).toBe(0)
    expect(jsonLines(trained.stdout).at(-1)).toMatchObject({ metrics: { accuracy: expect.any(Number) as number } })
    const { model, setup } = JSON.parse(await readFile(path.join(folder, 'run/run.json'), 'utf8')) as Record<
      string,
      object
    >
    expect(model).toMatchObject({ inputShape: [1, 28, 28] })
    expect(setup).toMatchObject({ target: 'label', task: 'multi-class' })

    const predicted = await runCli(['predict', 'run', digits, '--json'], folder)
    expect(predicted.status).toBe(0)
    const answers = jsonLines(predicted.stdout) as { prediction: string }[]
    const table = await readTable(digits)
    const [image, label] = [requireColumn(table, 'image'), requireColumn(table, 'label')]
    if (image.type !== 'image' || label.type !== 'category') throw new Error('other columns than expected')
    const right = answers.filter(({ prediction }, row) => prediction === label.categories[label.codes[row] ?? -1])
    expect(right.length).toBeGreaterThan(9300)

    // From the sample that the run keeps, without the data.
    const exported = await runCli(['export', 'run', '--out', 'digits.onnx', '--json'], folder)
    expect(exported).toMatchObject({ status: 0, stderr: '' })
    const session = await InferenceSession.create(await readFile(path.join(folder, 'digits.onnx')))
    const rows = 64
    const input = new Tensor('uint8', image.pixels.slice(0, rows * 784), [rows, 1, 28, 28])
    const results = new Map(Object.entries(await session.run({ image: input })))
    await session.release()
    expect(results.get('prediction')?.data).toEqual(answers.slice(0, rows).map(({ prediction }) => prediction))
  }, 60_000)
})

describe('a folder of images', () => {
  it('is learned from, and others are brought to the size that was trained on', async () => {
    const at = (name: string) => path.join(folder, name)
    for (const set of ['learned', 'new']) {
      for (const [kind, level] of [
        ['dark', 40],
        ['light', 180]
      ] as const) {
        await mkdir(at(`${set}/${kind}`), { recursive: true })
        for (let image = 0; image < 20; image++) {
          const side = set === 'new' ? 30 : 12
          const pixels = Uint8Array.from({ length: side * side * 4 }, (_, place) =>
            place % 4 === 3 ? 255 : level + ((place * 7 + image * 13) % 50)
          )
          await writeFile(at(`${set}/${kind}/${image}.png`), Transformer.fromRgbaPixels(pixels, side, side).pngSync())
        }
      }
    }
    const flags = [
      '--image-size',
      '8x10',
      '--image-channels',
      '1',
      '--image-fit',
      'crop',
      '--epochs',
      '20',
      '--seed',
      '2'
    ]
    expect(await callCli(['train', at('learned'), ...flags, '--out', at('folder-run')])).toMatchObject({ status: 0 })
    const record: unknown = JSON.parse(await readFile(at('folder-run/run.json'), 'utf8'))
    expect(record).toMatchObject({
      model: { inputShape: [1, 10, 8] },
      data: { readAs: { image: { width: 8, height: 10, channels: 1, fit: 'crop' } } }
    })
    const predicted = await callCli(['predict', at('folder-run'), at('new'), '--json'])
    expect(jsonLines(predicted.stdout).map((row) => (row as { prediction: string }).prediction)).toEqual(
      ['dark', 'light'].flatMap((kind) => new Array<string>(20).fill(kind))
    )
  })

  it('are changed at random in training as the flags say', async () => {
    const out = path.join(folder, 'augmented-run')
    const flags = ['--flip-horizontal', '--shift', '0.1', '--rotate', '15', '--epochs', '1']
    expect(await callCli(['train', path.join(folder, 'learned'), ...flags, '--out', out])).toMatchObject({ status: 0 })
    const { setup } = JSON.parse(await readFile(path.join(out, 'run.json'), 'utf8')) as Record<string, object>
    const augmentation = { flipHorizontal: true, flipVertical: false, shift: 0.1, rotate: 15, zoom: 0, brightness: 0 }
    expect(setup).toMatchObject({ augmentation })
    const iris = path.join(projectFolder, 'resources/samples/iris.csv')
    const told = await callCli(['train', iris, '--zoom', '0.1', '--json', '--out', path.join(folder, 'none')])
    expect(told.status).toBe(2)
    expect(told.stderr).toContain('augmentation-without-images')
  })

  it.each(['4', 'none'])('are made one list before the hidden layers %s', async (layers) => {
    const out = path.join(folder, `layers-${layers}`)
    const flags = ['--layers', layers, '--epochs', '1', '--out', out]
    expect(await callCli(['train', path.join(folder, 'learned'), ...flags])).toMatchObject({ status: 0 })
    const { setup } = JSON.parse(await readFile(path.join(out, 'run.json'), 'utf8')) as {
      setup: { layers: { type: string }[] }
    }
    expect(setup.layers.map(({ type }) => type)).toEqual(layers === '4' ? ['flatten', 'dense'] : ['flatten'])
  })

  it.each([
    ['--zoom', '0.6'],
    ['--image-size', '0x8'],
    ['--image-size', 'small'],
    ['--image-fit', 'squeeze'],
    ['--image-channels', '2']
  ])('%s %s is refused', async (flag, value) => {
    const told = await callCli(['train', digits, flag, value, '--out', path.join(folder, 'none')])
    expect(told.status).toBe(2)
    expect(told.stderr).toContain(flag)
  })
})
