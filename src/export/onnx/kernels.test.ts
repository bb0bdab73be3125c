/** The export check as the app and the command line make it: the studio's answers come from the compiled kernels. */
import { beforeAll, expect, it } from 'vitest'
import { kernelBytes } from '../../../tests/kernels'
import { provideKernels } from '../../engine'
import { madePictures, pictureSetup } from '../../project/testing/pictures'
import { madeRun, trainedRun } from '../../project/testing/runs'
import { madeTable } from '../../project/testing/tables'
import { onnxFile } from './model'
import { verifyOnnx } from './verify'

beforeAll(() => provideKernels(kernelBytes))

it.each([
  ['regression', 'squared'],
  ['binary', 'log'],
  ['binary', 'cross-entropy'],
  ['multi-class', 'cross-entropy']
] as const)('agrees on a table: %s, %s', async (task, loss) => {
  const run = await madeRun(task, loss)
  expect(run.record.executor?.name).toBe('wasm')
  const { worstShare, wrongLabels, rows } = await verifyOnnx(onnxFile(run), run, madeTable(task, 1000))
  expect({ wrongLabels, rows }).toEqual({ wrongLabels: 0, rows: 1000 })
  expect(worstShare).toBeLessThan(0.2)
})

it('agrees on pictures', async () => {
  const run = await trainedRun(madePictures(), pictureSetup({ epochs: 10 }))
  const { worstShare, wrongLabels } = await verifyOnnx(onnxFile(run), run, madePictures(1000))
  expect(wrongLabels).toBe(0)
  expect(worstShare).toBeLessThan(0.2)
})
